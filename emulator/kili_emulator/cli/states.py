"""Commands that save, load and compare the state of a world, and read projects into one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.addressing import AddressedServer, first_server_options, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_json, examples, progress_bar
from kili_emulator.printable import shorten

if TYPE_CHECKING:
    from kili_emulator.services.states import LoadedState
    from kili_emulator.transfer.state_diff import Difference

_File = click.Path(path_type=Path)
_SIGNS = {"added": "+", "changed": "~", "removed": "-"}
_SHOWN = 60

_replace_option = click.option("--replace", is_flag=True, help="Replace a project of the same id.")


@click.group(
    cls=CommandGroup,
    epilog=examples(
        "kili-emulator state save monday.zip",
        "kili-emulator state diff monday.zip",
        "kili-emulator state load monday.zip",
    ),
)
def state() -> None:
    """Save a world as one file, load it again, and see what has changed."""


@state.command()
@click.argument("file", type=_File)
@click.option("--project", help="Save this project only: its id or title.")
@server_options
def save(file: Path, project: str | None, server: AddressedServer) -> None:
    """Save the whole world as FILE, or one project.

    The same state gives the same bytes. The file of a world has its API keys, in clear; that of a
    project has no secrets.
    """
    server.control.state.save(file, project=project)
    what = f"project {project}" if project else "the whole world, with its API keys,"
    echo(f"Saved {what} as {file}.")


@state.command()
@click.argument("file", type=_File)
@_replace_option
@json_option
@server_options
def load(file: Path, *, replace: bool, as_json: bool, server: AddressedServer) -> None:
    """Load FILE: a world replaces the world, a project is added to it.

    It is loaded completely or not at all. `kili-emulator reset` undoes it.
    """
    _print_loaded(server.control.state.load(file, replace=replace), as_json=as_json)


@state.command()
@click.argument("file", type=_File)
@click.argument("later", type=_File, required=False)
@json_option
@server_options
def diff(file: Path, later: Path | None, *, as_json: bool, server: AddressedServer) -> None:
    """Print what has changed since FILE was saved, or between FILE and LATER.

    The exit status is 1 if there is a difference.
    """
    if later is None:
        found = server.control.state.diff(file)
    else:
        from kili_emulator.transfer.state_diff import differences
        from kili_emulator.transfer.state_file import read_state_file

        found = differences(read_state_file(file), read_state_file(later))
    if as_json:
        echo_json(found)
    else:
        for each in found:
            echo(*_difference_lines(each))
    if found:
        click.get_current_context().exit(1)


def _difference_lines(found: Difference) -> Iterator[str]:
    name = f" {found['name']!r}" if found["name"] else ""
    yield f"{_SIGNS[found['change']]} {found['table']} {found['id']}{shorten(name, _SHOWN)}"
    for each in found["members"]:
        yield f"    {each['member']}: {_value(each['before'])} -> {_value(each['after'])}"


def _value(value: Any) -> str:
    return shorten(json.dumps(value, ensure_ascii=False), _SHOWN)


@click.command("import")
@click.argument("path", type=_File)
@click.option("--interface", type=_File, help="A JSON file with the json interface.")
@click.option("--input-type", help="The input type of the project, such as IMAGE.")
@click.option("--title", help="The title of the project.")
@_replace_option
@json_option
@server_options
def import_export(
    path: Path,
    *,
    interface: Path | None,
    input_type: str | None,
    title: str | None,
    replace: bool,
    as_json: bool,
    server: AddressedServer,
) -> None:
    """Add the project of a raw export of the SDK.

    PATH is what kili.export_labels(..., fmt="raw") wrote: the zip archive, the folder of its
    content, or its data.json. An export has neither the json interface nor the input type; without
    the options, both are inferred from assets and labels.
    """
    with _progress() as show:
        loaded = server.control.imports.read(
            path,
            interface=_read_interface(interface),
            input_type=input_type,
            title=title,
            replace=replace,
            progress=lambda done, total: show("assets", done, total),
        )
    _print_loaded(loaded, as_json=as_json)


def _read_interface(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(found, dict):
        raise click.ClickException(f"{path} is not a json interface: it has no object")
    return found


@click.command()
@click.option("--project", required=True, metavar="ID", help="The project at the source.")
@click.option(
    "--from", "source", required=True, metavar="ENDPOINT", help="The GraphQL URL of the source."
)
@click.option(
    "--from-key",
    metavar="KEY",
    envvar=("KILI_SOURCE_API_KEY", "KILI_API_KEY"),
    help="An API key of the source; by default, KILI_SOURCE_API_KEY or KILI_API_KEY.",
)
@click.option("--media", is_flag=True, help="Copy the files of the assets, too.")
@click.option("--restart", is_flag=True, help="Do not continue an interrupted copy.")
@_replace_option
@json_option
@first_server_options
def pull(
    *,
    project: str,
    source: str,
    from_key: str | None,
    as_json: bool,
    server: AddressedServer,
    **options: Any,
) -> None:
    """Add a copy of a project from any Kili endpoint, which is only read.

    The copy has the ids of the source. If the command is interrupted, the same command continues.
    """
    if not from_key:
        raise click.UsageError(
            f"there is no API key for {source}: give --from-key, or set KILI_SOURCE_API_KEY"
        )
    imports = server.control.imports  # before anything is read
    with _progress() as show:
        loaded = imports.pull(project, source, from_key, progress=show, **options)
    _print_loaded(loaded, as_json=as_json)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Return a function that shows how much was read, in a bar for each kind of objects."""
    with contextlib.ExitStack() as bars:
        shown: dict[str, Callable[[int], None]] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in shown:
                bars.close()
                shown[what] = bars.enter_context(progress_bar(what, total))
            shown[what](done)

        yield show


def _print_loaded(loaded: LoadedState, *, as_json: bool) -> None:
    if as_json:
        echo_json(loaded)
        return
    counts = ", ".join(f"{number} {table}" for table, number in loaded["counts"].items())
    what = f"project {loaded['project']}" if loaded["project"] else "a whole world"
    echo(f"Loaded {what} into world {loaded['world']}: {counts}.")
    if loaded["newUsers"]:
        echo(f"New users, without API keys: {', '.join(loaded['newUsers'])}.")
    for each in loaded["newMembers"]:
        echo(f"New member, as the author of labels: {each['email']} ({each['role']}).")
    for note in loaded["notes"]:
        echo(f"Note: {note}")
