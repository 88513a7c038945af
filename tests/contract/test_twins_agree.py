"""Fields under two names answer the same under both, to everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator.api.resolvers.compute import TWINS
from kili_emulator.app import Emulator
from tests.contract.schema import OWN_TYPES
from tests.kit.wire import Wire
from tests.kit.world_content import set_up_world

LISTS = {"Asset": "assets", "Label": "labels", "ProjectUser": "projectUsers", "User": "users"}
PAIRS = [
    (type_, name, f"{name}Compute")
    for type_, names in TWINS.items()
    for name in names
    if name != "assetId"
]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        set_up_world(wire)
        yield wire
        wire.close()


@pytest.mark.parametrize("key", ["admin", "labeler"])
@pytest.mark.parametrize(("type_", "name", "twin"), PAIRS)
def test_a_twin_answers_what_its_field_answers(
    wire: Wire, type_: str, name: str, twin: str, key: str
) -> None:
    below = " { id }" if OWN_TYPES[type_][name] == "Label" else ""
    selection = f"one: {name}{below} two: {twin}{below}"
    found = wire.list(LISTS[type_], {}, key, selection)
    assert found
    assert all(each["one"] == each["two"] for each in found)


def test_the_asset_of_a_label_is_named_by_its_id(wire: Wire) -> None:
    found = wire.list("labels", {}, selection="assetIdCompute labelOf { id }")
    assert found
    assert all(each["assetIdCompute"] == each["labelOf"]["id"] for each in found)


def test_the_marks_per_category_of_a_project_have_an_older_name(wire: Wire) -> None:
    for each in wire.list(
        "projects", {}, selection="consensusMarkPerCateg consensusMarkPerCategory"
    ):
        assert each["consensusMarkPerCateg"] == each["consensusMarkPerCategory"]
