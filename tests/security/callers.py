"""The full world with a user for each role, a key of each invalid kind, and a second world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kili_emulator import clock
from kili_emulator.domain import api_key, member, user
from kili_emulator.domain.api_key import RUN_KEY_PREFIX
from kili_emulator.domain.world import Actor, World
from tests.contract.full_world.world import OUTSIDER, STRANGER, FullWorld, open_full_world
from tests.kit.wire import Wire

# Name of an API key → the role of its user.
CALLERS = {
    "admin": "ADMIN of the organization",
    "owner": "USER of the organization, ADMIN of the projects",
    "manager": "USER of the organization, TEAM_MANAGER of the projects",
    "reviewer": "USER of the organization, REVIEWER in the projects",
    "labeler": "USER of the organization, LABELER in the projects",
    OUTSIDER: "USER of the organization without a project",
    STRANGER: "ADMIN of another organization",
    "elsewhere": "ADMIN in another world",
}
FOREIGN = (STRANGER, "elsewhere")

# Ways in which a key is invalid → the key. The names are those of the keys in the world, if any.
INVALID_KEYS = {
    "none": None,
    "wrong": "not-a-key-at-all",
    "empty": "",
    "expired": "expired-key-of-ada",
    "revoked": "revoked-key-of-ada",
    "deactivated": "key-of-a-deactivated-user",
    "deleted world": "emulator-admin.gone",
    "world without the key": "emulator-nobody.second",
    "ended run": f"{RUN_KEY_PREFIX}of-long-ago",
}


@dataclass(frozen=True, repr=False)
class Callers:
    """The full world, its second world, and the API keys of the callers.

    Attributes:
        keys: caller → API key.
        project_ids: the ids of all documents that belong to a project of the first organization.
    """

    full_world: FullWorld
    second: World
    keys: dict[str, str]
    project_ids: frozenset[str]

    @property
    def wire(self) -> Wire:
        return self.full_world.wire

    def stored(self) -> tuple[Any, Any]:
        """Return the documents of both worlds."""
        return self.full_world.export(), self.second.export()


@contextmanager
def open_callers() -> Iterator[Callers]:
    """Create the worlds and the callers, and close them at the end."""
    with open_full_world() as full_world:
        emulator = full_world.wire.emulator
        registry = emulator.platform.registry
        registry.create("gone", "default", 2)
        registry.delete("gone")
        second = registry.create("second", "default", 1)
        _add_members(full_world)
        _add_invalid_keys(emulator.world)
        keys = {name: emulator.key(name) for name in CALLERS if name != "elsewhere"}
        keys["elsewhere"] = "emulator-admin.second"
        tables = ("projects", "projectUsers", "assets", "labels", "issues", "comments", "locks")
        own_ids = full_world.own_ids
        project_ids = frozenset(
            row["id"]
            for each in tables
            for row in full_world.export()[each]
            if row["id"] in own_ids
        )
        yield Callers(full_world, second, keys, project_ids)


def _add_members(full_world: FullWorld) -> None:
    """Create a user who administers the projects, but not the organization, and a member."""
    with full_world.wire.emulator.world.transaction(Actor.system()) as tx:
        home = tx.organizations.require(full_world.names["organization"])
        owner = user.create_user(tx, home, {"email": "owner@example.com", "firstname": "Otto"})
        api_key.create_api_key(tx, owner, name="owner", key="the-owners-key")
        for each in ("project", "stepped project", "hidden project"):
            member.add(tx, tx.projects.require(full_world.names[each]), owner, "ADMIN")
        pia = tx.users.require(full_world.names["pia"])
        member.add(tx, tx.projects.require(full_world.names["project"]), pia, "LABELER")


def _add_invalid_keys(world: World) -> None:
    past = clock.format_time(world.clock.now() - timedelta(days=1))
    with world.transaction(Actor.system()) as tx:
        (ada,) = tx.users.find("email", "admin@example.com")
        for name, options in (("expired", {"expiry": past}), ("revoked", {"revoked": True})):
            key = INVALID_KEYS[name]
            assert key is not None
            api_key.create_api_key(tx, ada, name=name, key=key, **options)
        home = tx.organizations.require(ada["organizationId"])
        left = user.create_user(
            tx, home, {"email": "left@example.com", "organizationRole": "ADMIN"}
        )
        key = INVALID_KEYS["deactivated"]
        assert key is not None
        api_key.create_api_key(tx, left, name="deactivated", key=key)
        tx.users.change(left, activated=False)
