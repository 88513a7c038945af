"""Requests that a plugin's run makes are taken down for it."""

from __future__ import annotations

from typing import Any

from flask import Request

from emulator import clock
from emulator.clock import to_text
from emulator.domain.call_buffer import CallMade
from emulator.domain.world import Actor, World
from emulator.plugins.sdk_context import METHOD_OF_RUN


class Received:
    """A request that is being answered.

    Args:
        world: the world that it is about.
        actor: who asks; nothing is taken down unless it is a run.
    """

    def __init__(self, request: Request, world: World, actor: Actor) -> None:
        self._request = request
        self._calls = actor.calls
        self._at = world.clock.now()
        self._started = clock.monotonic()

    def answered(
        self,
        operations: list[str],
        arguments: dict[str, Any] | None,
        answer: Any,
        *,
        query: str | None = None,
        errors: bool = False,
    ) -> None:
        """Take down how the request was answered; before the answer goes out.

        Args:
            query: the document of a GraphQL request.
        """
        if self._calls is None:
            return
        self._calls.add(
            CallMade(
                operations=operations,
                method=self._request.headers.get(METHOD_OF_RUN),
                query=None if arguments else query,
                arguments=arguments or {},
                answer=answer,
                errors=errors,
                started_at=to_text(self._at),
                duration_ms=round((clock.monotonic() - self._started) * 1000, 3),
            )
        )
