"""The command ``record``: cassettes of the API traffic of a command."""

from __future__ import annotations

from pathlib import Path

import click

from kili_emulator.cli.child_command import run_command
from kili_emulator.cli.terminal import echo, echo_text, examples
from kili_emulator.errors import KiliError

_DEFAULT_FILE = Path("cassette.yaml")


@click.command(
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "kili-emulator record -o cassette.yaml -- python script.py",
        "kili-emulator record --replay cassette.yaml -- python script.py",
    ),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The file to write; an existing one is replaced.  [default: {_DEFAULT_FILE}]",
)
@click.option(
    "--to",
    "endpoint",
    metavar="ENDPOINT",
    help="The endpoint to record. By default KILI_API_ENDPOINT, or else a new emulator.",
)
@click.option(
    "--replay",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="CASSETTE",
    help="Answer from this cassette, without any server.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def record(
    context: click.Context,
    output: Path | None,
    endpoint: str | None,
    replay: Path | None,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND and write its API traffic to a file, or answer it from one.

    COMMAND gets a KILI_API_ENDPOINT that leads to the recorder. API keys, tokens, signed URLs and
    passwords are left out of the cassette.

    The exit status is that of COMMAND; 1 if a replay has other requests than the cassette.
    """
    if replay and (output or endpoint):
        raise click.UsageError("--replay only reads: leave out --output and --to")
    try:
        status = _replay(replay, command) if replay else _record(output, endpoint, command)
    except KiliError as error:
        raise click.ClickException(str(error)) from None
    context.exit(status)


def _record(output: Path | None, endpoint: str | None, command: tuple[str, ...]) -> int:
    """Record a command; return its exit status."""
    from kili_emulator.app.recordings import open_recording

    file = output or _DEFAULT_FILE
    if not file.absolute().parent.is_dir():
        raise click.ClickException(f"the folder of {file} does not exist: create it first")
    with open_recording(file, endpoint, None, "all") as recording:
        status = run_command(command, recording.environment)
        count = recording.save()
        end = f"; the command ended with {status}" if status else ""
        echo(f"{file}: {count} requests recorded{end}", error=True)
        for note in recording.notes:
            echo(f"Note: {note}", error=True)
    return status


def _replay(file: Path, command: tuple[str, ...]) -> int:
    """Answer a command from a cassette; return the exit status."""
    from kili_emulator.app.recordings import open_recording

    with open_recording(file, None, None, "none") as recording:
        status = run_command(command, recording.environment)
        differences = recording.differences
    if not differences:
        return status
    echo(f"The requests are not those of {file}:", error=True)
    for each in differences:
        echo_text(each, error=True)
    if status:
        echo(f"The command ended with {status}", error=True)
    return 1
