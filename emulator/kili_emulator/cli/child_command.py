"""Run a command of the user in a process of its own, with changed environment variables."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

_NOT_FOUND = 127
_NOT_EXECUTABLE = 126
_SIGNAL_BASE = 128  # the shells' own way to tell signals in an exit status


class CommandNotRunError(click.ClickException):
    """The command cannot be run; the exit status is that of a shell."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run a command and return its exit status, or 128 and the number of the signal that ended it.

    An interrupt at the terminal reaches the command, which decides what to do; a request to end is
    passed on to it.

    Raises:
        CommandNotRunError: the command does not exist, or is not executable.
    """
    try:
        process = subprocess.Popen([*command], env={**os.environ, **variables})
    except FileNotFoundError:
        raise CommandNotRunError(f"{command[0]}: no such command", _NOT_FOUND) from None
    except OSError as error:
        raise CommandNotRunError(f"{command[0]}: {error.strerror}", _NOT_EXECUTABLE) from None
    with _passed_on_signals(process):
        status = process.wait()
    return status if status >= 0 else _SIGNAL_BASE - status


@contextlib.contextmanager
def _passed_on_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    def pass_on(number: int, _: Any) -> None:
        process.send_signal(number)

    handlers: dict[int, Any] = {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: pass_on}
    before: dict[int, Any] = {}
    try:
        for number, handler in handlers.items():
            with contextlib.suppress(ValueError):  # not the main thread
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
