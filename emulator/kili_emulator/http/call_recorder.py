"""Recording of the API requests that plugin runs make.

The log of the run gets a hint if a request names a project where the plugin is not active, or if
the workflow refuses a label.
"""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from kili_emulator import clock, messages
from kili_emulator import errors as refusals
from kili_emulator.clock import format_time
from kili_emulator.domain.access import Access
from kili_emulator.domain.call_buffer import CallBuffer, RecordedCall
from kili_emulator.domain.world import Actor, World
from kili_emulator.observe.requests import RequestRecord
from kili_emulator.plugins.guest.sdk_context import RUN_METHOD_HEADER
from kili_emulator.rules.named_ids import named_ids


class CallRecorder:
    """The recorder of one request.

    Args:
        world: the world of the request.
        actor: the sender of the request; only requests of runs are recorded.
        record: the record of the request.
    """

    def __init__(self, request: Request, world: World, actor: Actor, record: RequestRecord) -> None:
        self._request = request
        self._record = record
        self._world = world
        self._actor = actor
        self._call_buffer = actor.calls
        self._started_monotonic = clock.monotonic()

    @property
    def is_recording(self) -> bool:
        """Whether a run made the request."""
        return self._call_buffer is not None

    def record_answer(
        self,
        operations: list[str],
        arguments: dict[str, Any] | None,
        answer: Any,
        *,
        query: str | None = None,
        errors: bool = False,
    ) -> None:
        """Record the answer of the request, before it is sent.

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
                started_at=format_time(self._record.moment),
                duration_ms=round((clock.monotonic() - self._started_monotonic) * 1000, 3),
                request_id=self._record.id,
            )
        )

    def _log_inactive_projects(self, calls: CallBuffer, mentioned_ids: set[str]) -> None:
        """Warn in the log of the run about projects on which its plugin is not active."""
        view = self._world.view
        for project in Access(view, self._actor).list_invisible_project_ids(mentioned_ids):
            for plugin in view.plugins.find("user", self._actor.user_id):
                text = messages.RUN_PROJECT_NOT_ACTIVE
                calls.warn_once(project, text.format(project=project, name=plugin["name"]))
