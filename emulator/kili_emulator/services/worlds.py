"""Services for worlds: list, create, export, mark and reset them, wait for plugins, change keys."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.domain.api_key import change_api_key
from kili_emulator.domain.registry import ScenarioSource, WorldRegistry
from kili_emulator.domain.world import Actor, Mark, World
from kili_emulator.services.session import WorldSession

# The tables whose documents name the request that caused them.
_WITH_REQUEST_IDS = ("transactions", "runs", "runCalls")


class ProjectTitle(TypedDict):
    """A project by its id and title."""

    id: str
    title: str


class WorldView(TypedDict):
    """A world as a row of a list.

    - ``scenario``: the name or path of the scenario from which the world was created;
      ``dictionary`` for one that was given as a dictionary.
    - ``keys``: the name of each API key → the key.
    """

    name: str
    scenario: str
    keys: dict[str, str]
    projects: list[ProjectTitle]


class KeyView(TypedDict):
    """The validity of an API key; ``expiryDate`` is a time."""

    name: str
    revoked: bool
    expiryDate: str


def world_view(world: World) -> WorldView:
    """Return a world as a row of a list."""
    view = world.view
    return {
        "name": world.name,
        "scenario": world.scenario,
        "keys": {key["name"]: key["key"] for key in view.api_keys.all()},
        "projects": [{"id": each["id"], "title": each["title"]} for each in view.projects.all()],
    }


def list_worlds(registry: WorldRegistry) -> list[WorldView]:
    """Return all worlds."""
    return [world_view(world) for world in registry.all()]


def create_world(
    registry: WorldRegistry, name: str, scenario: ScenarioSource, seed: int | None = None
) -> WorldView:
    """Create a world and return it.

    Raises:
        WorldError: the name is taken or not allowed.
        ScenarioError: the scenario does not exist or cannot be read.
    """
    return world_view(registry.create(name, scenario, seed))


def reset_world(
    registry: WorldRegistry,
    session: WorldSession,
    mark: Mark | None = None,
    *,
    keep_plugins: bool = False,
) -> WorldView:
    """Wait for a world's plugins, then roll the world back to a mark, or to its scenario.

    The rollback removes the faults of the world; their delays end before.

    Args:
        session: its seconds are the longest wait for the plugins; those that still run then are
            interrupted at their next request.
        keep_plugins: keep the present plugins, with their versions and where they are active.

    Returns:
        the world.

    Raises:
        WorldError: the mark is of a time that was undone.
    """
    session.world.faults.end_delays()
    session.host.wait_idle(session.world, session.seconds)
    world = registry.reset(session.world.name, mark, keep_plugins=keep_plugins)
    return world_view(world)


def load_world(
    registry: WorldRegistry, session: WorldSession, scenario: ScenarioSource
) -> WorldView:
    """Wait for a world's plugins, then replace the world's documents by those of a scenario.

    A reset undoes it.

    Returns:
        the world.

    Raises:
        ScenarioError: the scenario does not exist or cannot be read.
    """
    session.host.wait_idle(session.world, session.seconds)
    return world_view(registry.load(session.world.name, scenario))


def mark_world(session: WorldSession) -> Mark:
    """Return a mark of the present state of a world, to which a reset can return."""
    return session.deploy_saved().world.mark()


def wait_idle(session: WorldSession) -> bool:
    """Wait until no plugin is running, at most the seconds of the session.

    Returns:
        whether all plugins were idle in time.
    """
    world, host, seconds = session
    host.deploy_saved(world, 0)
    return host.wait_idle(world, seconds)


def change_key(
    world: World, name: str, *, revoked: bool | None, expiry_date: str | None
) -> KeyView:
    """Revoke an API key or set its expiry date, and return the key.

    Raises:
        KiliError: not exactly one key has this name, or the date cannot be read.
    """
    with world.transaction(Actor.system()) as tx:
        changed = change_api_key(tx, name, revoked=revoked, expiry=expiry_date)
    return {
        "name": changed["name"],
        "revoked": changed["revoked"],
        "expiryDate": changed["expiryDate"],
    }
