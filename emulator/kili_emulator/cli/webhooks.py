"""The command ``redeliver`` for webhooks."""

from __future__ import annotations

import click

from kili_emulator.cli.addressing import AddressedServer, server_options
from kili_emulator.cli.terminal import echo


@click.command()
@click.argument("run")
@server_options
def redeliver(run: str, server: AddressedServer) -> None:
    """Deliver the payload of RUN to its webhook again.

    The call uses the present address and header of the webhook, and is a new run.
    """
    new_run = server.control.runs.redeliver(run)
    answer = new_run["delivery"]["answer"] if new_run["delivery"] else None
    result_text = new_run["error"] or "no answer yet"
    if answer:
        result_text = f"{answer['status']} {answer['reason']}"
    echo(f"Run {new_run['id']}: {new_run['outcome']} ({result_text})")
    if new_run["outcome"] != "SUCCEEDED":
        raise SystemExit(1)
