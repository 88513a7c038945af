"""The command ``logs``: print the log lines of plugins."""

from __future__ import annotations

from typing import Any

import click

from kili_emulator.cli.following import follow
from kili_emulator.cli.options import data_dir_option, json_option, world_option
from kili_emulator.cli.runs import log_lines
from kili_emulator.cli.server_process import running_server, settings_from_options
from kili_emulator.cli.terminal import echo, echo_json


@click.command()
@click.argument("plugin", required=False)
@click.option("--project", help="Only lines of runs on this project: its id or title.")
@click.option("--follow", "follows", is_flag=True, help="Keep printing further lines.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="Print at most this number of the latest lines at first.",
)
@json_option
@world_option("The world of the plugins.")
@data_dir_option
def logs(plugin: str | None, **options: Any) -> None:
    """Print the log lines of all plugins, or those of PLUGIN: its name or id.

    With --json and --follow, each line is an object of its own.
    """
    server = running_server(settings_from_options({"data_dir": options["data_dir"]}))
    path, given = (
        f"/worlds/{options['world']}/logs",
        {"plugin": plugin, "project": options["project"]},
    )
    query = {name: value for name, value in given.items() if value is not None}
    first = server.process.request("GET", path, params={**query, "limit": str(options["limit"])})
    as_json, follows = options["as_json"], options["follows"]
    if as_json and not follows:
        echo_json(first["lines"])
        return

    def show(page: Any) -> str:
        for line in page["lines"]:
            if as_json:
                echo_json(line, indent=None)
            else:
                echo(*log_lines(line))
        return str(page["next"])

    after = show(first)
    if follows:
        follow(server, path, query, after, show)
