"""The worlds of a process: creation, lookup, reset, deletion and reopening."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator.domain.api_key import append_api_key, create_api_key
from kili_emulator.domain.organization import insert_organization
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.domain.user import create_user
from kili_emulator.domain.world import Actor, World
from kili_emulator.errors import KiliError

NOBODY = Actor({"id": "", "organizationId": ""})


def add_content(world: World, scenario: str) -> None:
    """Create an organization with an administrator, whose key is that of the world."""
    if scenario == "broken":
        add_organization(world, "half-made")
        raise ValueError("the scenario is broken")
    with world.transaction(NOBODY) as tx:
        organization = insert_organization(tx, scenario, {})
        data = {"email": "a@b.example", "organizationRole": "ADMIN"}
        user = create_user(tx, organization, data)
        create_api_key(tx, user, name="key", key=f"key.{world.name}")


def add_organization(world: World, name: str) -> None:
    with world.transaction(NOBODY) as tx:
        insert_organization(tx, name, {})


def organizations(world: World) -> list[str]:
    return [each["name"] for each in world.view.organizations.all()]


class Listener:
    """A listener that records the attached and detached worlds and their content at that time."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[str]]] = []

    def attach(self, world: World) -> None:
        self.calls.append(("attach", world.name, organizations(world)))

    def detach(self, world: World) -> None:
        self.calls.append(("detach", world.name, organizations(world)))


@pytest.fixture
def listener() -> Listener:
    return Listener()


def new_registry(folder: Path | None, listener: Listener) -> WorldRegistry:
    return WorldRegistry(folder, add_content, listener.attach, listener.detach)


@pytest.fixture(params=["memory", "files"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path if request.param == "files" else None


@pytest.fixture
def registry(folder: Path | None, listener: Listener) -> Iterator[WorldRegistry]:
    registry_under_test = new_registry(folder, listener)
    yield registry_under_test
    registry_under_test.close()


def test_new_world_holds_its_scenario(registry: WorldRegistry) -> None:
    world = registry.create("w", "farm")

    assert (world.name, world.scenario, organizations(world)) == ("w", "farm", ["farm"])
    assert registry.get("w") is world
    assert registry.all() == [world]


def test_worlds_are_listed_by_name(registry: WorldRegistry) -> None:
    for name in ("b", "a", "c"):
        registry.create(name, "farm")

    assert [each.name for each in registry.all()] == ["a", "b", "c"]


def test_worlds_do_not_share_anything(registry: WorldRegistry) -> None:
    a, b = registry.create("a", "farm"), registry.create("b", "street")
    add_organization(a, "more")

    assert (organizations(a), organizations(b)) == (["farm", "more"], ["street"])


def test_world_is_attached_after_its_scenario_is_loaded(
    registry: WorldRegistry, listener: Listener
) -> None:
    registry.create("w", "farm")

    assert listener.calls == [("attach", "w", ["farm"])]


def test_worlds_with_the_same_seed_have_the_same_ids(registry: WorldRegistry) -> None:
    with freeze_time("2024-01-01"):
        ids = {
            registry.create(name, "farm", seed=seed).view.organizations.all()[0]["id"]
            for name, seed in (("a", 3), ("b", 3), ("c", 4))
        }

    assert len(ids) == 2


@pytest.mark.parametrize("name", ["a", "0", "default", "gw0-test-1", "x" * 63])
def test_valid_name_is_accepted(registry: WorldRegistry, name: str) -> None:
    assert registry.create(name, "farm").name == name


@pytest.mark.parametrize(
    "name", ["", "A", "-a", "a.b", "a_b", "a b", "..", "a/b", "é", "a\n", "x" * 64]
)
def test_invalid_name_is_refused(
    registry: WorldRegistry, folder: Path | None, listener: Listener, name: str
) -> None:
    with pytest.raises(WorldError, match="is not a valid name of a world"):
        registry.create(name, "farm")

    assert (registry.all(), listener.calls) == ([], [])
    assert folder is None or list(folder.iterdir()) == []


def test_taken_name_is_refused_and_the_existing_world_stays(registry: WorldRegistry) -> None:
    world = registry.create("w", "farm")
    with pytest.raises(WorldError, match="'w' exists already"):
        registry.create("w", "street")

    assert registry.get("w") is world
    assert organizations(world) == ["farm"]


def test_error_for_unknown_world_lists_the_existing_worlds(registry: WorldRegistry) -> None:
    with pytest.raises(WorldError, match=r"no world 'x' \(there are: none\)"):
        registry.get("x")
    registry.create("b", "farm")
    registry.create("a", "farm")
    with pytest.raises(WorldError, match=r"no world 'x' \(there are: a, b\)"):
        registry.get("x")


def test_broken_scenario_leaves_no_world(
    registry: WorldRegistry, folder: Path | None, listener: Listener
) -> None:
    with pytest.raises(ValueError, match="the scenario is broken"):
        registry.create("w", "broken")

    assert (registry.all(), listener.calls) == ([], [])
    assert folder is None or list((folder / "worlds").iterdir()) == []
    assert organizations(registry.create("w", "farm")) == ["farm"]


def test_reset_restores_the_scenario(registry: WorldRegistry) -> None:
    world = registry.create("w", "farm")
    content = world.export()
    for _ in range(2):
        add_organization(world, "more")

        assert registry.reset("w") is world
        assert world.export() == content


def test_reset_to_a_mark_keeps_earlier_changes(registry: WorldRegistry) -> None:
    world = registry.create("w", "farm")
    add_organization(world, "more")
    mark = world.mark()
    add_organization(world, "even more")
    registry.reset("w", mark)
    assert organizations(world) == ["farm", "more"]

    registry.reset("w")
    assert organizations(world) == ["farm"]


def test_reset_to_an_undone_mark_is_refused(registry: WorldRegistry) -> None:
    world = registry.create("w", "farm")
    add_organization(world, "late")
    mark = world.mark()
    registry.reset("w")
    with pytest.raises(WorldError, match="the mark is no longer valid"):
        registry.reset("w", mark)


def test_reset_of_an_unknown_world_is_refused(registry: WorldRegistry) -> None:
    with pytest.raises(WorldError, match="no world 'x'"):
        registry.reset("x")


def test_deleted_world_is_neither_listed_nor_found(
    registry: WorldRegistry, folder: Path | None, listener: Listener
) -> None:
    registry.create("w", "farm")
    registry.create("other", "street")
    registry.delete("w")

    assert [each.name for each in registry.all()] == ["other"]
    assert listener.calls[-1] == ("detach", "w", ["farm"])
    assert folder is None or [each.name for each in (folder / "worlds").iterdir()] == ["other"]
    with pytest.raises(WorldError, match="no world 'w'"):
        registry.delete("w")


def test_name_of_a_deleted_world_can_be_reused(registry: WorldRegistry) -> None:
    registry.create("w", "farm")
    registry.delete("w")

    assert organizations(registry.create("w", "street")) == ["street"]


def test_default_world_cannot_be_deleted(registry: WorldRegistry) -> None:
    world = registry.create("default", "farm")
    with pytest.raises(WorldError, match="cannot be deleted: reset it instead"):
        registry.delete("default")

    assert registry.get("default") is world


def test_key_opens_its_own_world_only(registry: WorldRegistry) -> None:
    registry.create("a", "farm")
    b = registry.create("b", "farm")
    opened = registry.authenticate("key.b")

    assert opened is not None
    assert opened[0] is b
    assert opened[1].user["email"] == "a@b.example"
    assert registry.authenticate("key.c") is None


def test_key_of_a_deleted_world_opens_nothing(registry: WorldRegistry) -> None:
    registry.create("w", "farm")
    registry.delete("w")

    assert registry.authenticate("key.w") is None


# Reopening


def test_reopened_worlds_have_unchanged_content(tmp_path: Path, listener: Listener) -> None:
    first = new_registry(tmp_path, Listener())
    for name in ("b", "a"):
        add_organization(first.create(name, "farm"), f"more {name}")
    content = {world.name: world.export() for world in first.all()}
    first.close()
    again = new_registry(tmp_path, listener)
    again.open_all()

    assert {world.name: world.export() for world in again.all()} == content
    assert listener.calls == [("attach", name, ["farm", f"more {name}"]) for name in ("a", "b")]
    again.close()


def test_reopened_world_can_still_be_reset(tmp_path: Path, listener: Listener) -> None:
    first = new_registry(tmp_path, listener)
    add_organization(first.create("w", "farm"), "more")
    first.close()
    again = new_registry(tmp_path, listener)
    again.open_all()

    assert organizations(again.reset("w")) == ["farm"]
    again.close()


def test_first_start_opens_no_world(registry: WorldRegistry) -> None:
    registry.open_all()

    assert registry.all() == []


def test_closed_registry_has_no_worlds(registry: WorldRegistry) -> None:
    registry.create("w", "farm")
    registry.close()

    assert registry.all() == []


# Keys


def add_key(world: World, key: str, **options: Any) -> None:
    """Add a key to the user of the world."""
    with world.transaction(NOBODY) as tx:
        create_api_key(tx, tx.users.all()[0], name="more", key=key, **options)


def test_key_shared_by_two_worlds_opens_neither(registry: WorldRegistry) -> None:
    a, b = registry.create("a", "farm"), registry.create("b", "farm")
    add_key(a, "shared-secret")
    add_key(b, "shared-secret")

    assert registry.authenticate("shared-secret") is None


def test_key_revoked_in_one_world_still_opens_the_other_world(registry: WorldRegistry) -> None:
    a, b = registry.create("a", "farm"), registry.create("b", "farm")
    add_key(a, "shared-secret", revoked=True)
    add_key(b, "shared-secret")
    opened = registry.authenticate("shared-secret")

    assert opened is not None
    assert opened[0] is b


def test_scenario_key_opens_only_the_world_of_its_suffix(registry: WorldRegistry) -> None:
    a, default = registry.create("a", "farm"), registry.create("default", "farm")
    add_key(a, "emulator-admin")  # as in a world that was copied
    add_key(default, "emulator-admin.a")

    assert registry.authenticate("emulator-admin") is None
    assert registry.authenticate("emulator-admin.a") is None


def test_new_world_with_a_key_of_an_existing_world_is_refused(
    registry: WorldRegistry, folder: Path | None
) -> None:
    add_key(registry.create("a", "farm"), "key.b")
    with pytest.raises(
        WorldError, match=r"'b' cannot be created: world .* already has its API key named 'key'"
    ):
        registry.create("b", "farm")

    assert [each.name for each in registry.all()] == ["a"]
    assert folder is None or [each.name for each in (folder / "worlds").iterdir()] == ["a"]


def test_user_cannot_add_a_key_of_another_world(registry: WorldRegistry) -> None:
    a, b = registry.create("a", "farm"), registry.create("b", "farm")
    for world, taken in ((a, "my-own-secret"), (b, "key.a-and-more")):
        with world.transaction(Actor(world.view.users.all()[0])) as tx:
            append_api_key(tx, tx.users.all()[0], "own", taken)
    with (
        pytest.raises(KiliError, match="exists already"),
        b.transaction(Actor(b.view.users.all()[0])) as tx,
    ):
        append_api_key(tx, tx.users.all()[0], "own", "my-own-secret")
