"""A world: one isolated platform with its documents, blobs, clock, ids and events.

Reading goes through a :class:`View` (an immutable picture), writing through a
:class:`Transaction`; there is no third way.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kili_emulator import errors, private_files
from kili_emulator.clock import Clock, format_time
from kili_emulator.domain.access import Access
from kili_emulator.domain.actor import Actor
from kili_emulator.domain.event_bus import Delivery, Event, EventBus
from kili_emulator.domain.tables import TABLES, View, WritableView
from kili_emulator.ids import IdSource
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.documents import DocumentStore
from kili_emulator.storage.snapshot import Document
from kili_emulator.storage.sqlite_file import DECISIONS_POSITION

__all__ = ["Actor", "EpochOverError", "Mark", "Transaction", "View", "World"]


@dataclass(frozen=True)
class Mark:
    """A point in a world's history that it can be brought back to."""

    sequence: int
    ids: list[Any]
    clock_offset: float
    epoch: int = 0


class EpochOverError(errors.KiliError):
    """The world was brought back to a time before that of the actor, who can change nothing."""

    def __init__(self) -> None:
        error = errors.run_key_revoked()
        super().__init__(error.message, error.code)


class Transaction(WritableView):
    """A change in the making: all of it happens, or nothing does.

    Attributes:
        actor: who acts.
        now: the time of everything that this transaction does.
        deliveries: after the commit, what its events started.
    """

    def __init__(self, world: World, actor: Actor) -> None:
        self.world = world
        self.actor = actor
        self.moment: datetime = world.clock.now()
        self.now = format_time(self.moment)
        self.deliveries: list[Delivery] = []
        self._events: list[Event] = []
        self._access = Access(self, actor)
        super().__init__(world.documents.snapshot, world.documents.take_position)

    @property
    def access(self) -> Access:
        """The access of the actor, as the transaction has changed it so far."""
        if self._access.actor is not self.actor:
            self._access = Access(self, self.actor)
        return self._access

    def new_id(self) -> str:
        return self.world.ids.new_id(self.moment)

    def draw(self, percentage: int | None) -> bool:
        """Whether something is among so many percent, by the world's own chance."""
        if not percentage:
            return False
        return percentage >= 100 or self.world.ids.draw() * 100 < percentage

    def emit(
        self,
        subject: str,
        payload: dict[str, Any],
        *,
        project_id: str,
        internal: bool = False,
        plugin_ids: Sequence[str] = (),
    ) -> None:
        """Record that something happened.

        Args:
            subject: the event's name in ``kili_events``.
            payload: the members it has there.
            project_id: where it happened.
            internal: delivered inside the emulator only, and kept apart from the audit trail.
            plugin_ids: plugins that are told of it, too, though they are not active there any more.
        """
        event_id = self.new_id()
        event: Event = {
            "id": event_id,
            "event": subject,
            "createdAt": self.now,
            "organizationId": self.actor.user["organizationId"],
            "projectId": project_id,
            "userId": self.actor.user_id,
            "payload": payload,
            "runId": self.actor.run_id,
            "transactionId": self._events[0]["id"] if self._events else event_id,
        }
        (self.internal_events if internal else self.events).insert(event)
        self._events.append({**event, "pluginIds": plugin_ids} if plugin_ids else event)

    @property
    def emitted_events(self) -> list[Event]:
        """The events emitted so far."""
        return self._events


class World:
    """One isolated platform.

    Args:
        name: its name; ``default`` for the one that the plain keys belong to.
        folder: where its data live; ``None`` keeps them in memory.
        seed: makes random draws repeatable, and ids but for the time in them.

    Attributes:
        epoch: how often the world was rolled back; each time, a new history begins.
        after_roll_back: called each time, before the world delivers anything new.
        is_key_of_other_world: whether another world has an API key, as keys tell worlds apart.
    """

    START = "start"

    def __init__(self, name: str, folder: Path | None = None, seed: int | None = None) -> None:
        self.name = name
        self.folder = folder
        if folder:
            private_files.make_folder(folder)
        self.documents = DocumentStore(TABLES, folder / "documents.sqlite" if folder else None)
        self.blobs = BlobStore(folder / "blobs" if folder else None)
        self.bus = EventBus()
        self.clock = Clock(timedelta(seconds=self.documents.meta.get("clock_offset", 0.0)))
        self.ids = IdSource(seed)
        if "ids" in self.documents.meta:
            self.ids.restore(self.documents.meta["ids"])
        self.epoch: int = self.documents.meta.get("epoch", 0)
        self.after_roll_back: list[Callable[[], None]] = []
        self.run_keys: dict[str, Actor] = {}
        self.is_key_of_other_world: Callable[[str], bool] = lambda key: False  # noqa: ARG005
        self._writer: int | None = None
        self._outbox: deque[Transaction] = deque()
        self._delivery_lock = threading.RLock()
        self._is_delivering = False

    @property
    def view(self) -> View:
        """What is committed now."""
        return View(self.documents.snapshot)

    @contextmanager
    def transaction(self, actor: Actor, *, deferrable: bool = False) -> Iterator[Transaction]:
        """Change the world: commit when the block ends, leave no trace when it raises.

        Events are delivered after the commit, when the world is free for the next writer.

        Args:
            deferrable: where the data folder cannot be written, the change stands all the same, and is
                written as soon as that is possible. For what has happened and cannot be refused,
                such as the end of a run.

        Raises:
            EpochOverError: the actor is of an epoch that is over.
            KiliError: the actor is a run that has ended.
            StorageError: the data folder cannot be written.
        """
        self._check_no_transaction()
        with self.documents.write_lock:
            self.check_epoch(actor.epoch)
            self._check_run(actor)
            self._writer = threading.get_ident()
            ids = self.ids.state()
            try:
                tx = Transaction(self, actor)
                yield tx
                changes = tx.changes()
                if changes:
                    self.documents.commit(changes, self._meta(), deferrable=deferrable)
                if tx.emitted_events:
                    self._outbox.append(tx)
            except BaseException:
                self.ids.restore(ids)
                raise
            finally:
                self._writer = None
        if tx.emitted_events:
            self._deliver()

    def check_epoch(self, epoch: int | None) -> None:
        """Go on only if this is still the world's epoch.

        Raises:
            EpochOverError: it is not.
        """
        if epoch not in (None, self.epoch):
            raise EpochOverError

    def _check_run(self, actor: Actor) -> None:
        if actor.run_id is None:
            return
        if actor.run_id not in {each.run_id for each in self.run_keys.values()}:
            raise errors.run_key_revoked()

    def revoke(self, run_key: str) -> None:
        """End the key of a run.

        Afterwards no request of the run changes anything, not even one that is being answered, and
        the events of all its changes have been delivered.
        """
        with self.documents.write_lock:
            self.run_keys.pop(run_key, None)
        self._deliver()

    def _check_no_transaction(self) -> None:
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction is open in this thread already")

    def _deliver(self) -> None:
        """Deliver what is committed, in the order of the commits, whoever made them.

        What a subscriber itself emits is delivered after what it is just being told.
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

    def mark(self) -> Mark:
        """Remember this moment, to come back to it with :meth:`roll_back`."""
        with self.documents.write_lock:
            offset = self.clock.offset.total_seconds()
            return Mark(self.documents.sequence, self.ids.state(), offset, self.epoch)

    def roll_back(self, mark: Mark) -> None:
        """Undo everything since the mark; ids and random draws continue as they did then.

        It is forgotten, and with it the marks of that time. What was started then, and is still
        at work, changes nothing any more.

        Raises:
            ValueError: the mark is of a time that was undone.
        """
        self._check_no_transaction()
        with self._delivery_lock:
            with self.documents.write_lock:
                self._roll_back(mark)
            for each in list(self.after_roll_back):  # which may take itself off
                each()

    def _roll_back(self, mark: Mark) -> None:
        returns: list[list[int]] = self.documents.meta.get("returns", [])
        if any(mark.epoch <= epoch and mark.sequence > target for epoch, target in returns):
            raise ValueError(
                "the mark is gone: it was set in a time that a return to an earlier mark has undone"
            )
        # A return to an earlier moment says all that one to a later moment said before.
        returns = [each for each in returns if each[1] < mark.sequence]
        meta = {
            "ids": mark.ids,
            "clock_offset": mark.clock_offset,
            "epoch": self.epoch + 1,
            "returns": [*returns, [self.epoch, mark.sequence]],
        }
        self.documents.roll_back(mark.sequence, meta)
        self.epoch += 1
        self.ids.restore(mark.ids)
        self.clock.offset = timedelta(seconds=mark.clock_offset)
        self.run_keys.clear()
        self._outbox.clear()

    @property
    def start(self) -> Mark | None:
        """Where the world came from its scenario; ``None`` while it is being made."""
        mark = self.documents.meta.get(self.START)
        return Mark(*mark) if mark else None

    @property
    def start_position(self) -> int:
        """The place in creation order after all that the scenario brought."""
        return int(self.documents.meta.get("start_position", 0))

    @property
    def decisions_position(self) -> int:
        """The place in creation order from which on decisions are stored.

        It is after the events that an earlier version of the emulator took, which stored none.
        """
        return int(self.documents.meta.get(DECISIONS_POSITION, 0))

    @property
    def scenario(self) -> str:
        """The scenario that the world was made from."""
        return str(self.documents.meta["scenario"])

    @property
    def stored_name(self) -> str | None:
        """The name that the world was made with; ``None`` where an older version made it."""
        name = self.documents.meta.get("name")
        return None if name is None else str(name)

    def store_name(self) -> None:
        """Store the world's name in a world that has none, as older versions made them."""
        with self.documents.write_lock:
            self.documents.commit([], {**self._meta(), "name": self.name})

    def set_start(self, scenario: str) -> None:
        """Remember this moment as the world's start."""
        with self.documents.write_lock:
            mark = self.mark()
            start = [mark.sequence + 1, mark.ids, mark.clock_offset, mark.epoch]
            position = self.documents.take_position()
            start_meta = {
                self.START: start,
                "start_position": position,
                "scenario": scenario,
                "name": self.name,
            }
            self.documents.commit([], {**self._meta(), **start_meta})

    def export(self) -> dict[str, list[Document]]:
        """All documents, table by table, in creation order."""
        return {
            name: [row.document for row in table.rows()]
            for name, table in self.documents.snapshot.items()
        }

    def close(self) -> None:
        """Close the file; the world must not be used afterwards."""
        self.documents.close()

    def _meta(self) -> dict[str, Any]:
        return {"ids": self.ids.state(), "clock_offset": self.clock.offset.total_seconds()}
