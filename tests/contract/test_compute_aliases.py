"""A field and its alias, such as ``statusCompute``, have the same value for every user."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kili_emulator.api.resolvers.compute import COMPUTE_ALIASES
from kili_emulator.app import Emulator
from tests.contract.schema import OWN_TYPES
from tests.kit.wire import Wire
from tests.kit.world_content import set_up_world

LISTS = {"Asset": "assets", "Label": "labels", "ProjectUser": "projectUsers", "User": "users"}
PAIRS = [
    (type_, name, f"{name}Compute")
    for type_, names in COMPUTE_ALIASES.items()
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
def test_field_and_its_second_name_have_the_same_value(
    wire: Wire, type_: str, name: str, twin: str, key: str
) -> None:
    below = " { id }" if OWN_TYPES[type_][name] == "Label" else ""
    selection = f"one: {name}{below} two: {twin}{below}"
    found = wire.list(LISTS[type_], {}, key, selection)
    assert found
    assert all(each["one"] == each["two"] for each in found)


def test_asset_id_of_label_equals_the_id_of_its_asset(wire: Wire) -> None:
    found = wire.list("labels", {}, selection="assetIdCompute labelOf { id }")
    assert found
    assert all(each["assetIdCompute"] == each["labelOf"]["id"] for each in found)


def test_older_name_of_marks_per_category_has_the_same_value(wire: Wire) -> None:
    for each in wire.list(
        "projects", {}, selection="consensusMarkPerCateg consensusMarkPerCategory"
    ):
        assert each["consensusMarkPerCateg"] == each["consensusMarkPerCategory"]
