"""The role of an actor: one decision per project, repeated after members or plugins change."""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.domain import access
from kili_emulator.domain.lookup import find_user
from kili_emulator.domain.world import Actor, World
from tests.kit.wire import Wire


@pytest.fixture
def decisions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the ids of the projects for which a role is decided, in order."""
    decided: list[str] = []
    decide = access.role_in

    def count(view: Any, user: Any, project: Any) -> Any:
        decided.append(project["id"])
        return decide(view, user, project)

    monkeypatch.setattr(access, "role_in", count)
    return decided


def actor_named(world: World, name: str) -> Actor:
    return Actor(find_user(world.view, name))


def test_page_decides_the_role_in_each_project_once(
    wire: Wire, world_ids: dict[str, str], decisions: list[str]
) -> None:
    project = world_ids["project"]
    wire.call(
        "updateProjectAnonymization", input={"id": project, "shouldAnonymize": True}, selection="id"
    )
    decisions.clear()
    selection = "id labels { id author { email } }"
    where = {"project": {"id": project}}
    assets = wire.list("assets", where, "labeler", selection)
    assert sum(len(each["labels"]) for each in assets) > 1
    assert decisions == [project]


def test_each_request_decides_the_role_again(
    wire: Wire, world_ids: dict[str, str], decisions: list[str]
) -> None:
    for _ in range(2):
        wire.list("labels", {"project": {"id": world_ids["project"]}}, "labeler")
    assert decisions == [world_ids["project"]] * 2


def test_a_transaction_sees_the_role_that_it_changed(wire: Wire, world_ids: dict[str, str]) -> None:
    world = wire.emulator.world
    with world.transaction(actor_named(world, "labeler")) as tx:
        project = tx.projects.require(world_ids["project"])
        assert tx.access.role(project) == "LABELER"
        (member,) = tx.project_users.find("membership", (project["id"], tx.actor.user_id))
        tx.project_users.change(member, role="REVIEWER")
        assert tx.access.role(project) == "REVIEWER"
        tx.project_users.change(member, role="REVIEWER", deletedAt=tx.now)
        assert tx.access.role(project) is None
        assert not tx.access.can_see(project["id"])


def test_a_transaction_does_not_see_a_project_that_it_deleted(
    wire: Wire, world_ids: dict[str, str]
) -> None:
    world = wire.emulator.world
    with world.transaction(actor_named(world, "admin")) as tx:
        assert tx.access.can_see(world_ids["project"])
        tx.projects.change(tx.projects.require(world_ids["project"]), deletedAt=tx.now)
        assert not tx.access.can_see(world_ids["project"])


def test_a_transaction_sees_that_a_plugin_was_deactivated(
    wire: Wire, world_ids: dict[str, str]
) -> None:
    world = wire.emulator.world
    (plugin, *_) = world.view.plugins.all()
    user = world.view.users.require(plugin["userId"])
    with world.transaction(Actor(user)) as tx:
        project = tx.projects.require(world_ids["project"])
        active = tx.plugins.change(plugin, projectIds=[project["id"]])
        assert tx.access.role(project) == "ADMIN"
        tx.plugins.change(active, projectIds=[])
        assert tx.access.role(project) is None


def test_transaction_with_a_changed_actor_decides_the_role_of_the_new_actor(
    wire: Wire, world_ids: dict[str, str]
) -> None:
    world = wire.emulator.world
    with world.transaction(actor_named(world, "admin")) as tx:
        project = tx.projects.require(world_ids["project"])
        assert tx.access.role(project) == "ADMIN"
        tx.actor = actor_named(world, "labeler")
        assert tx.access.role(project) == "LABELER"
