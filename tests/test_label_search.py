"""Search of assets and labels by the annotation counts of labels (contract/label.md#search)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.wire import Wire

# The SDK checks a search with names that newer versions of pyparsing no longer like.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

FARM = "JOB_0.OBJECT_A.count == 2 AND JOB_0.OBJECT_B.count >= 2"


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("JOB_0.OBJECT_A.count >= 3", ["street"]),
        (FARM, ["farm"]),
        (f"JOB_0.OBJECT_A.count > 2 OR {FARM}", ["street", "farm"]),
        (
            f"(JOB_0.OBJECT_A.count > 2 OR {FARM}) AND CLASSIFICATION_JOB.EASY.count == 1",
            ["street"],
        ),
        ("JOB_0.OBJECT_A.count > 99", []),
    ],
)
def test_sdk_finds_assets_by_label_search(
    kili: Any, project: str, search: str, expected: list[str]
) -> None:
    found = kili.assets(project, label_category_search=search, fields=["externalId"])
    assert [each["externalId"] for each in found] == expected
    assert kili.count_assets(project, label_category_search=search) == len(expected)


def test_search_applies_to_labels_that_meet_the_other_conditions(kili: Any, project: str) -> None:
    """Only the REVIEW label of the street has the category EASY."""
    search = "CLASSIFICATION_JOB.EASY.count == 1"
    for kind, expected in (("DEFAULT", 0), ("REVIEW", 1)):
        conditions = {"label_category_search": search, "external_id_strictly_in": ["street"]}
        assert kili.count_assets(project, label_type_in=[kind], **conditions) == expected


@pytest.mark.parametrize(
    ("operation", "where"),
    [
        ("labels", {"search": "A.B > 1"}),
        ("labels", {"search": "A.B > 1", "id": "nothing"}),
        ("countLabels", {"asset": {"id": "nothing", "label": {"search": "A.B > 1"}}}),
        ("assets", {"label": {"search": "A.B > 1"}}),
        ("countAssets", {"id": "nothing", "label": {"search": "A.B > 1"}}),
        ("issues", {"asset": {"label": {"search": "A.B > 1"}}}),
    ],
)
def test_malformed_search_is_refused_without_labels_to_search(
    wire: Wire, operation: str, where: dict[str, Any]
) -> None:
    paging = {} if operation.startswith("count") else {"first": 1, "skip": 0}
    assert wire.refusal(operation, where=where, **paging) == (
        "[invalidInput] The query was not carried out. -- This can be due to: label.search is "
        'malformed at character 5: expected "." after the name of the category, found ">"'
        " | trace : false"
    )


def test_metadata_key_can_be_named_search(wire: Wire) -> None:
    assert wire.list("assets", {"metadata": {"search": "A.B > 1"}}) == []
