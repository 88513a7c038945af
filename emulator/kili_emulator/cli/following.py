"""The loop of commands with ``--follow``: print what a server answers until it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kili_emulator.cli.server_process import Server, ServerEndedError, was_stopped
from kili_emulator.cli.terminal import echo

WAIT_SECONDS = 25


def follow(
    server: Server,
    path: str,
    query: Mapping[str, str],
    after: str,
    show: Callable[[Any], str],
) -> None:
    """Request the news of a route again and again, and show them.

    Args:
        query: the parameters of the requests; ``after`` and ``wait`` are added.
        after: the position after what was shown already.
        show: prints an answer, and returns the position after it.

    Raises:
        ServerEndedError: the emulator ended, and no user stopped it.
    """
    try:
        while True:
            params = {**query, "after": after, "wait": str(WAIT_SECONDS)}
            after = show(server.process.request("GET", path, params=params))
    except ServerEndedError:
        if not was_stopped(server):
            raise
        echo("The emulator was stopped.", error=True)
