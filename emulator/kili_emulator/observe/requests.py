"""The latest requests of a world, in memory.

A request is recorded when its sender is known, and completed before its answer is sent. The number
of requests is limited, and so is the size of their contents: the oldest requests are dropped.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Literal, NamedTuple

from kili_emulator.observe.timeline import ChangeSummary
from kili_emulator.rules.masking import masked_text

# ``emulator``: a change that no request made, such as the end of a build.
RequestKind = Literal["graphql", "file", "control", "emulator"]
RequestOutcome = Literal["ok", "error", "failure"]

DEFAULT_LIMIT = 1000
# The largest size of the content of one request, and of all requests together, in bytes of JSON.
LARGEST_CONTENT = 100_000
_LARGEST_TOTAL = 4_000_000
# Of a larger content, an excerpt of about this number of characters is kept.
_EXCERPT = 10_000


class ChangedDocuments(NamedTuple):
    """The effect of a transaction.

    Attributes:
        transaction_id: the id of the stored transaction; ``None`` if it emitted no event.
        changes: the changed documents.
    """

    transaction_id: str | None
    changes: list[ChangeSummary]


class Sender(NamedTuple):
    """The user, or the plugin run, that sent a request.

    Attributes:
        user_id: empty for the emulator itself, and for signed URLs.
    """

    user_id: str
    email: str
    run_id: str | None = None


class RequestRecord:
    """One request, and its answer.

    Attributes:
        id: the id in the header ``X-Request-Id``; ``None`` for a change without a request.
        moment: the time at which the request arrived, on the clock of the world.
        name: the name of the operation, if the client sent one; the last part of a path.
        operations: the root fields, such as ``Query.assets``; the method and path of other
            requests.
        query: the GraphQL document.
        variables: the variables of a GraphQL request, or the arguments of another one, with their
            secrets: whoever shows them masks them.
        effects: the transactions of the request that changed documents.
        errors: the messages of the errors that were answered.
        fault: the effect of the fault that the request met; ``None`` without a fault.
        status: the HTTP status; 0 before the answer, and if a fault has ended the connection.
        outcome: ``None`` while the request is being answered.
        duration: in seconds; ``None`` while the request is being answered, and without a request.
        number: the place of the request in the order of arrival; never repeated in a process.
        ended: the place of the request in the order of the answers; 0 before the answer.
        size: the size of the contents, in bytes.
        is_dropped: whether the request is no longer in the ring.
    """

    # Defaults of the class, as each request needs few other values: a record costs a microsecond.
    name: str | None = None
    operations: Sequence[str] = ()
    query: str | None = None
    variables: Any = None
    effects: Sequence[ChangedDocuments] = ()
    errors: Sequence[str] = ()
    fault: str | None = None
    status = 0
    outcome: RequestOutcome | None = None
    duration: float | None = None
    number = ended = size = 0
    is_dropped = False

    def __init__(
        self, request_id: str | None, kind: RequestKind, moment: datetime, sender: Sender
    ) -> None:
        self.id = request_id
        self.kind = kind
        self.moment = moment
        self.sender = sender


_current: ContextVar[RequestRecord | None] = ContextVar("recorded_request", default=None)


def recorded_request() -> RequestRecord | None:
    """Return the request that this thread answers, if it is recorded."""
    return _current.get()


def forget_current() -> None:
    """End the request of this thread: what the thread does next is not caused by it."""
    _current.set(None)


class RequestRing:
    """The latest requests of one world, in the order of their arrival.

    Args:
        limit: the largest number of requests.

    Attributes:
        after_end: called when a request is complete, and after changes that no request made.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self.after_end: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._records: deque[RequestRecord] = deque()
        self._size = 0
        self._begun = 0
        self._ended = 0
        # The marks of the world: the sequence number, and the number of the last request before it.
        self._mark_sequences: list[int] = []
        self._mark_numbers: list[int] = []

    def __len__(self) -> int:
        return len(self._records)

    @property
    def ended(self) -> int:
        """The place of the last answer in the order of the answers."""
        return self._ended

    def all(self) -> list[RequestRecord]:
        """Return the requests in the order of their arrival, those in progress included."""
        with self._lock:
            return list(self._records)

    def begin(self, record: RequestRecord) -> None:
        """Add a request that this thread is going to answer."""
        _current.set(record)
        self._add(record)

    def add_ended(self, record: RequestRecord) -> None:
        """Add changes that no request made; the caller calls ``after_end`` without locks."""
        self._add(record)
        self._complete(record, "ok", None)

    def keep_content(
        self, record: RequestRecord, query: str | None, variables: Any, size: int | None
    ) -> None:
        """Keep the content of a request; of a large one, only an excerpt.

        Args:
            size: the size of the content in bytes, if it is known.
        """
        if size is None or size > LARGEST_CONTENT:
            excerpt = _Excerpt(_EXCERPT)
            query, variables = excerpt.copy(query), excerpt.copy(variables)
            size = excerpt.size
        record.query, record.variables = query, variables
        with self._lock:
            if record.is_dropped:
                return
            record.size = size
            self._size += size
            if self._size > _LARGEST_TOTAL:
                self._drop_oldest()

    def end(self, record: RequestRecord, outcome: RequestOutcome, seconds: float) -> None:
        """Complete a request whose answer is ready to be sent."""
        self._complete(record, outcome, seconds)
        self.after_end()

    def _complete(
        self, record: RequestRecord, outcome: RequestOutcome, seconds: float | None
    ) -> None:
        with self._lock:
            self._ended += 1
            record.ended = self._ended
            record.outcome, record.duration = outcome, seconds

    def mark(self, sequence: int) -> None:
        """Note a mark of the world, to which :meth:`roll_back` may return.

        Args:
            sequence: the number of the last commit before the mark. Of two marks after the same
                commit, both return to the first.
        """
        with self._lock:
            if self._mark_numbers and self._mark_numbers[-1] == self._begun:
                return
            if self._mark_sequences and self._mark_sequences[-1] >= sequence:
                return
            self._mark_sequences.append(sequence)
            self._mark_numbers.append(self._begun)
            if len(self._mark_numbers) > 2 * self.limit + 2:
                self._forget_old_marks()

    def roll_back(self, sequence: int) -> None:
        """Drop the requests since a mark; all of them, if an earlier process set the mark."""
        with self._lock:
            place = bisect_right(self._mark_sequences, sequence)
            number = self._mark_numbers[place - 1] if place else 0
            while self._records and self._records[-1].number > number:
                self._drop(self._records.pop())
            del self._mark_sequences[place:], self._mark_numbers[place:]

    def _add(self, record: RequestRecord) -> None:
        with self._lock:
            self._begun += 1
            record.number = self._begun
            self._records.append(record)
            if len(self._records) > self.limit:
                self._drop(self._records.popleft())

    def _drop_oldest(self) -> None:
        while self._records and self._size > _LARGEST_TOTAL:
            self._drop(self._records.popleft())

    def _drop(self, record: RequestRecord) -> None:
        record.is_dropped = True
        self._size -= record.size

    def _forget_old_marks(self) -> None:
        """Forget all marks that are older than all requests, except the last of them."""
        oldest = self._records[0].number if self._records else self._begun
        first = max(0, bisect_right(self._mark_numbers, oldest - 1) - 1)
        del self._mark_sequences[:first], self._mark_numbers[:first]


class _Excerpt:
    """The beginning of a JSON value: long texts and lists are cut off.

    Attributes:
        size: the number of characters that were copied, with a constant for each value.
    """

    _COST = 8
    _LONGEST_TEXT = 1000

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.size = 0

    def copy(self, value: Any) -> Any:
        self.size += self._COST
        if isinstance(value, str):
            return self._copy_text(value)
        if isinstance(value, dict):
            return self._copy_members(value)
        if isinstance(value, list):
            return self._copy_items(value)
        return value

    def _copy_text(self, text: str) -> str:
        """Return the beginning of a text, masked first: a part of a URL is not seen as a URL."""
        if len(text) > self._LONGEST_TEXT:
            text = f"{masked_text(text[: 2 * self._LONGEST_TEXT])[: self._LONGEST_TEXT]}…"
        self.size += len(text)
        return text

    def _copy_members(self, value: dict[str, Any]) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for name, each in value.items():
            if self.size > self._limit:
                copied["…"] = f"{len(value) - len(copied)} more"
                break
            is_whole = len(name) <= self._LONGEST_TEXT
            copied[self._copy_text(name)] = self.copy(each) if is_whole else "…"
        return copied

    def _copy_items(self, value: list[Any]) -> list[Any]:
        copied: list[Any] = []
        for each in value:
            if self.size > self._limit:
                copied.append(f"… {len(value) - len(copied)} more")
                break
            copied.append(self.copy(each))
        return copied
