"""The buffer for the API calls of a run, between the answer to a call and its storage."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from kili_emulator import messages
from kili_emulator.rules.masking import masked, masked_query, secret_names_of

# Longer arguments and answers are truncated.
MAX_CHARACTERS = 100_000
# The maximum number of recorded calls of a run; later calls are only counted.
MAX_CALLS = 1000
# When the arguments and answers of a run exceed this number of characters in total, further ones
# are truncated to the smaller limit.
_CAPACITY = 5_000_000
_REDUCED_CHARACTERS = 1000


class RecordedCall(NamedTuple):
    """One request of a run; the buffer masks the secrets in it.

    Attributes:
        operations: the root fields of the request, such as ``Query.assets``; for a request of a
            file, ``GET`` and the path.
        method: the method of ``self.kili`` that made the request, if the SDK gives it.
        query: the GraphQL document, if the request has no variables.
        arguments: the variables; a text if they were truncated.
        answer: the answer; a text if it was truncated.
        errors: whether the answer holds errors.
        started_at: the time at which the request arrived.
        duration_ms: the time until the answer, including the runs that the request waited for.
        request_id: the id of the request.
    """

    operations: list[str]
    method: str | None
    query: str | None
    arguments: Any
    answer: Any
    errors: bool
    started_at: str
    duration_ms: float
    request_id: str | None = None


class CallBuffer:
    """A thread-safe buffer for the calls of one run.

    Args:
        warn: adds a warning to the log of the run.

    Attributes:
        count: the number of calls so far, including those that are not recorded.
    """

    def __init__(self, warn: Callable[[str], object]) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._lock = threading.Lock()
        self._calls: list[RecordedCall] = []
        self._remaining_capacity = _CAPACITY
        self.count = 0

    def add(self, call: RecordedCall) -> None:
        """Record an answered call, with masked secrets and truncated texts."""
        with self._lock:
            self.count += 1
            if self.count > MAX_CALLS:
                return
            call = _mask_secrets(call)
            limit = MAX_CHARACTERS if self._remaining_capacity > 0 else _REDUCED_CHARACTERS
            query = None if call.query is None else _truncate(call.query, call.query, limit)[0]
            arguments, arguments_size = _truncate_value(call.arguments, limit)
            answer, answer_size = _truncate_value(call.answer, limit)
            self._remaining_capacity -= arguments_size + answer_size
            self._calls.append(call._replace(query=query, arguments=arguments, answer=answer))

    def warn_once(self, subject: str, text: str) -> None:
        """Add a warning about a subject to the log of the run, unless one was added before."""
        with self._lock:
            is_new = subject not in self._warned
            self._warned.add(subject)
        if is_new:
            self._warn(text)

    def take(self) -> list[RecordedCall]:
        """Remove and return the calls that were recorded since the last ``take``."""
        with self._lock:
            calls, self._calls = self._calls, []
            return calls


def _mask_secrets(call: RecordedCall) -> RecordedCall:
    """Return the call with masked secrets."""
    names = secret_names_of(call.operations)
    return call._replace(
        query=None if call.query is None else masked_query(call.query, names),
        arguments=masked(call.arguments, names),
        answer=masked(call.answer, names),
    )


def _truncate_value(value: Any, limit: int) -> tuple[Any, int]:
    """Return the value, or the beginning of its JSON if that is too long, and its length."""
    return _truncate(value, json.dumps(value, ensure_ascii=False, default=str), limit)


def _truncate(value: Any, text: str, limit: int) -> tuple[Any, int]:
    if len(text) <= limit:
        return value, len(text)
    return text[:limit] + messages.CALL_TRUNCATED.format(count=len(text) - limit), limit
