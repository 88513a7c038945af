"""Run a command of the user in a process of its own, with changed environment variables."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

import click

_NOT_FOUND, _NOT_EXECUTABLE, _SIGNALLED = 127, 126, 128
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")


class CommandNotRunError(click.ClickException):
    """The command cannot be run; the exit status is that of a shell."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run a command to its end; return the exit status that a shell would show for it.

    Args:
        variables: environment variables of the command, in addition to those of this process.

    Raises:
        CommandNotRunError: the command does not exist, or is not executable.
    """
    try:
        child = subprocess.Popen([*command], env={**os.environ, **variables})
    except FileNotFoundError:
        raise CommandNotRunError(f"there is no command {command[0]!r}", _NOT_FOUND) from None
    except OSError as error:
        raise CommandNotRunError(
            f"{command[0]!r} cannot be run ({error.strerror})", _NOT_EXECUTABLE
        ) from None
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
