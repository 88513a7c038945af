"""Commands about plugins: their versions, and what changed between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from emulator.cli.process import data_dir_option, running, settings_from
from emulator.config import DEFAULT_WORLD

_world_option = click.option(
    "--world", default=DEFAULT_WORLD, show_default=True, help="The world that they are in."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def plugins() -> None:
    """List plugins, show and compare the versions of their source."""


@plugins.command("list")
@_json_option
@_world_option
@data_dir_option
def list_plugins(as_json: bool, world: str, data_dir: Path | None) -> None:
    """List the plugins of a world."""
    told = _get(data_dir, world, "")
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for each in told:
        click.echo(_line(each))


def _line(plugin: dict[str, Any]) -> str:
    kind = "webhook" if plugin["isWebhook"] else "plugin"
    version = f"version {plugin['version']}" if plugin["version"] else "no version"
    if plugin["version"] != plugin["activeVersion"] and plugin["activeVersion"]:
        version += f" (version {plugin['activeVersion']} runs)"
    on = ", ".join(plugin["projectIds"]) or "no project"
    return f"{plugin['name']}: {kind}, {plugin['status']}, {version}, on {on}"


@plugins.command()
@click.argument("name")
@_json_option
@_world_option
@data_dir_option
def versions(name: str, as_json: bool, world: str, data_dir: Path | None) -> None:
    """List the versions of plugin NAME, oldest first, and what their builds said."""
    told = _get(data_dir, world, "/versions", plugin=name)
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for each in told:
        called = ", ".join([*each["handlerTypes"], *each["eventMatcher"]])
        click.echo(f"{each['number']} {each['createdAt']} {each['status']} {called}".rstrip())
        for problem in each["problems"]:
            click.echo("\n".join(f"    {line}" for line in problem.splitlines()))


@plugins.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(min=1), help="Which; the newest unless given.")
@click.option("--file", help="Only this file, as it is.")
@_world_option
@data_dir_option
def show(
    name: str, version: int | None, file: str | None, world: str, data_dir: Path | None
) -> None:
    """Show the source of a version of plugin NAME."""
    number = {} if version is None else {"version": version}
    files = _get(data_dir, world, "/files", plugin=name, **number)
    if file is None:
        for path, text in files.items():
            click.echo(f"==> {path} <==\n{text}")
        return
    if file not in files:
        raise click.ClickException(f"it has no file {file!r} (it has: {', '.join(files)})")
    click.echo(files[file], nl=False)


@plugins.command()
@click.argument("name")
@click.argument("old", type=click.IntRange(min=1))
@click.argument("new", type=click.IntRange(min=1))
@_world_option
@data_dir_option
def diff(name: str, old: int, new: int, world: str, data_dir: Path | None) -> None:
    """Show what changed in plugin NAME from version OLD to version NEW."""
    told = _get(data_dir, world, "/diff", plugin=name, **{"from": old, "to": new})
    click.echo(told["diff"], nl=False)


def _get(data_dir: Path | None, world: str, path: str, **parameters: Any) -> Any:
    process = running(settings_from({"data_dir": data_dir}))
    return process.request("GET", f"/worlds/{world}/plugins{path}", params=parameters)
