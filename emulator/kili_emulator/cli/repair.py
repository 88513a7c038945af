"""The command ``repair``: recover what can be read of damaged data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator import clock, data_folder
from kili_emulator.cli.options import data_dir_option
from kili_emulator.cli.server_process import settings_from_options
from kili_emulator.cli.terminal import echo
from kili_emulator.data_folder import DataFolderError, display_path, refusal_of
from kili_emulator.folder_lock import lock_folder

if TYPE_CHECKING:
    from kili_emulator.domain.repair.world_repair import WorldRepair


@click.command()
@data_dir_option
@click.option("--dry-run", is_flag=True, help="Only print what is wrong; change nothing.")
@click.pass_context
def repair(context: click.Context, /, data_dir: Path | None, dry_run: bool) -> None:
    """Recover what can be read of damaged data.

    Each world is checked. Of a damaged one, a copy is made in the folder `backups` of the data
    folder. Documents that cannot be read are lost. A lost user, project, step or asset is replaced
    by a placeholder, so that the labels stay; other documents that need a lost one are dropped.

    The emulator must not run. The exit status is 1 if a fault is left, or with --dry-run if there
    is one.
    """
    folder = settings_from_options({"data_dir": data_dir}).data_dir
    if not folder.is_dir():
        raise click.ClickException(f"there is no folder {display_path(folder)}: give --data-dir")
    with _explained_errors(folder), lock_folder(folder):
        is_whole = _repair_secret(folder, dry_run=dry_run)
        for each in _world_folders(folder / data_folder.WORLDS):
            is_whole = _repair_world(each, folder / data_folder.BACKUPS, dry_run) and is_whole
    if not is_whole:
        context.exit(1)


@contextlib.contextmanager
def _explained_errors(folder: Path) -> Iterator[None]:
    from kili_emulator.errors import StorageError

    try:
        yield
    except (DataFolderError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(str(refusal_of(folder, error))) from None


def _repair_secret(folder: Path, *, dry_run: bool) -> bool:
    """Remove a damaged secret; return whether the secret is undamaged now."""
    try:
        data_folder.read_secret(folder)
    except DataFolderError as error:
        if dry_run:
            echo(str(error))
            return False
        path = folder / data_folder.SECRET
        path.unlink()
        echo(f"{display_path(path)} was damaged and is removed: the next start makes a new one.")
    return True


def _world_folders(worlds: Path) -> list[Path]:
    from kili_emulator.domain import world_folder

    if not worlds.exists():
        return []
    return [
        each
        for each in sorted(worlds.iterdir())
        if world_folder.is_valid_name(each.name)
        and world_folder.has_world_files(each)
        and not world_folder.is_unfinished(each)
    ]


def _repair_world(folder: Path, backups: Path, dry_run: bool) -> bool:
    """Examine a world, and repair it; return whether no fault is left."""
    from kili_emulator.domain.repair.world_repair import WorldRepair
    from kili_emulator.domain.world_folder import WorldError

    try:
        found = WorldRepair(folder, clock.Clock().now())
        backup = found.apply(backups) if found.is_needed and not dry_run else None
    except WorldError as error:
        echo(f"World {folder.name}: {error}")
        return False
    _print_findings(folder.name, found)
    if backup:
        echo(
            f"World {folder.name} was repaired. A copy of its former state is in "
            f"{display_path(backup)}. A reset returns to the present state from now on."
        )
    return not found.findings.unrepaired and (backup is not None or not found.is_needed)


def _print_findings(name: str, found: WorldRepair) -> None:
    lines = list(found.findings.lines())
    echo(f"World {name}: {'' if lines else 'nothing to repair.'}".rstrip())
    echo(*(f"  {each}" for each in lines))
