"""The command about webhooks."""

from __future__ import annotations

from pathlib import Path

import click

from kili_emulator.cli.options import data_dir_option
from kili_emulator.cli.server_process import running, settings_from
from kili_emulator.cli.terminal import echo
from kili_emulator.config import DEFAULT_WORLD


@click.command()
@click.argument("run")
@click.option("--world", default=DEFAULT_WORLD, show_default=True, help="The world it was in.")
@data_dir_option
def redeliver(run: str, world: str, data_dir: Path | None) -> None:
    """Tell a webhook once more what it was told in RUN.

    The webhook is called at its present address, with its present header, as a run of its own.
    """
    process = running(settings_from({"data_dir": data_dir}))
    made = process.request("POST", f"/worlds/{world}/runs/{run}/redeliver")
    answer = (made["delivery"] or {}).get("answer")
    said = made["error"] or "no answer yet"
    if answer:
        said = f"{answer['status']} {answer['reason']}"
    echo(f"Run {made['id']}: {made['outcome']} ({said})")
    if made["outcome"] != "SUCCEEDED":
        raise SystemExit(1)
