"""Commands for plugins: versions, differences between versions, and links to folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import CommandGroup, echo, echo_file, echo_json, echo_text

if TYPE_CHECKING:
    from kili_emulator.domain.plugin_view import PluginView


@click.group(cls=CommandGroup)
def plugins() -> None:
    """List plugins, show and compare versions of their source, run plugins from folders."""


@plugins.command("list")
@json_option
@server_options
def list_plugins(as_json: bool, server: AddressedServer) -> None:
    """List the plugins of a world."""
    result = server.control.plugins.list()
    if as_json:
        echo_json(result)
        return
    for each in result:
        print_plugin(each)


def print_plugin(plugin: PluginView) -> None:
    """Print a line about a plugin, and the error of its link."""
    echo(_plugin_line(plugin))
    if plugin["link"] and plugin["link"]["error"]:
        _print_indented(plugin["link"]["error"])


def _print_indented(text: str) -> None:
    echo_text(text, indent="    ")


def _plugin_line(plugin: PluginView) -> str:
    kind = "webhook" if plugin["isWebhook"] else "plugin"
    version = f"version {plugin['version']}" if plugin["version"] else "no version"
    if plugin["version"] != plugin["activeVersion"] and plugin["activeVersion"]:
        version += f" (version {plugin['activeVersion']} runs)"
    project_list = ", ".join(plugin["projectIds"]) or "no project"
    link_text = f", linked to {plugin['link']['path']}" if plugin["link"] else ""
    return f"{plugin['name']}: {kind}, {plugin['status']}, {version}, on {project_list}{link_text}"


@plugins.command()
@click.argument("name")
@json_option
@server_options
def versions(name: str, as_json: bool, server: AddressedServer) -> None:
    """List the versions of plugin NAME, oldest first, with their build problems."""
    result = server.control.plugins.versions(name)
    if as_json:
        echo_json(result)
        return
    for each in result:
        subscriptions = ", ".join([*each["handlerTypes"], *each["eventMatcher"]])
        echo(f"{each['number']} {each['createdAt']} {each['status']} {subscriptions}".rstrip())
        for problem in each["problems"]:
            _print_indented(problem)


@plugins.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(min=1), help="The version; by default the newest.")
@click.option("--file", help="Print only this file, unchanged.")
@server_options
def show(name: str, version: int | None, file: str | None, server: AddressedServer) -> None:
    """Show the source of a version of plugin NAME."""
    files = server.control.plugins.files(name, version)
    if file is None:
        for path, text in files.items():
            echo(f"==> {path} <==")
            echo_file(f"{text}\n")
        return
    if file not in files:
        raise click.ClickException(f"the version has no file {file!r} (it has: {', '.join(files)})")
    echo_file(files[file])


@plugins.command()
@click.argument("name")
@click.argument("old", type=click.IntRange(min=1))
@click.argument("new", type=click.IntRange(min=1))
@server_options
def diff(name: str, old: int, new: int, server: AddressedServer) -> None:
    """Show the changes in plugin NAME from version OLD to version NEW."""
    echo_file(server.control.plugins.diff(name, old, new))


@plugins.command()
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--project", "projects", multiple=True, help="A project to activate it on: an id or title."
)
@click.option(
    "--event-matcher",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Events that call on_event, such as asset.*; only for plugins that define on_event.",
)
@json_option
@server_options
def link(
    name: str,
    path: Path,
    *,
    projects: tuple[str, ...],
    patterns: tuple[str, ...],
    as_json: bool,
    server: AddressedServer,
) -> None:
    """Run plugin NAME directly from PATH, a folder with a main.py or a single .py file.

    From then on, each saved change of a file there is deployed as a new version. If the build
    fails, the problems are reported and the last built version keeps running. The command
    creates the plugin if it does not exist.
    """
    result = server.control.plugins.link(name, path, projects=projects, event_matcher=patterns)
    if as_json:
        echo_json(result)
    else:
        print_plugin(result)
    if result["status"] == "FAILED":
        raise SystemExit(1)


@plugins.command()
@click.argument("name")
@server_options
def unlink(name: str, server: AddressedServer) -> None:
    """End the link of plugin NAME to its folder; its last version stays deployed."""
    result = server.control.plugins.unlink(name)
    print_plugin(result)
    if result["projectIds"]:
        echo("The plugin stays active there: kili.deactivate_plugin_on_project deactivates it.")
