"""The command ``events``: list the events of a world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.services.events import EventView


@click.command()
@click.argument("type_", metavar="[TYPE]", required=False)
@click.option("--project", help="Only events of this project: its id or title.")
@click.option(
    "--asset", help="Only events of this asset: its id, or with --project its external id."
)
@click.option("--run", help="Only events that this run caused: its id.")
@click.option("--internal", is_flag=True, help="Include events that the audit trail does not have.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Print at most this number of the latest events.",
)
@json_option
@server_options
def events(type_: str | None, server: AddressedServer, as_json: bool, **options: Any) -> None:
    """List the latest events, or those of TYPE: a name, or a pattern such as "asset.*"."""
    found = server.control.observations.events(type_, **options)
    if as_json:
        echo_json(found)
        return
    echo(*map(_line, found))


def _line(event: EventView) -> str:
    run = f" in run {event['runId']}" if event["runId"] else ""
    sender = f" by {event['user']}" if event["user"] and not event["runId"] else ""
    payload = json.dumps(event["payload"], ensure_ascii=False)
    return f"{event['createdAt']} {event['id']} {event['event']}{sender}{run} {payload}"
