"""The command ``timeline``: what requests changed, and which events, runs and requests followed."""

from __future__ import annotations

from typing import Any

import click

from kili_emulator.cli.following import follow
from kili_emulator.cli.options import data_dir_option, json_option, world_option
from kili_emulator.cli.server_process import running_server, settings_from_options
from kili_emulator.cli.terminal import echo, echo_json
from kili_emulator.observe.timeline import text_of


@click.command()
@click.option("--run", help="Only what led to this run, and its effects: the run's id.")
@click.option(
    "--asset", help="Only what concerns this asset: its id, or with --project its external id."
)
@click.option("--project", help="Only what concerns this project: its id or title.")
@click.option(
    "--follow",
    "follows",
    is_flag=True,
    help="Keep printing requests when they and their runs have ended.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Print at most this number of the latest requests at first.",
)
@json_option
@world_option("The world of the requests.")
@data_dir_option
def timeline(**options: Any) -> None:
    """Show what happened, as a tree: requests, their changes, events, plugin runs, their requests.

    The tree also shows which plugins were not called, suppressed, queued or refused, and why. With
    --json and --follow, each request is an object of its own.
    """
    server = running_server(settings_from_options({"data_dir": options["data_dir"]}))
    path, as_json = f"/worlds/{options['world']}/timeline", options["as_json"]
    query = {each: options[each] for each in ("run", "asset", "project") if options[each]}
    first = server.process.request("GET", path, params={**query, "limit": str(options["limit"])})
    if as_json and not options["follows"]:
        echo_json(first["requests"])
        return

    def show(page: Any) -> str:
        for request in page["requests"]:
            if as_json:
                echo_json(request, indent=None)
            else:
                echo(*text_of(request))
        return str(page["cursor"])

    after = show(first)
    if options["follows"]:
        follow(server, path, query, after, show)
