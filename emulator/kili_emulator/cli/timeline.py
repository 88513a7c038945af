"""The command ``timeline``: what requests changed, and which events, runs and requests followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.following import follow
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import echo, echo_json
from kili_emulator.observe.timeline import text_of

if TYPE_CHECKING:
    from kili_emulator.client.observations import TimelinePage


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
@server_options
def timeline(
    server: AddressedServer, *, follows: bool, limit: int, as_json: bool, **selection: Any
) -> None:
    """Show what happened, as a tree: requests, their changes, events, plugin runs, their requests.

    The tree also shows which plugins were not called, suppressed, queued or refused, and why. With
    --json and --follow, each request is an object of its own.
    """
    observations = server.control.observations
    first = observations.timeline_page(**selection, limit=limit)
    if as_json and not follows:
        echo_json(first["requests"])
        return

    def show(page: TimelinePage) -> str:
        for request in page["requests"]:
            if as_json:
                echo_json(request, indent=None)
            else:
                echo(*text_of(request))
        return page["cursor"]

    def request(after: str, wait: int) -> TimelinePage:
        return observations.timeline_page(**selection, after=after, wait=wait)

    after = show(first)
    if follows:
        follow(server, request, after, show)
