"""Worlds: list, create, mark, reset and delete them, wait for their plugins, change their keys."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain.api_key import change_api_key
from kili_emulator.domain.registry import WorldRegistry
from kili_emulator.domain.world import Actor, Mark, World
from kili_emulator.services.session import WorldSession


def world_view(world: World) -> dict[str, Any]:
    """Return a world as a row of a list.

    Returns:
        ``name``, ``scenario``, ``keys`` (name → key), ``projects``, each with ``id`` and ``title``.
    """
    view = world.view
    return {
        "name": world.name,
        "scenario": world.scenario,
        "keys": {key["name"]: key["key"] for key in view.api_keys.all()},
        "projects": [{"id": each["id"], "title": each["title"]} for each in view.projects.all()],
    }


def list_worlds(registry: WorldRegistry) -> list[dict[str, Any]]:
    """Return all worlds, each as :func:`world_view`."""
    return [world_view(world) for world in registry.all()]


def create_world(
    registry: WorldRegistry, name: str, scenario: str, seed: int | None = None
) -> dict[str, Any]:
    """Create a world, and return its view.

    Raises:
        WorldError: the name is taken or not allowed.
        ScenarioError: the scenario does not exist or cannot be read.
    """
    return world_view(registry.create(name, scenario, seed))


def reset_world(registry: WorldRegistry, name: str, mark: Mark | None = None) -> dict[str, Any]:
    """Roll a world back to a mark, or to its scenario, and return its view.

    Raises:
        WorldError: the world is unknown, or the mark is of a time that was undone.
    """
    return world_view(registry.reset(name, mark))


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
) -> dict[str, Any]:
    """Revoke an API key, or set its expiry date.

    Returns:
        the ``name``, ``revoked`` and ``expiryDate`` of the key.

    Raises:
        KiliError: not exactly one key has this name, or the date cannot be read.
    """
    with world.transaction(Actor.system()) as tx:
        changed = change_api_key(tx, name, revoked=revoked, expiry=expiry_date)
    return {member: changed[member] for member in ("name", "revoked", "expiryDate")}
