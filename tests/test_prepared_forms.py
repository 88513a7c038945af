"""Prepared forms: files of the emulator in a form that is read without parsing them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from ariadne import make_executable_schema
from graphql import GraphQLSchema, introspection_from_schema

from kili_emulator.api import executable_schema
from kili_emulator.api.resolvers import BINDABLES
from kili_emulator.config import seed_data_folder
from kili_emulator.prepared_forms import make_form, read_form
from kili_emulator.scenario import read_scenario, scenario_file, scenario_names
from kili_emulator.scenario.scenario_file import parse_scenario, prepared_path
from tests.kit.prepared_forms import make_forms

DAMAGES = {
    "missing": lambda content: None,
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "without its digest": lambda content: content.partition(b"\n")[2],
    "changed in one character": lambda content: content.replace(b"admin@", b"admim@"),
    "not text": lambda content: b"\xff" + content,
}


@pytest.fixture
def own_seed_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the folder of scenarios, which the emulator uses instead."""
    folder = shutil.copytree(seed_data_folder(), tmp_path / "seed_data")
    monkeypatch.setattr(scenario_file, "seed_data_folder", lambda: folder)
    return folder


def introspection(schema: GraphQLSchema) -> str:
    return json.dumps(
        introspection_from_schema(schema, specified_by_url=True, input_value_deprecation=True)
    )


def test_all_prepared_forms_are_up_to_date() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in make_forms()}
    assert texts == make_forms(), "run `python -m tests.kit.prepared_forms`"


def test_the_prepared_schema_equals_the_schema_of_the_files() -> None:
    expected = make_executable_schema(executable_schema.read_files(), *BINDABLES)
    assert introspection(executable_schema.executable_schema()) == introspection(expected)


def test_an_edited_schema_is_read_from_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(executable_schema.FOLDER, tmp_path / "schema")
    monkeypatch.setattr(executable_schema, "FOLDER", folder)
    monkeypatch.setattr(executable_schema, "PREPARED", folder / executable_schema.PREPARED.name)
    (folder / "added.graphql").write_text("extend type Query { added: Int }")
    schema = executable_schema.executable_schema.__wrapped__()
    assert "added" in schema.query_type.fields


@pytest.mark.parametrize("name", scenario_names())
def test_a_prepared_scenario_equals_its_yaml_file(name: str) -> None:
    path = seed_data_folder() / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    prepared = read_form(prepared_path(path), text)
    assert json.dumps(prepared) == json.dumps(parse_scenario(path, text))


def test_an_edited_scenario_is_read_from_its_yaml_file(own_seed_data: Path) -> None:
    path = own_seed_data / "empty.yaml"
    path.write_text(path.read_text().replace("Emulator workshop", "Edited"))
    assert read_scenario(path).data["organization"]["name"] == "Edited"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_or_missing_prepared_form_is_not_used(own_seed_data: Path, damage) -> None:
    path = own_seed_data / "empty.yaml"
    form = prepared_path(path)
    content = damage(form.read_bytes())
    form.unlink()
    if content is not None:
        form.write_bytes(content)
    assert read_form(form, path.read_text(encoding="utf-8")) is None
    assert read_scenario(path).data == read_scenario("empty").data


def test_a_prepared_form_beside_a_scenario_of_the_user_is_not_used(tmp_path: Path) -> None:
    path = Path(shutil.copy(seed_data_folder() / "empty.yaml", tmp_path))
    prepared_path(path).write_text(make_form(path.read_text(encoding="utf-8"), "{}"))
    assert read_scenario(path).data["users"]


def test_other_line_ends_of_the_source_make_no_difference(tmp_path: Path) -> None:
    form = tmp_path / "form"
    form.write_text(make_form("one\ntwo\n", "[1]"))
    assert read_form(form, "one\r\ntwo\r\n") == [1]
