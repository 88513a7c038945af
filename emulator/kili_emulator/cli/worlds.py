"""Commands for worlds: isolated platforms side by side in one emulator."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator import data_folder
from kili_emulator.cli.options import data_dir_option
from kili_emulator.cli.server_process import (
    find_ready_server,
    process_of,
    settings_from_options,
)
from kili_emulator.cli.state_folder import StateFolder
from kili_emulator.cli.terminal import CommandGroup, echo
from kili_emulator.config import DEFAULT_WORLD

if TYPE_CHECKING:
    from kili_emulator.services.worlds import WorldView


@click.command()
@data_dir_option
def reset(data_dir: Path | None) -> None:
    """Reset the default world to its scenario.

    The emulator need not run.
    """
    settings = settings_from_options({"data_dir": data_dir})
    process = find_ready_server(settings)
    if process:
        process.request("POST", f"/worlds/{DEFAULT_WORLD}/reset", json={})
    folder = settings.data_dir / data_folder.WORLDS / DEFAULT_WORLD
    if not process and folder.exists():
        with StateFolder(settings.data_dir).exclusive_lock():
            _reset_files(folder)
    echo(f"World {DEFAULT_WORLD} was reset to its scenario.")


def _reset_files(folder: Path) -> None:
    """Reset the world in a folder; the next start creates an unfinished world anew."""
    from kili_emulator.domain import world_folder

    if world_folder.is_unfinished(folder) or not world_folder.has_world_files(folder):
        return
    try:
        with contextlib.closing(world_folder.open_world(folder)) as stored:
            assert stored.start is not None
            stored.documents.upgrade()
            stored.roll_back(stored.start)
    except (world_folder.WorldError, ValueError) as error:
        raise click.ClickException(str(error)) from None


@click.group(cls=CommandGroup)
def world() -> None:
    """Create, list, reset and delete worlds of a running emulator."""


@world.command()
@click.argument("name")
@data_dir_option
@click.option("--scenario", help="The initial content: the name or the file of a scenario.")
@click.option("--seed", type=int, help="Make ids, times and random choices repeatable.")
def create(name: str, data_dir: Path | None, scenario: str | None, seed: int | None) -> None:
    """Create a world; its API keys end with its name."""
    process = process_of(data_dir)
    if scenario and {os.sep, "/", "."} & set(scenario):  # a path, relative to the current folder
        scenario = str(Path(scenario).resolve())
        _check_scenario(scenario)
    data = {"name": name, "scenario": scenario, "seed": seed}
    _print_world(process.request("POST", "/worlds", json=data))


def _check_scenario(path: str) -> None:
    """Check a scenario here, because the emulator does not show the content of files to clients."""
    from kili_emulator.scenario import ScenarioError, read_scenario

    try:
        read_scenario(path)
    except ScenarioError as error:
        raise click.ClickException(str(error)) from None


@world.command("list")
@data_dir_option
def list_worlds(data_dir: Path | None) -> None:
    """List all worlds with their API keys and projects."""
    process = process_of(data_dir)
    for each in process.request("GET", "/worlds"):
        _print_world(each)


@world.command("reset")
@click.argument("name")
@data_dir_option
def reset_world(name: str, data_dir: Path | None) -> None:
    """Reset a world to its scenario."""
    process = process_of(data_dir)
    process.request("POST", f"/worlds/{name}/reset", json={})
    echo(f"World {name} was reset to its scenario.")


@world.command()
@click.argument("name")
@data_dir_option
def delete(name: str, data_dir: Path | None) -> None:
    """Delete a world with all its content."""
    process = process_of(data_dir)
    process.request("DELETE", f"/worlds/{name}")
    echo(f"World {name} was deleted.")


def _print_world(world_view: WorldView) -> None:
    echo(f"{world_view['name']} (scenario {world_view['scenario']})")
    for name, key in world_view["keys"].items():
        echo(f"  key of {name:<10} {key}")
    for project in world_view["projects"]:
        echo(f"  project {project['id']}  {project['title']}")
