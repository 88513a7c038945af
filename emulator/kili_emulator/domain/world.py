"""A world: one isolated platform with its documents, blobs, clock, ids and events.

All reading goes through a :class:`View` (an immutable snapshot), all writing through a
:class:`Transaction` (:mod:`kili_emulator.domain.transaction`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from kili_emulator import errors, private_files
from kili_emulator.clock import Clock, ClockState, default_clock
from kili_emulator.domain.actor import Actor
from kili_emulator.domain.blob_collection import collect_blobs, released_sizes
from kili_emulator.domain.event_bus import EventBus
from kili_emulator.domain.kept_plugins import find_plugins, restore_plugins
from kili_emulator.domain.mark import Mark
from kili_emulator.domain.tables import TABLES, View
from kili_emulator.domain.transaction import Transaction
from kili_emulator.domain.world_clock import read_clock
from kili_emulator.ids import IdSource
from kili_emulator.observe.faults import Faults
from kili_emulator.observe.requests import RequestRing
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.journal import Change
from kili_emulator.storage.layouts import DECISIONS_POSITION
from kili_emulator.storage.snapshot import Document

__all__ = ["Actor", "EpochOverError", "Mark", "Transaction", "View", "World"]


class EpochOverError(errors.KiliError):
    """The actor's epoch is over: the world was rolled back since, and refuses the change."""

    def __init__(self) -> None:
        error = errors.run_key_revoked()
        super().__init__(error.message, error.code)


class World:
    """One isolated platform.

    Args:
        name: the world's name; API keys without a world's name belong to ``default``.
        folder: the folder of the world's data; ``None`` keeps the data in memory.
        seed: makes random draws and ids repeatable.
        clock: how the clock of a new world goes; ``None`` for :func:`default_clock`.

    Attributes:
        epoch: how often the world was rolled back; each rollback begins a new history.
        after_roll_back: callbacks after a rollback, before the world delivers new events.
        after_clock_change: callbacks after somebody has set the clock.
        faults: the faults that requests and plugins meet; a rollback removes them.
        requests: the latest requests of this process.
        run_keys: API key → actor, for the plugin runs in progress.
        is_key_of_other_world: returns whether another world has an API key: each key identifies
            one world.
    """

    START = "start"
    LOADED = "loaded"

    def __init__(
        self,
        name: str,
        folder: Path | None = None,
        seed: int | None = None,
        clock: ClockState | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        if folder:
            private_files.make_folder(folder)
        self.documents = DocumentStore(TABLES, folder / "documents.sqlite" if folder else None)
        self.blobs = BlobStore(folder / "blobs" if folder else None)
        self.bus = EventBus()
        self.clock = Clock(read_clock(self.documents.meta) or clock or default_clock(seed))
        self.ids = IdSource(seed)
        if "ids" in self.documents.meta:
            self.ids.restore(self.documents.meta["ids"])
        self.faults = Faults(self.clock.now, self.ids.derived_draw)
        self.epoch: int = self.documents.meta.get("epoch", 0)
        self.after_roll_back: list[Callable[[], None]] = []
        self.after_clock_change: list[Callable[[], None]] = []
        self.requests = RequestRing()
        self.requests.mark(self.documents.sequence)
        self.run_keys: dict[str, Actor] = {}
        self.is_key_of_other_world: Callable[[str], bool] = lambda key: False  # noqa: ARG005
        self._writer: int | None = None
        self._outbox: deque[Transaction] = deque()
        self._delivery_lock = threading.RLock()
        self._is_delivering = False

    @property
    def view(self) -> View:
        """A view of the committed state."""
        return View(self.documents.snapshot)

    def take_moment(self, *, is_change: bool) -> datetime:
        """Return the time of a transaction that begins now.

        Args:
            is_change: a user makes the transaction, rather than the emulator itself.
        """
        return self.clock.step() if is_change else self.clock.now()

    @contextmanager
    def transaction(self, actor: Actor, *, deferrable: bool = False) -> Iterator[Transaction]:
        """Change the world: commit when the block ends, discard all changes when it raises.

        Events are delivered after the commit, when the next writer can begin.

        Args:
            deferrable: accept the change even if the data folder cannot be written, and write it
                as soon as possible: for facts that cannot be refused, such as the end of a run.

        Raises:
            EpochOverError: the actor's epoch is over.
            KiliError: the actor is a run that has ended.
            StorageError: the data folder cannot be written.
        """
        self.check_no_transaction()
        with self.documents.write_lock:
            self.check_epoch(actor.epoch)
            self._check_run(actor)
            self._writer = threading.get_ident()
            ids, clock_state = self.ids.state(), self.clock.own_state
            try:
                tx = Transaction(self, actor)
                yield tx
                changes = tx.changes()
                if changes:
                    meta = {**self._meta(), **tx.meta}
                    self.documents.commit(changes, meta, deferrable=deferrable)
                else:
                    self.clock.state = clock_state
                if tx.emitted_events:
                    self._outbox.append(tx)
            except BaseException:
                self.ids.restore(ids)
                self.clock.state = clock_state
                raise
            finally:
                self._writer = None
            tx.note_effect()
            self._collect_blobs_if_due(changes)
        self._announce(tx)

    def _announce(self, tx: Transaction) -> None:
        """Deliver the events of a committed transaction, if it has any."""
        if tx.emitted_events:
            if tx.request is None:
                self.requests.after_end()
            self._deliver()

    def _collect_blobs_if_due(self, changes: Sequence[Change]) -> None:
        for size in released_sizes(changes):
            self.blobs.count(size)
        if self.blobs.is_collection_due:
            collect_blobs(self.documents, self.blobs)

    def check_epoch(self, epoch: int | None) -> None:
        """Check that an epoch is the world's current epoch; ``None`` passes.

        Raises:
            EpochOverError: the epoch is over.
        """
        if epoch not in (None, self.epoch):
            raise EpochOverError

    def _check_run(self, actor: Actor) -> None:
        if actor.run_id is None:
            return
        if actor.run_id not in {each.run_id for each in self.run_keys.values()}:
            raise errors.run_key_revoked()

    def admit(self, run_key: str, actor: Actor) -> None:
        """Let the API key of a run identify its actor until the key is revoked.

        Raises:
            EpochOverError: the actor's epoch is over.
        """
        with self.documents.write_lock:
            self.check_epoch(actor.epoch)
            self.run_keys[run_key] = actor

    def revoke(self, run_key: str) -> None:
        """Revoke the API key of a run.

        Afterwards no request of the run changes the world, not even a request in progress, and the
        events of all changes of the run have been delivered.
        """
        with self.documents.write_lock:
            self.run_keys.pop(run_key, None)
        self._deliver()

    def check_no_transaction(self) -> None:
        """Check that this thread has no open transaction.

        Raises:
            RuntimeError: it has one.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction is open in this thread already")

    def _deliver(self) -> None:
        """Deliver the events of all committed transactions, in the order of the commits.

        Events that a subscriber emits during a delivery are delivered after the current ones.
        """
        with self._delivery_lock:
            if self._is_delivering:
                return
            self._is_delivering = True
            try:
                while self._outbox:
                    tx = self._outbox.popleft()
                    tx.deliveries = self.bus.deliver(tx.emitted_events)
            finally:
                self._is_delivering = False

    def mark(self, *, after_commit: bool = False, is_lasting: bool = True) -> Mark:
        """Return a mark of the present state, to which :meth:`roll_back` can return.

        Args:
            after_commit: mark the state after the commit of the transaction that is open.
            is_lasting: keep the mark until a rollback; the marks of old runs are forgotten.
        """
        with self.documents.write_lock:
            sequence = self.documents.mark(after_commit=after_commit, is_lasting=is_lasting)
            self.requests.mark(sequence)
            clock_state = self.clock.own_state.stored()
            return Mark(sequence, self.ids.state(), clock_state, self.epoch)

    def roll_back(self, mark: Mark, *, keep_plugins: bool = False) -> None:
        """Undo all changes since the mark; ids and random draws continue from the mark.

        Marks of the undone time are void. Work that was started in that time and is still running
        cannot change the world any more.

        Args:
            keep_plugins: keep the present plugins: :mod:`kili_emulator.domain.kept_plugins`.

        Raises:
            ValueError: the mark was set in a time that has been undone.
        """
        self.check_no_transaction()
        with self._delivery_lock:
            with self.documents.write_lock:
                kept = find_plugins(self.view) if keep_plugins else None
                self._roll_back(mark)
                if kept is not None:
                    with self.transaction(Actor.system()) as tx:
                        restore_plugins(tx, kept)
            self.faults.clear()
            for callback in list(self.after_roll_back):  # a copy: a callback may remove itself
                callback()

    def check_mark(self, mark: Mark) -> None:
        """Check that a mark was not set in a time that has been undone.

        Raises:
            ValueError: it was.
        """
        returns: list[list[int]] = self.documents.meta.get("returns", [])
        if any(mark.epoch <= epoch and mark.sequence > target for epoch, target in returns):
            raise ValueError(errors.WORLD_MARK_INVALID)

    def _roll_back(self, mark: Mark) -> None:
        self.check_mark(mark)
        returns: list[list[int]] = self.documents.meta.get("returns", [])
        # A return to an earlier moment voids at least the marks that a former return to a later
        # moment voided, so that the former one can be forgotten.
        returns = [each for each in returns if each[1] < mark.sequence]
        meta = {
            "ids": mark.ids,
            "clock": mark.clock,
            "epoch": self.epoch + 1,
            "returns": [*returns, [self.epoch, mark.sequence]],
        }
        if self._loaded and mark.sequence < self._loaded["sequence"]:
            meta[self.LOADED] = None
        self.documents.roll_back(mark.sequence, meta)
        self.epoch += 1
        self.ids.restore(mark.ids)
        self.clock.state = ClockState.parse(mark.clock)
        self.requests.roll_back(mark.sequence)
        self.run_keys.clear()
        self._outbox.clear()

    @property
    def start(self) -> Mark | None:
        """The mark of the state after loading the scenario; ``None`` while the world is created."""
        mark = self.documents.meta.get(self.START)
        if not mark:
            return None
        sequence, ids, clock_state, epoch = mark
        return Mark(sequence, ids, ClockState.parse(clock_state).stored(), epoch)

    @property
    def is_being_created(self) -> bool:
        """Whether the content of the scenario is not complete yet."""
        return self.START not in self.documents.meta

    @property
    def start_position(self) -> int:
        """The position in creation order after all documents of the scenario."""
        return int((self._loaded or self.documents.meta).get("start_position", 0))

    @property
    def _loaded(self) -> dict[str, int] | None:
        """The positions in the state that was loaded; ``None`` if there was none, or a reset."""
        loaded: dict[str, int] | None = self.documents.meta.get(self.LOADED)
        return loaded

    def note_loaded_state(self, tx: Transaction, start: int, decisions: int) -> None:
        """Note that a transaction replaces the content of the world by documents of another one.

        Args:
            start: the number of documents, all of which follow, that come from a scenario.
            decisions: the number of those before dispatch decisions were stored.
        """
        first = self.documents.take_position() + 1
        tx.meta[self.LOADED] = {
            "sequence": self.documents.sequence + 1,
            "start_position": first + start,
            DECISIONS_POSITION: first + decisions,
        }

    @property
    def decisions_position(self) -> int:
        """The position in creation order from which on dispatch decisions are stored.

        It comes after the events of an earlier version of the emulator, which stored no decisions.
        """
        return int((self._loaded or self.documents.meta).get(DECISIONS_POSITION, 0))

    @property
    def scenario(self) -> str:
        """The scenario from which the world was created."""
        return str(self.documents.meta["scenario"])

    @property
    def stored_name(self) -> str | None:
        """The name with which the world was created; ``None`` if an older version created it."""
        name = self.documents.meta.get("name")
        return None if name is None else str(name)

    def store_name(self) -> None:
        """Store the world's name: worlds of older versions lack a stored name."""
        with self.documents.write_lock:
            self.documents.commit([], {**self._meta(), "name": self.name})

    def set_start(self, scenario: str) -> None:
        """Store the present state as the world's start."""
        with self.documents.write_lock:
            mark = self.mark()
            start = [mark.sequence + 1, mark.ids, mark.clock, mark.epoch]
            position = self.documents.take_position()
            start_meta = {
                self.START: start,
                "start_position": position,
                "scenario": scenario,
                "name": self.name,
            }
            self.documents.commit([], {**self._meta(), **start_meta})
            self.mark()

    def export(self) -> dict[str, list[Document]]:
        """Return all documents: table → documents in creation order."""
        return {
            name: [row.document for row in table.rows()]
            for name, table in self.documents.snapshot.items()
        }

    def close(self) -> None:
        """Close the file; the world must not be used afterwards."""
        self.faults.clear()
        self.documents.close()

    def _meta(self) -> dict[str, Any]:
        return {"ids": self.ids.state(), "clock": self.clock.own_state.stored()}
