"""The API calls of one run, from the moment they are answered until they are stored."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from kili_emulator import messages
from kili_emulator.rules.masking import API_KEY_SECRET_NAMES, masked, masked_query

# Longer arguments and answers are cut off.
MAX_CHARACTERS = 100_000
# So many calls of a run are recorded; later ones are only counted.
MAX_CALLS = 1000
# All that is kept of a run's calls; past it, arguments and answers are cut off much earlier.
_CAPACITY = 5_000_000
_REDUCED_CHARACTERS = 1000


class RecordedCall(NamedTuple):
    """One request of a run; secrets are masked before it is kept.

    Attributes:
        operations: its root fields, as ``Query.assets``; of a file, ``GET`` and its path.
        method: the method of ``self.kili`` that made the request, where the SDK marks its methods.
        query: the document, where it has no variables: what is asked then stands in it alone.
        arguments: the variables; a text where they were cut off.
        answer: what was answered, likewise.
        errors: whether the answer holds errors.
        started_at: when the request came.
        duration_ms: how long its answer took, with the runs that it waited for.
    """

    operations: list[str]
    method: str | None
    query: str | None
    arguments: Any
    answer: Any
    errors: bool
    started_at: str
    duration_ms: float


class CallBuffer:
    """Takes the calls of one run, from whichever of its threads, until they are stored.

    Args:
        warn: takes what the run's log is to say of its calls.
    """

    def __init__(self, warn: Callable[[str], object]) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._lock = threading.Lock()
        self._calls: list[RecordedCall] = []
        self._remaining_capacity = _CAPACITY
        self.count = 0

    def add(self, call: RecordedCall) -> None:
        """Take a call that was answered."""
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
        """Have the run's log say something of a subject, unless it has said it before."""
        with self._lock:
            is_new = subject not in self._warned
            self._warned.add(subject)
        if is_new:
            self._warn(text)

    def take(self) -> list[RecordedCall]:
        """The calls since the last time."""
        with self._lock:
            calls, self._calls = self._calls, []
            return calls


def _mask_secrets(call: RecordedCall) -> RecordedCall:
    """A call as it may be kept."""
    names = (
        API_KEY_SECRET_NAMES if any("apikey" in each.lower() for each in call.operations) else ()
    )
    return call._replace(
        query=None if call.query is None else masked_query(call.query, names),
        arguments=masked(call.arguments, names),
        answer=masked(call.answer, names),
    )


def _truncate_value(value: Any, limit: int) -> tuple[Any, int]:
    """A value, or the beginning of its JSON; and how many characters that is."""
    return _truncate(value, json.dumps(value, ensure_ascii=False, default=str), limit)


def _truncate(value: Any, text: str, limit: int) -> tuple[Any, int]:
    if len(text) <= limit:
        return value, len(text)
    return text[:limit] + messages.CALL_TRUNCATED.format(count=len(text) - limit), limit
