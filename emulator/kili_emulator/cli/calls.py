"""The command ``calls``: list the latest API requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.options import json_option
from kili_emulator.cli.terminal import echo, echo_json

if TYPE_CHECKING:
    from kili_emulator.services.calls import ApiCallView


@click.command()
@click.argument("operation", required=False)
@click.option("--user", help="Only requests of this sender: an address, a key's name, or a plugin.")
@click.option(
    "--failed/--succeeded", default=None, help="Only requests with an error, or without one."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Print at most this number of the latest requests.",
)
@json_option
@server_options
def calls(operation: str | None, server: AddressedServer, as_json: bool, **options: Any) -> None:
    """List the latest API requests, or those of OPERATION: createIssues, mutation, upload, …

    The requests of the present history are listed: a reset drops those that it undoes.
    """
    found = server.control.observations.calls(operation, **options)
    if as_json:
        echo_json(found)
        return
    for call in found:
        echo(*_lines(call))


def _lines(call: ApiCallView) -> list[str]:
    """Return a line about a request, and a line for each error that was answered."""
    sender = f"{call['plugin']} (run {call['runId']})" if call["plugin"] else call["user"]
    operations = ", ".join(call["operations"]) or "invalid request"
    duration = "" if call["durationMs"] is None else f", {call['durationMs']:.1f} ms"
    title = f"{call['createdAt']} {operations} by {sender or 'a signed URL'}"
    state = call["outcome"] or "in progress"
    fault = [f"  fault: {call['fault']}"] if call["fault"] else []
    return [f"{title}: {state}{duration}", *fault, *(f"  error: {each}" for each in call["errors"])]
