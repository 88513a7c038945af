"""Requests that a plugin's run makes are recorded for it.

The run's log gets a hint where they find nothing, and where the workflow refuses a label.
"""

from __future__ import annotations

from typing import Any

from flask import Request

from kili_emulator import clock, messages
from kili_emulator import errors as refusals
from kili_emulator.clock import format_time
from kili_emulator.domain.access import Access
from kili_emulator.domain.call_buffer import CallBuffer, RecordedCall
from kili_emulator.domain.world import Actor, World
from kili_emulator.plugins.guest.sdk_context import RUN_METHOD_HEADER
from kili_emulator.rules.named_ids import named_ids


class CallRecorder:
    """A request that is being answered.

    Args:
        world: the world that it is about.
        actor: who asks; nothing is taken down unless it is a run.
    """

    def __init__(self, request: Request, world: World, actor: Actor) -> None:
        self._request = request
        self._world = world
        self._actor = actor
        self._call_buffer = actor.calls
        self._received_at = world.clock.now()
        self._started_monotonic = clock.monotonic()

    def record_answer(
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
        if self._call_buffer is None:
            return
        self._log_inactive_projects(self._call_buffer, named_ids(arguments, query))
        if lock_remedy_pair := refusals.lock_remedy(answer):
            reason, remedy = lock_remedy_pair
            text = messages.RUN_ASSET_LOCKED.format(reason=reason, remedy=remedy)
            self._call_buffer.warn_once(reason, text)
        self._call_buffer.add(
            RecordedCall(
                operations=operations,
                method=self._request.headers.get(RUN_METHOD_HEADER),
                query=None if arguments else query,
                arguments=arguments or {},
                answer=answer,
                errors=errors,
                started_at=format_time(self._received_at),
                duration_ms=round((clock.monotonic() - self._started_monotonic) * 1000, 3),
            )
        )

    def _log_inactive_projects(self, calls: CallBuffer, mentioned_ids: set[str]) -> None:
        """Say in the run's log which projects it named that its plugin is not active on."""
        view = self._world.view
        for project in Access(view, self._actor).list_invisible_project_ids(mentioned_ids):
            for plugin in view.plugins.find("user", self._actor.user_id):
                text = messages.RUN_PROJECT_NOT_ACTIVE
                calls.warn_once(project, text.format(project=project, name=plugin["name"]))
