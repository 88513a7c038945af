"""The command ``exec``: run a command with an emulator that lives as long as the command."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import click

from kili_emulator.cli.options import setting_options
from kili_emulator.cli.server_log import log_to_terminal
from kili_emulator.cli.server_process import client_variables, settings_from_options
from kili_emulator.cli.terminal import echo, examples
from kili_emulator.data_folder import DataFolderError

_NOT_FOUND, _NOT_EXECUTABLE, _SIGNALLED = 127, 126, 128
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")


@click.command(
    "exec",
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "kili-emulator exec -- pytest -q",
        "kili-emulator exec --scenario team.yaml --seed 7 -- python my_script.py",
    ),
)
@setting_options
@click.option("--user", default="admin", show_default=True, help="The name of the API key to use.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def exec_(context: click.Context, /, command: tuple[str, ...], user: str, **options: Any) -> None:
    """Run COMMAND with an emulator of its own, and stop the emulator when COMMAND has ended.

    COMMAND gets KILI_API_ENDPOINT, KILI_API_KEY and NO_PROXY. The emulator keeps its data in
    memory, unless --data-dir names a folder, and listens on a free port, unless --port names one.
    The exit status is that of COMMAND, and signals are passed on to it.
    """
    options = {name: value for name, value in options.items() if value not in (None, ())}
    if "data_dir" in options:
        options.setdefault("ephemeral", False)
    log_level = {"log_level": options.get("log_level", "warning")}
    log_to_terminal(settings_from_options({**options, **log_level}))
    with _running_emulator(options) as emulator:
        try:
            key = emulator.key(user)
        except KeyError as error:
            raise click.UsageError(str(error.args[0])) from None
        status = _run(command, {**os.environ, **client_variables(emulator.url, key)})
    context.exit(status)


@contextlib.contextmanager
def _running_emulator(options: dict[str, Any]) -> Iterator[Any]:
    """Run an emulator in this process.

    Raises:
        click.ClickException: it cannot start.
    """
    from kili_emulator.app import Emulator
    from kili_emulator.config import SettingsError
    from kili_emulator.domain.registry import WorldError
    from kili_emulator.errors import StorageError
    from kili_emulator.scenario import ScenarioError

    try:
        emulator = Emulator(**options, fast_sdk=False).start()
    except (DataFolderError, ScenarioError, SettingsError, StorageError, WorldError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"the emulator cannot listen ({error.strerror}): give another --port or --host"
        ) from None
    with emulator:
        yield emulator


def _run(command: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Run a command to its end; return the exit status that a shell would show for it."""
    try:
        child = subprocess.Popen(command, env=environment)
    except FileNotFoundError:
        echo(f"Error: there is no command {command[0]!r}", error=True)
        return _NOT_FOUND
    except OSError as error:
        echo(f"Error: {command[0]!r} cannot be run ({error.strerror})", error=True)
        return _NOT_EXECUTABLE
    with _forwarded_signals(child):
        status = child.wait()
    return status if status >= 0 else _SIGNALLED - status


@contextlib.contextmanager
def _forwarded_signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass signals on to a child process; the terminal itself sends it those of its keys."""

    def forward(number: int, _: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_TERMINAL and _is_in_foreground():
            return
        with contextlib.suppress(OSError):  # the child has ended
            child.send_signal(number)

    names = [name for name in _FORWARDED if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), forward) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _is_in_foreground() -> bool:
    """Return whether a terminal sends the signals of its keys to this process and its children."""
    if sys.platform == "win32":
        return True
    try:
        with Path("/dev/tty").open() as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
