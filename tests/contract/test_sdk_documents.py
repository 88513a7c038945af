"""Each document and each default selection of an SDK fits the served schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import schema_check
from tests.contract.not_served import (
    FIELDS_NOT_SERVED_YET,
    NOT_EMULATED_YET,
    NOT_SERVED_YET,
)
from tests.contract.sdk_surface import (
    FOLDER,
    VERSIONS,
    Document,
    Probed,
    facts,
    faults_of_text,
    probe,
    stored,
    text_of,
)
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import ServerUnderTest

pytestmark = pytest.mark.surface

EXCUSED = NOT_SERVED_YET | NOT_EMULATED_YET.keys()


@pytest.fixture(scope="module")
def probed(installed_sdk: SdkProcess, logging_server: ServerUnderTest) -> Probed:
    """The surface of each installed SDK in turn."""
    return probe(logging_server.new_world(), installed_sdk)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_document_of_an_sdk_is_served_or_excused(version: str) -> None:
    surface = stored(version)
    unserved = {
        each.operation: lacking
        for each in (*surface.documents, *surface.selections.values())
        if (lacking := _not_excused(each))
    }
    assert not unserved, "serve it, or name it in tests/contract/not_served.py"


def _not_excused(document: Document) -> list[str]:
    """Return the parts that a document lacks and that are not excused."""
    if document.operation in EXCUSED:
        return []
    return [
        fault
        for fault in schema_check.faults(document)
        if f"{document.operation}.{fault.split(':')[0]}" not in FIELDS_NOT_SERVED_YET
    ]


def _documents() -> Iterator[Document]:
    for version in VERSIONS:
        surface = stored(version)
        yield from surface.documents
        yield from surface.selections.values()


@pytest.mark.parametrize("operation", sorted(EXCUSED))
def test_an_excused_operation_is_not_served(operation: str) -> None:
    asked = [each for each in _documents() if each.operation == operation]
    assert asked, f"no SDK asks for it: delete {operation} from tests/contract/not_served.py"
    assert not all(map(schema_check.is_served, asked)), (
        f"it is served now: delete {operation} from tests/contract/not_served.py"
    )


@pytest.mark.parametrize("field", sorted(FIELDS_NOT_SERVED_YET))
def test_an_excused_field_is_not_served(field: str) -> None:
    lacking = {
        f"{each.operation}.{fault.split(':')[0]}"
        for each in _documents()
        for fault in schema_check.faults(each)
    }
    assert field in lacking, f"it is served now: delete {field} from tests/contract/not_served.py"


def test_no_operation_is_excused_twice() -> None:
    assert not NOT_SERVED_YET & NOT_EMULATED_YET.keys()


def test_stored_surface_equals_that_of_the_installed_sdk(probed: Probed) -> None:
    kept = (FOLDER / f"{probed.surface.version}.json").read_text(encoding="utf-8")
    assert kept == text_of(probed.surface), "run: python -m tests.contract.sdk_surface"


def test_schema_check_agrees_with_graphql_validation(probed: Probed) -> None:
    """GraphQL validates the text; ``schema_check`` judges the stored facts about the text."""
    judged = {text: schema_check.faults(document) for text, document in probed.texts.items()}
    differing = [
        (text, ours, theirs)
        for text, ours in judged.items()
        if bool(ours) != bool(theirs := faults_of_text(text))
    ]
    assert not differing


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("query { data: nothing }", "Query.nothing is not served"),
        ("query { data: assets { id } }", "the argument where is required"),
        ("query($w: AssetWhere!) { data: countAssets(where: $w, x: 1) }", "no argument x"),
        ("query($w: ID!) { data: countAssets(where: $w) }", "where is of type AssetWhere!"),
        ("query($w: ID!) { data: countAssets(where: {shape: $w}) }", "there is no where.shape"),
        ("query { data: me { shape } }", "shape: there is no field shape on User"),
        ("query { data: me { id { shape } } }", "id.shape: ID has no fields"),
        ("query { data: me }", "a selection is required"),
    ],
)
def test_schema_check_names_the_missing_part(text: str, fault: str) -> None:
    assert any(fault in each for each in schema_check.faults(facts(text)))
    assert faults_of_text(text)


def test_each_sdk_has_a_surface_file() -> None:
    assert {Path(each).stem for each in FOLDER.glob("*.json")} == set(VERSIONS)
