"""A copy of a world as it was before the handler of a run was called.

The copy shares documents and blobs with its world, which it never changes. Its clock does not run:
it shows the time of the call, and each transaction moves it to the time that the same transaction
had in the world. Therefore ids and times repeat, however long a debugger stops the handler.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kili_emulator import errors, ids
from kili_emulator.clock import ClockState, parse_time
from kili_emulator.domain.documents import RunDoc
from kili_emulator.domain.run import PENDING
from kili_emulator.domain.tables import DOCUMENT_TYPES
from kili_emulator.domain.world import Mark, View, World
from kili_emulator.ids import IdSource
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.documents import StoreState
from kili_emulator.storage.snapshot import Row

# The tables whose documents have derived ids, without a number, or the ids of others.
_WITHOUT_OWN_IDS = ("pluginLogs", "runCalls", "decisions", "transactions")
# The tables whose documents name the run that made them, or caused them, and the member.
_WITH_RUNS = {"events": "runId", "internalEvents": "runId", "runs": "causedBy"}

# A handler may start that much later than its run, on a busy machine.
_LONGEST_DELAY = timedelta(minutes=1)


class Moment(NamedTuple):
    """The time of one or more transactions, and the last id that they made.

    Attributes:
        number: the number of the id (:attr:`kili_emulator.ids.IdSource.number`).
        draws: the number of random draws until then.
        is_own: whether the run, or a run that it caused, made the transactions.
    """

    number: int
    time: datetime
    draws: int
    is_own: bool


@dataclass(frozen=True)
class PastState:
    """The state of a world before the handler of a run was called.

    Attributes:
        documents: the documents of the world.
        id_state: the state of its ids and random draws.
        clock: the clock, which shows the time of the call and does not run.
        moments: the times of the transactions until the end of the run, in order.
        waiting: in a world with a seed, the ids of the runs that wait behind the run: some of them
            take place while the run waits for the runs that it causes.
    """

    documents: StoreState
    id_state: list[Any]
    clock: ClockState
    moments: Sequence[Moment] = ()
    waiting: Sequence[str] = ()

    @property
    def view(self) -> View:
        """A view of the documents."""
        return View(self.documents.snapshot)

    def change(self, table: str, document: dict[str, Any]) -> PastState:
        """Return the state with another content of one of its documents."""
        snapshot = self.documents.snapshot
        row = snapshot[table].row(document["id"])
        assert row is not None, document["id"]
        changed = snapshot[table].changed({document["id"]: Row(row.position, document)})
        return replace(
            self, documents=self.documents._replace(snapshot={**snapshot, table: changed})
        )


def state_before(world: World, run: RunDoc) -> PastState:
    """Return the state in which the handler of a run was called.

    Raises:
        KiliError: the run cannot be repeated.
    """
    if run["outcome"] != "NOT_RUN" and run["startedAt"] and run["mark"] is None:
        raise errors.run_forgotten(run["id"])  # it took place in another world
    if run["outcome"] == "NOT_RUN" or run["mark"] is None:
        raise errors.run_not_called(run["id"], run["outcome"])
    if run["outcome"] == "RUNNING":
        raise errors.run_not_ended(run["id"])
    mark = Mark.parse(run["mark"])
    start = parse_time(run["startedAt"] or run["createdAt"])
    recorded_mode = ClockState.parse(mark.clock).mode
    clock = ClockState("frozen" if recorded_mode == "running" else recorded_mode, start)
    with world.documents.write_lock:
        try:
            world.check_mark(mark)
            documents = world.documents.state_at(mark.sequence)
        except ValueError:
            raise errors.run_forgotten(run["id"]) from None
    waiting = _waiting_runs(world.view, documents, run)
    end = start + timedelta(milliseconds=run["durationMs"] or 0) + _LONGEST_DELAY
    repeated = {run["id"], *(each.document["id"] for each in waiting)}
    moments = _moments_since(world, documents, mark, repeated, end)
    return PastState(
        _with_runs(documents, waiting),
        mark.ids,
        clock,
        moments,
        [each.document["id"] for each in waiting],
    )


def _waiting_runs(view: View, documents: StoreState, run: RunDoc) -> list[Row]:
    """Return the runs that waited when a run began, as they were then.

    The others for the events of the run are recorded before or right after it begins, but before
    its first request.
    """
    if run["seed"] is None:  # the runs of all plugins take place at once
        return []
    table = documents.snapshot["runs"]
    waiting = [
        row
        for each in table.posting("running", True)
        if (row := table.row(each)) and each != run["id"] and not row.document["startedAt"]
    ]
    events = documents.snapshot["events"], documents.snapshot["internalEvents"]
    later = view.runs.snapshot
    for each in reversed(later.ids_since(documents.next_position)):
        row = later.row(each)
        assert row is not None
        is_of_former_event = any(table.row(row.document["eventId"]) for table in events)
        if not is_of_former_event or row.document["redeliveryOf"]:
            break
        if row.document["outcome"] != "NOT_RUN":
            waiting.append(Row(row.position, {**row.document, **PENDING}))
    return waiting


def _with_runs(documents: StoreState, rows: list[Row]) -> StoreState:
    if not rows:
        return documents
    runs = documents.snapshot["runs"].changed({each.document["id"]: each for each in rows})
    position = max(documents.next_position, *(each.position + 1 for each in rows))
    return documents._replace(snapshot={**documents.snapshot, "runs": runs}, next_position=position)


def _moments_since(
    world: World, documents: StoreState, mark: Mark, repeated: set[str], end: datetime
) -> list[Moment]:
    """Return the times of the transactions from a mark to the end of a run.

    They are known from the ids that were made since the mark.

    Args:
        repeated: the runs whose transactions will be repeated.
    """
    ids_of = IdSource()
    ids_of.restore(mark.ids)
    moments: list[Moment] = []
    offset = ids_of.draws - ids_of.number
    for made in _with_owners(_made_ids(world.view, documents, ids_of, end), repeated):
        draws = ids_of.draws_after(made.id, made.number + 1 + offset)
        if draws is None:  # the world's ids have begun anew
            break
        offset = draws - made.number - 1
        draws += made.has_seed
        if moments and (moments[-1].time, moments[-1].is_own) == (made.time, made.is_own):
            moments.pop()
        moments.append(Moment(made.number, made.time, draws, made.is_own))
    return moments


class _MadeId(NamedTuple):
    """An id that a world made.

    Attributes:
        run_id: the run that made it, or that caused it if it is the id of a run; ``None`` for
            none, empty if it is unknown.
        is_run: whether it is the id of a run.
        has_seed: whether the seed of a run was drawn after it.
    """

    number: int
    id: str
    time: datetime
    run_id: str | None = ""
    is_run: bool = False
    has_seed: bool = False
    is_own: bool = False


def _made_ids(view: View, documents: StoreState, ids_of: IdSource, end: datetime) -> list[_MadeId]:
    """Return the ids that were made from a state to a time, and are still in the world."""
    found: list[_MadeId] = []
    for table in documents.snapshot:
        snapshot = view.open(table).snapshot
        # The ids of labels are not needed, as each has an event, and would be slow to find.
        if table in _WITHOUT_OWN_IDS or snapshot.spec.date_member:
            continue
        for each in snapshot.ids_since(documents.next_position):
            number = ids_of.number_of(each)
            if number is None or number < ids_of.number or ids.time_of_id(each) > end:
                continue
            made = _MadeId(number, each, ids.time_of_id(each))
            if table in _WITH_RUNS:
                document = snapshot.get(each)
                assert document is not None
                made = made._replace(
                    run_id=document[_WITH_RUNS[table]],
                    is_run=table == "runs",
                    has_seed=document.get("seed") is not None,
                )
            found.append(made)
    return sorted(found)


def _with_owners(made_ids: list[_MadeId], repeated: set[str]) -> list[_MadeId]:
    """Decide which ids will be made again: those of runs, and of the runs that they cause.

    Nearly each transaction makes the id of an event or of a run, whose author is known. The other
    ids of the transaction have the same time, and mostly come before it.
    """
    own_runs = set(repeated)
    owned: list[_MadeId] = []
    unknown: list[_MadeId] = []  # those since the last id of a known author
    for made in made_ids:
        if made.run_id == "":
            unknown.append(made)
            continue
        is_own = made.run_id in own_runs
        if made.is_run and is_own:
            own_runs.add(made.id)
        owned += _assigned(unknown, owned[-1] if owned else None, made.time, is_own=is_own)
        owned.append(made._replace(is_own=is_own))
        unknown = []
    last = owned[-1] if owned else None
    return owned + _assigned(unknown, last, None, is_own=bool(last and last.is_own))


def _assigned(
    unknown: list[_MadeId], before: _MadeId | None, after: datetime | None, *, is_own: bool
) -> list[_MadeId]:
    """Return ids of unknown authors with those of the known ids around them.

    Args:
        after: the time of the next known id, whose author decides unless the time of the one
            before is that of an unknown id.
        is_own: whether the next known id will be made again.
    """
    return [
        each._replace(is_own=before.is_own)
        if before and each.time == before.time and each.time != after
        else each._replace(is_own=is_own)
        for each in unknown
    ]


class WorldCopy(World):
    """A copy of a world, in memory.

    Args:
        state: the state with which the copy begins.
        blobs: the blobs of the world.
    """

    def __init__(self, name: str, state: PastState, blobs: BlobStore) -> None:
        super().__init__(name, clock=state.clock)
        assert state.documents.snapshot.keys() == DOCUMENT_TYPES.keys()
        self.documents.begin_with(state.documents)
        self.blobs = BlobStore(None, origin=blobs)
        self.ids.restore(state.id_state)
        self._moments = state.moments

    def take_moment(self, *, is_change: bool) -> datetime:
        """Return the time that the same transaction had in the world.

        The ids that transactions of others made in the world since the transaction before are
        skipped. A transaction that the world did not have gets the time that the clock shows then.
        """
        index = bisect_left(self._moments, (self.ids.number,))
        while index < len(self._moments) and not self._moments[index].is_own:
            other = self._moments[index]
            self.ids.skip_to(other.number + 1, other.draws)
            index += 1
        if index == len(self._moments):
            return super().take_moment(is_change=is_change)
        if self._moments[index].time > self.clock.now():
            self.clock.state = self.clock.turned(moment=self._moments[index].time)
        return self.clock.now()
