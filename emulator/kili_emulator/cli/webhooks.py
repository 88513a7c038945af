"""The command ``redeliver`` for webhooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kili_emulator.cli.options import data_dir_option, world_option
from kili_emulator.cli.server_process import process_of
from kili_emulator.cli.terminal import echo

if TYPE_CHECKING:
    from kili_emulator.domain.documents import RunDoc


@click.command()
@click.argument("run")
@world_option("The world of the run.")
@data_dir_option
def redeliver(run: str, world: str, data_dir: Path | None) -> None:
    """Deliver the payload of RUN to its webhook again.

    The call uses the present address and header of the webhook, and is a new run.
    """
    process = process_of(data_dir)
    new_run: RunDoc = process.request("POST", f"/worlds/{world}/runs/{run}/redeliver")
    answer = new_run["delivery"]["answer"] if new_run["delivery"] else None
    result_text = new_run["error"] or "no answer yet"
    if answer:
        result_text = f"{answer['status']} {answer['reason']}"
    echo(f"Run {new_run['id']}: {new_run['outcome']} ({result_text})")
    if new_run["outcome"] != "SUCCEEDED":
        raise SystemExit(1)
