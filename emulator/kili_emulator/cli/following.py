"""The loop of commands with ``--follow``: print what a server answers until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kili_emulator.cli.addressing import AddressedServer
from kili_emulator.cli.terminal import echo
from kili_emulator.client import AnswerTimeoutError, RequestRefusedError, UnreachableError

WAIT_SECONDS = 25

Page = TypeVar("Page")
Position = TypeVar("Position")


def follow(
    server: AddressedServer,
    request: Callable[[Position, int], Page],
    after: Position,
    show: Callable[[Page], Position],
) -> None:
    """Request news again and again, and show them.

    Args:
        request: requests the news after a position, and waits for them up to a number of seconds.
        after: the position after what was shown already.
        show: prints an answer, and returns the position after it.

    Raises:
        UnreachableError: the emulator ended, and no user stopped it.
    """
    try:
        while True:
            after = show(request(after, WAIT_SECONDS))
    except (RequestRefusedError, UnreachableError) as error:
        if isinstance(error, AnswerTimeoutError) or not server.was_stopped(error):
            raise
        echo("The emulator was stopped.", error=True)
