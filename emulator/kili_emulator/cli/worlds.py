"""Commands for worlds: isolated platforms side by side in one emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kili_emulator.cli.addressing import AddressedServer, emulator_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json
from kili_emulator.client import RequestRefusedError

if TYPE_CHECKING:
    from kili_emulator.services.worlds import WorldView


_FORBIDDEN = 403


@click.group(cls=CommandGroup)
def world() -> None:
    """Create, list, reset and delete worlds of a running emulator."""


@world.command()
@click.argument("name")
@click.option("--scenario", help="The initial content: the name or the file of a scenario.")
@click.option("--seed", type=int, help="Make ids, times and random choices repeatable.")
@emulator_options
def create(name: str, scenario: str | None, seed: int | None, server: AddressedServer) -> None:
    """Create a world; its API keys end with its name.

    The file of a scenario is read on this machine, and media that it names on that of the emulator.
    """
    _print_world(server.control.worlds.create(name, scenario, seed=seed))


@world.command("list")
@json_option
@emulator_options
def list_worlds(as_json: bool, server: AddressedServer) -> None:
    """List all worlds with their API keys and projects.

    The key of an administrator of another world than the default one shows that world only.
    """
    control = server.control
    try:
        views = control.worlds.list()
    except RequestRefusedError as error:
        if error.status != _FORBIDDEN:
            raise
        views = [control.worlds.own()]
    if as_json:
        echo_json(views)
        return
    for each in views:
        _print_world(each)


@world.command("reset")
@click.argument("name")
@emulator_options
def reset_world(name: str, server: AddressedServer) -> None:
    """Reset a world to its scenario."""
    server.control.worlds.reset(name)
    echo(f"World {name} was reset to its scenario.")


@world.command()
@click.argument("name")
@emulator_options
def delete(name: str, server: AddressedServer) -> None:
    """Delete a world with all its content."""
    server.control.worlds.delete(name)
    echo(f"World {name} was deleted.")


def _print_world(world_view: WorldView) -> None:
    echo(f"{world_view['name']} (scenario {world_view['scenario']})")
    for name, key in world_view["keys"].items():
        echo(f"  key of {name:<10} {key}")
    for project in world_view["projects"]:
        echo(f"  project {project['id']}  {project['title']}")
