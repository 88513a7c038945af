"""Commands that upload, activate, deactivate and delete plugins, with the SDK as scripts do."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.plugins import print_plugin
from kili_emulator.cli.terminal import echo, echo_text, examples

if TYPE_CHECKING:
    from kili.client import Kili

    from kili_emulator.domain.plugin_view import PluginView

_project_option = click.option(
    "--project",
    "projects",
    multiple=True,
    required=True,
    help="The project: its id or title; several times for several projects.",
)


@click.command(
    epilog=examples(
        "kili-emulator upload examples/plugins/tutorial/main.py --name counter",
        "kili-emulator upload my_plugin/",
    )
)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="The name of the plugin; by default, that of the folder or file.")
@click.option(
    "--event-matcher",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Events that call on_event, such as asset.*; only for plugins that define on_event.",
)
@server_options
def upload(
    path: Path, name: str | None, patterns: tuple[str, ...], server: AddressedServer
) -> None:
    """Upload the plugin at PATH, a folder with a main.py or a single .py file.

    A plugin that exists gets a new version. `plugins link` runs a plugin from its folder instead,
    without uploads.
    """
    chosen = name or _default_name(path)
    known = [each["name"] for each in server.control.plugins.list()]
    with _sdk(server) as kili:
        send = kili.update_plugin if chosen in known else kili.upload_plugin
        send(str(path), chosen, verbose=False, event_matcher=list(patterns) or None)
    _show(server, chosen)


@click.command()
@click.argument("plugin")
@_project_option
@server_options
def activate(plugin: str, projects: tuple[str, ...], server: AddressedServer) -> None:
    """Activate PLUGIN on a project, so that the events there call it."""
    ids = _project_ids(server, projects)
    with _sdk(server) as kili:
        for each in ids:
            kili.activate_plugin_on_project(plugin, each)
    _show(server, plugin)


@click.command()
@click.argument("plugin")
@_project_option
@server_options
def deactivate(plugin: str, projects: tuple[str, ...], server: AddressedServer) -> None:
    """Deactivate PLUGIN on a project."""
    ids = _project_ids(server, projects)
    with _sdk(server) as kili:
        for each in ids:
            kili.deactivate_plugin_on_project(plugin, each)
    _show(server, plugin)


@click.command()
@click.argument("plugin")
@server_options
def delete(plugin: str, server: AddressedServer) -> None:
    """Delete PLUGIN with all of its versions; `world delete` deletes a world."""
    with _sdk(server) as kili:
        kili.delete_plugin(plugin)
    echo(f"Plugin {plugin} was deleted.")


@contextlib.contextmanager
def _sdk(server: AddressedServer) -> Iterator[Kili]:
    """Return a client of the addressed world, without the pauses of the SDK.

    Raises:
        click.ClickException: the SDK refuses a call.
    """
    from kili_emulator.app.remote_emulator import RemoteEmulator
    from kili_emulator.client import HttpTransport

    address, control = server.address, server.control
    names = {key: name for name, key in control.worlds.show()["keys"].items()}
    transport = HttpTransport(address.url, address.key)
    logging.disable(logging.INFO)  # the SDK reports each step, twice
    try:
        with RemoteEmulator(transport, control.world) as emulator:
            yield emulator.client(names.get(address.key, "admin"))
    except click.ClickException:
        raise
    except Exception as error:  # the SDK has no common class of errors
        raise click.ClickException(str(error)) from None
    finally:
        logging.disable(logging.NOTSET)


def _default_name(path: Path) -> str:
    is_main = path.is_file() and path.name == "main.py"
    return path.resolve().parent.name if is_main else path.resolve().stem


def _project_ids(server: AddressedServer, names: tuple[str, ...]) -> list[str]:
    """Return the ids of projects that are given by id or title.

    Raises:
        click.ClickException: a project is unknown, or several have a title.
    """
    rows = server.control.content.projects()
    found = []
    for name in names:
        matches = [each["id"] for each in rows if each["id"] == name]
        matches = matches or [each["id"] for each in rows if each["title"] == name]
        if len(matches) != 1:
            known = ", ".join(f"{each['title']} ({each['id']})" for each in rows) or "none"
            problem = "several projects have" if matches else "no project has"
            raise click.ClickException(f"{problem} the id or title {name!r}; there are: {known}")
        found += matches
    return found


def _show(server: AddressedServer, name: str) -> None:
    """Print a plugin, and the problems of its newest version; exit with 1 if its build failed."""
    view: PluginView = next(
        each for each in server.control.plugins.list() if name in (each["name"], each["id"])
    )
    print_plugin(view)
    versions = server.control.plugins.versions(name)
    for problem in versions[-1]["problems"] if versions else []:
        echo_text(problem, indent="    ")
    if view["status"] == "FAILED":
        raise SystemExit(1)
