"""The requests of a timeline: from the records in memory, and from stored documents.

The records have the requests of this process, also those that only read. The documents have the
requests that emitted events or started runs, also those of earlier processes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from kili_emulator.clock import format_time
from kili_emulator.domain.documents import RunCallDoc, RunDoc, TransactionDoc
from kili_emulator.domain.tables import View
from kili_emulator.observe.requests import RequestRecord
from kili_emulator.observe.timeline import ChangeSummary


@dataclass
class TracedRequest:
    """A request, as far as it is known.

    Attributes:
        record: the record in memory.
        call: the stored API call, if a run sent the request.
        transactions: its stored transactions; if there is a record, the record names them.
        runs: the runs that it started by hand.
    """

    record: RequestRecord | None = None
    call: RunCallDoc | None = None
    transactions: list[TransactionDoc] = field(default_factory=list)
    runs: list[RunDoc] = field(default_factory=list)

    @property
    def transaction_ids(self) -> list[str]:
        """The ids of the transactions that emitted events."""
        if self.record is None:
            return [each["id"] for each in self.transactions]
        return [each.transaction_id for each in self.record.effects if each.transaction_id]

    @property
    def changes(self) -> list[ChangeSummary]:
        """The changed documents."""
        if self.record is None:
            return [change for each in self.transactions for change in each["changes"]]
        return [change for each in self.record.effects for change in each.changes]


# The id of a request and the time of its arrival: clients may send one id several times.
_Key = tuple[str | None, str]


def _key_of_record(record: RequestRecord) -> _Key:
    return record.id, format_time(record.moment)


def _key_of_transaction(transaction: TransactionDoc) -> _Key:
    is_request = transaction["requestId"] is not None
    return transaction["requestId"], transaction["requestedAt" if is_request else "id"]


class Requests:
    """The requests of a world.

    Args:
        records: the latest requests, in the order of their arrival.
    """

    def __init__(self, view: View, records: Iterable[RequestRecord]) -> None:
        self._view = view
        self._roots: list[RequestRecord] = []
        self._of_runs: dict[str, list[RequestRecord]] = {}
        for each in records:
            if each.sender.run_id is None:
                self._roots.append(each)
            else:
                self._of_runs.setdefault(each.sender.run_id, []).append(each)

    def newest_roots(self) -> Iterator[TracedRequest]:
        """Yield the requests that no run sent, newest first."""
        recorded_ids: set[str] = set()
        recorded_keys = {each.id for each in self._roots}
        for record in reversed(self._roots):
            root = self.recorded(record)
            recorded_ids.update(root.transaction_ids)
            yield root
        stored = heapq.merge(
            self._stored_roots(recorded_ids),
            self._runs_without_record(recorded_keys),
            key=lambda each: each[0],
            reverse=True,
        )
        for _, root in stored:
            yield root

    def recorded(self, record: RequestRecord) -> TracedRequest:
        """Return a recorded request with the runs that it started by hand."""
        return TracedRequest(record, runs=self._runs_by_request.get(record.id or "", []))

    def root_of_run(self, run: RunDoc) -> TracedRequest | None:
        """Return the request that caused a run, directly or through other runs.

        Returns:
            ``None`` if the cause is not known any more.
        """
        view, known = self._view, run
        while known["causedBy"] and (cause := view.runs.get(known["causedBy"])):
            known = cause
        if known["byHand"] or known["redeliveryOf"]:
            request_id = known.get("requestId")
            records = (each for each in self._roots if each.id == request_id and request_id)
            return TracedRequest(next(records, None), runs=[known])
        event = view.events.get(known["eventId"]) or view.internal_events.get(known["eventId"])
        if event is None:
            return None
        transaction_id = event["transactionId"]
        for record in self._roots:
            if any(each.transaction_id == transaction_id for each in record.effects):
                return TracedRequest(record)
        transaction = view.transactions.get(transaction_id)
        return TracedRequest(transactions=[transaction]) if transaction else None

    def of_run(self, run: RunDoc) -> list[TracedRequest]:
        """Return the requests that a run sent, in the order of their arrival."""
        found: dict[_Key, TracedRequest] = {
            _key_of_record(each): TracedRequest(each) for each in self._of_runs.get(run["id"], ())
        }
        for call in self._view.run_calls.find("run", run["id"]):
            key = (call.get("requestId") or call["id"], call["createdAt"])
            found.setdefault(key, TracedRequest()).call = call
        for each in self._view.transactions.find("run", run["id"]):
            found.setdefault(_key_of_transaction(each), TracedRequest()).transactions.append(each)
        return [found[key] for key in sorted(found, key=lambda key: key[1])]

    def _stored_roots(self, recorded_ids: set[str]) -> Iterator[tuple[int, TracedRequest]]:
        """Yield the requests of stored transactions that have no record, with their positions."""
        transactions = self._view.transactions
        unrecorded = (
            each
            for each in transactions.newest_first()
            if each["runId"] is None and each["id"] not in recorded_ids
        )
        for _, group in groupby(unrecorded, key=_key_of_transaction):
            members = list(group)[::-1]
            yield transactions.position(members[-1]["id"]), TracedRequest(transactions=members)

    def _runs_without_record(
        self, recorded_keys: set[str | None]
    ) -> Iterator[tuple[int, TracedRequest]]:
        runs = self._view.runs
        for run in runs.newest_first():
            request_id = run.get("requestId")
            is_recorded = request_id is not None and request_id in recorded_keys
            if (run["byHand"] or run["redeliveryOf"]) and not is_recorded:
                yield runs.position(run["id"]), TracedRequest(runs=[run])

    @cached_property
    def _runs_by_request(self) -> dict[str, list[RunDoc]]:
        """Return the runs that recorded requests started by hand."""
        found: dict[str, list[RunDoc]] = {}
        wanted = {each.id for each in self._roots if each.kind == "control"}
        if wanted:
            for run in self._view.runs.all():
                if (request_id := run.get("requestId")) in wanted and request_id:
                    found.setdefault(request_id, []).append(run)
        return found
