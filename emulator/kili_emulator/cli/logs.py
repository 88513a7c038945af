"""The command ``logs``: print the log lines of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.following import follow
from kili_emulator.cli.options import json_option
from kili_emulator.cli.runs import log_lines
from kili_emulator.cli.terminal import echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.client.observations import LogPage


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
@server_options
def logs(
    plugin: str | None,
    *,
    project: str | None,
    follows: bool,
    limit: int,
    as_json: bool,
    server: AddressedServer,
) -> None:
    """Print the log lines of all plugins, or those of PLUGIN: its name or id.

    With --json and --follow, each line is an object of its own.
    """
    observations = server.control.observations
    first = observations.log_page(plugin, project=project, limit=limit)
    if as_json and not follows:
        echo_json(first["lines"])
        return

    def show(page: LogPage) -> int:
        for line in page["lines"]:
            if as_json:
                echo_json(line, indent=None)
            else:
                echo(*log_lines(line))
        return page["next"]

    def request(after: int, wait: int) -> LogPage:
        return observations.log_page(plugin, project=project, after=after, wait=wait)

    after = show(first)
    if follows:
        follow(server, request, after, show)
