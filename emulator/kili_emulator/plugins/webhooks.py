"""Webhooks: post an event to a URL instead of calling a handler (contract/webhook.md#delivery)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import requests

from kili_emulator import clock, messages
from kili_emulator.domain.documents import WebhookAnswer, WebhookRequest
from kili_emulator.observe.fault_rule import FaultOptions
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.logs import RunLog
from kili_emulator.plugins.time_limit import CallEnd, Stopped, call_limited
from kili_emulator.rules.handlers import ON_EVENT
from kili_emulator.rules.masking import masked_text

# How many bytes of an answer are stored with its run.
MAX_ANSWER = 100_000
# How many characters of an answer are shown in the log.
_MAX_SHOWN = 500
_CHUNK = 10_000

# The time limit of the request ends a call without an answer. This many seconds later, the limit
# of the thread ends an answer that never stops.
_GRACE = 1.0


class Webhook:
    """A webhook, as the loaded version of its plugin.

    Args:
        url: where it is delivered to.
        header: the ``Authorization`` header to send, if any.
    """

    def __init__(self, url: str, header: str | None) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/json"}
        if header is not None:
            self._headers["Authorization"] = header

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        """Post the call; an answer with a status of 400 or more counts as failed.

        Redirects are not followed: a POST would arrive as a GET.
        """
        text = json.dumps(make_body(call))
        answer: dict[str, Any] = {}
        started = clock.monotonic()
        limit = call.seconds + _GRACE
        call_end = call_limited(lambda: self._deliver(text, call, answer), limit, tick)
        duration = round((clock.monotonic() - started) * 1000, 3)
        request: WebhookRequest = {
            "url": self._url,
            "headers": self._headers,
            "body": json.loads(text),
        }
        result = _find_error(call_end, call, answer)
        log.add_emulator_line(
            "info" if result is None else "error", result or _describe_answer(answer)
        )
        return Result(
            outcome=_outcome(call_end, failed=result is not None),
            error=result,
            duration_ms=duration,
            delivery={"request": request, "answer": cast(WebhookAnswer | None, answer or None)},
        )

    def close(self) -> None:
        """Do nothing: a webhook holds no resources."""

    def _deliver(self, text: str, call: Call, answer: dict[str, Any]) -> None:
        """Post a text, unless a fault prevents it; fill ``answer`` as :meth:`_post` does.

        Raises:
            requests.RequestException: the delivery or its answer did not arrive.
        """
        options: FaultOptions = call.fault.options if call.fault else {}
        if call.fault:
            call.fault.delay()
        if "status" in options:
            status, body = options["status"], options.get("body", "")
            answer |= {"status": status, "reason": None, "headers": {}, "body": body}
        elif options.get("drop") == "before":
            raise requests.ConnectionError(messages.FAULT_LOST_DELIVERY)
        else:
            self._post(text, call.seconds, answer)
        if options.get("drop") == "after":
            answer.clear()
            raise requests.ConnectionError(messages.FAULT_LOST_ANSWER)

    def _post(self, text: str, seconds: float, answer: dict[str, Any]) -> None:
        """Post a text; fill ``answer`` while it arrives, so that a stopped call keeps its start."""
        with requests.post(
            self._url,
            data=text.encode(),
            headers=self._headers,
            auth=lambda request: request,  # or a .netrc would replace the header
            timeout=seconds,
            stream=True,
            allow_redirects=False,
        ) as response:
            answer |= {
                "status": response.status_code,
                "reason": response.reason,
                "headers": dict(response.headers),
                "body": "",
            }
            received = bytearray()
            for chunk in response.iter_content(_CHUNK):
                received += chunk
                answer["body"] = received[:MAX_ANSWER].decode("utf-8", "replace")
                if len(received) > MAX_ANSWER:
                    return


class SilentWebhook:
    """A webhook in a copy of a world: it sends nothing."""

    def call(
        self,
        call: Call,  # noqa: ARG002
        log: RunLog,
        tick: Callable[[], None],  # noqa: ARG002
    ) -> Result:
        """Succeed at once; a line of the log says that nothing was sent."""
        log.add_emulator_line("info", messages.WEBHOOK_NOT_SENT)
        return Result("SUCCEEDED", None, 0.0)

    def close(self) -> None:
        """Do nothing."""


def make_body(call: Call) -> dict[str, Any]:
    """Make the body of the request for a call: the handler's arguments, the run and the project.

    For an event that matches a pattern, the payload is the argument that ``on_event`` would get.
    """
    by_pattern = call.handler == ON_EVENT.type
    return {
        "eventType": call.event if by_pattern else call.handler,
        "logPayload": {"runId": call.run_id, "projectId": call.project_id},
        "payload": call.payload["payload"] if by_pattern else call.payload,
    }


def _outcome(call_end: CallEnd, *, failed: bool) -> Any:
    if isinstance(call_end.error, Stopped | requests.Timeout):
        return "TIMED_OUT"
    return "FAILED" if failed else "SUCCEEDED"


def _find_error(call_end: CallEnd, call: Call, answer: dict[str, Any]) -> str | None:
    """Return the error of a call; ``None`` if it succeeded."""
    if isinstance(call_end.error, Stopped | requests.Timeout):
        return messages.WEBHOOK_TIMED_OUT.format(seconds=call.seconds)
    if call_end.error is not None:
        return messages.WEBHOOK_UNREACHABLE.format(reason=masked_text(str(call_end.error)))
    return _describe_answer(answer) if answer["status"] >= 400 else None


def _describe_answer(answer: dict[str, Any]) -> str:
    status = f"{answer['status']} {answer['reason'] or ''}".rstrip()
    line = messages.WEBHOOK_ANSWERED.format(status=status)
    excerpt = answer["body"][:_MAX_SHOWN].strip()
    return f"{line}: {excerpt}" if excerpt else line
