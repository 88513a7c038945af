"""Commands that mark the state of a world, and return to a mark or to the scenario."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator import data_folder
from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.state_folder import StateFolder
from kili_emulator.cli.terminal import echo, examples
from kili_emulator.config import DEFAULT_WORLD

if TYPE_CHECKING:
    from kili_emulator.domain.mark import Mark


@click.command(
    epilog=examples(
        "mark=$(kili-emulator mark)", "python my_script.py", 'kili-emulator reset --to "$mark"'
    )
)
@server_options
def mark(server: AddressedServer) -> None:
    """Print a mark of the present state of the world, to which `reset --to` returns.

    The mark is one word without blanks. It is valid until a reset to an earlier state.
    """
    control = server.control
    echo(control.worlds.mark().to_token(control.world))


@click.command(
    epilog=examples("kili-emulator reset", "kili-emulator reset --world team --keep-plugins")
)
@click.option("--to", "token", metavar="MARK", help="Return to a mark that `mark` has printed.")
@click.option(
    "--keep-plugins",
    is_flag=True,
    help="Keep plugins and webhooks: their versions, their links to folders, and where they are "
    "active. Their runs and logs go.",
)
@server_options
def reset(token: str | None, keep_plugins: bool, server: AddressedServer) -> None:
    """Reset the world to its scenario, or to a mark.

    Without --to and --keep-plugins, the emulator of the data folder need not run.
    """
    if not (token or keep_plugins) and server.is_folder_without_emulator():
        _reset_files(server.settings.data_dir, server.world_option or DEFAULT_WORLD)
        return
    control = server.control
    target = _parse_mark(token, control.world) if token else None
    control.worlds.reset(mark=target, keep_plugins=keep_plugins)
    state = "the mark" if token else "its scenario"
    echo(f"World {control.world} was reset to {state}{_kept(server) if keep_plugins else '.'}")


def _kept(server: AddressedServer) -> str:
    names = [each["name"] for each in server.control.plugins.list()]
    return f"; plugins kept: {', '.join(names) or 'none'}."


def _parse_mark(token: str, world: str) -> Mark:
    from kili_emulator.domain.mark import Mark

    try:
        owner, found = Mark.parse_token(token)
    except ValueError:
        raise click.UsageError(
            f"{token!r} is not a mark: give one that `kili-emulator mark` has printed"
        ) from None
    if owner != world:
        raise click.UsageError(
            f"the mark is one of world {owner}, and the command addresses {world}: give --world "
            f"{owner}"
        )
    return found


def _reset_files(data_dir: Path, world: str) -> None:
    """Reset a world in a data folder that no emulator uses."""
    folder = data_dir / data_folder.WORLDS / world
    if folder.exists():
        with StateFolder(data_dir).exclusive_lock():
            _roll_back(folder)
    elif world != DEFAULT_WORLD:
        raise click.ClickException(
            f"there is no world {world!r} in {data_folder.display_path(data_dir)}"
        )
    echo(f"World {world} was reset to its scenario.")


def _roll_back(folder: Path) -> None:
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
