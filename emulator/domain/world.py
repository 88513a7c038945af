"""A world: one isolated platform with its documents, blobs, clock, ids and events.

Reading goes through a :class:`View` (an immutable picture), writing through a
:class:`Transaction`; there is no third way.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from emulator import errors
from emulator.clock import Clock, to_text
from emulator.domain.events import Delivery, Event, EventBus
from emulator.domain.tables import TABLES
from emulator.ids import IdSource
from emulator.storage.blobs import BlobStore
from emulator.storage.documents import DocumentStore, Snapshot
from emulator.storage.snapshot import Document, Row, TableSnapshot
from emulator.storage.sqlite_file import Change


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, and the plugin run that speaks for it, if one does."""

    user: Document
    run_id: str | None = None

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    @classmethod
    def system(cls) -> Actor:
        """The emulator itself: what it does is nobody's doing."""
        return cls(
            {
                "id": "",
                "organizationId": "",
                "organizationRole": "ADMIN",
                "isServiceAccount": False,
            }
        )


@dataclass(frozen=True)
class Mark:
    """A point in a world's history that it can be brought back to."""

    sequence: int
    ids: list[Any]
    clock_offset: float


class ReadRepository:
    """One table, for reading."""

    def __init__(self, table: TableSnapshot) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def get(self, document_id: str) -> Document | None:
        return self._table.get(document_id)

    def the(self, document_id: str) -> Document:
        """The document that another one names.

        Raises:
            KeyError: a reference is broken, which is a defect.
        """
        document = self._table.get(document_id)
        if document is None:
            raise KeyError(f"{self._table.spec.name} {document_id}")
        return document

    def find(self, index: str, key: Hashable) -> list[Document]:
        """The documents with that key in that index, in creation order."""
        return self._table.find(index, key)

    def count(self, index: str, key: Hashable) -> int:
        return self._table.count(index, key)

    def some(self, document_ids: Iterable[str]) -> list[Document]:
        """The documents with these ids that exist, in creation order."""
        rows = [row for row in map(self._table.row, set(document_ids)) if row]
        return [row.document for row in sorted(rows, key=lambda row: row.position)]

    def all(self) -> list[Document]:
        """All documents, in creation order."""
        return [row.document for row in self._table.rows()]


R = TypeVar("R", bound=ReadRepository, covariant=True)


class BaseView(Generic[R]):
    """All tables of a world as they were at one moment."""

    def __init__(self, snapshot: Snapshot, make: Callable[[TableSnapshot], R]) -> None:
        self.organizations = make(snapshot["organizations"])
        self.users = make(snapshot["users"])
        self.api_keys = make(snapshot["apiKeys"])
        self.projects = make(snapshot["projects"])
        self.project_users = make(snapshot["projectUsers"])
        self.assets = make(snapshot["assets"])
        self.labels = make(snapshot["labels"])
        self.issues = make(snapshot["issues"])
        self.comments = make(snapshot["comments"])
        self.files = make(snapshot["files"])
        self.events = make(snapshot["events"])
        self.plugins = make(snapshot["plugins"])
        self.plugin_versions = make(snapshot["pluginVersions"])
        self.plugin_build_errors = make(snapshot["pluginBuildErrors"])
        self.plugin_logs = make(snapshot["pluginLogs"])
        self.runs = make(snapshot["runs"])


View = BaseView[ReadRepository]


class Repository(ReadRepository):
    """One table inside a transaction, for reading and writing."""

    def __init__(self, table: TableSnapshot, transaction: Transaction) -> None:
        super().__init__(table)
        self._origin = table
        self._transaction = transaction
        self._changed: set[str] = set()

    def insert(self, document: Document) -> Document:
        """Add a document with a new id.

        Raises:
            KiliError: the id is taken.
        """
        if self._table.row(document["id"]):
            raise errors.id_taken("insert", document["id"])
        self._put(document["id"], Row(self._transaction.take_position(), document))
        return document

    def change(self, document: Document, **members: Any) -> Document:
        """Replace members of a document and return the new one; the old one stays as it was."""
        row = self._table.row(document["id"])
        assert row is not None, document["id"]
        new = {**row.document, **members}
        self._put(document["id"], Row(row.position, new))
        return new

    def delete(self, document: Document) -> None:
        self._put(document["id"], None)

    def delete_all(self, documents: list[Document]) -> None:
        ids = [document["id"] for document in documents]
        self._table = self._table.changed(dict.fromkeys(ids))
        self._changed.update(ids)

    def _put(self, document_id: str, row: Row | None) -> None:
        self._table = self._table.changed({document_id: row})
        self._changed.add(document_id)

    def changes(self) -> Iterator[Change]:
        name = self._origin.spec.name
        for each in self._changed:
            before, after = self._origin.row(each), self._table.row(each)
            if before != after:
                yield Change(name, each, before, after)


class Transaction(BaseView[Repository]):
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
        self.now = to_text(self.moment)
        self.deliveries: list[Delivery] = []
        self._events: list[Event] = []
        self._repositories: list[Repository] = []
        super().__init__(world.documents.snapshot, self._repository)

    def _repository(self, table: TableSnapshot) -> Repository:
        repository = Repository(table, self)
        self._repositories.append(repository)
        return repository

    def new_id(self) -> str:
        return self.world.ids.new_id(self.moment)

    def take_position(self) -> int:
        return self.world.documents.take_position()

    def emit(
        self, subject: str, payload: dict[str, Any], *, project_id: str, internal: bool = False
    ) -> None:
        """Record that something happened.

        Args:
            subject: the event's name in ``kili_events``.
            payload: the members it has there.
            project_id: where it happened.
            internal: delivered inside the emulator only, and not kept.
        """
        event = {
            "id": self.new_id(),
            "event": subject,
            "createdAt": self.now,
            "organizationId": self.actor.user["organizationId"],
            "projectId": project_id,
            "userId": self.actor.user_id,
            "payload": payload,
            "runId": self.actor.run_id,
        }
        if not internal:
            self.events.insert(event)
        self._events.append(event)

    def changes(self) -> list[Change]:
        return [change for each in self._repositories for change in each.changes()]

    @property
    def happened(self) -> list[Event]:
        """The events emitted so far."""
        return self._events


class World:
    """One isolated platform.

    Args:
        name: its name; ``default`` for the one that the plain keys belong to.
        folder: where its data live; ``None`` keeps them in memory.
        seed: makes ids and random draws repeatable.
    """

    def __init__(self, name: str, folder: Path | None = None, seed: int | None = None) -> None:
        self.name = name
        self.folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self.documents = DocumentStore(TABLES, folder / "documents.sqlite" if folder else None)
        self.blobs = BlobStore(folder / "blobs" if folder else None)
        self.bus = EventBus()
        self.clock = Clock(timedelta(seconds=self.documents.meta.get("clock_offset", 0.0)))
        self.ids = IdSource(seed)
        if "ids" in self.documents.meta:
            self.ids.restore(self.documents.meta["ids"])
        self.run_keys: dict[str, Actor] = {}
        self._writer: int | None = None
        self._outbox: deque[Transaction] = deque()
        self._delivery_lock = threading.RLock()
        self._is_delivering = False

    @property
    def view(self) -> View:
        """What is committed now."""
        return View(self.documents.snapshot, ReadRepository)

    @contextmanager
    def transaction(self, actor: Actor) -> Iterator[Transaction]:
        """Change the world: commit when the block ends, leave no trace when it raises.

        Events are delivered after the commit, when the world is free for the next writer.
        """
        self._check_no_transaction()
        with self.documents.write_lock:
            self._writer = threading.get_ident()
            ids = self.ids.state()
            try:
                tx = Transaction(self, actor)
                yield tx
                changes = tx.changes()
                if changes:
                    self.documents.commit(changes, self._meta())
                if tx.happened:
                    self._outbox.append(tx)
            except BaseException:
                self.ids.restore(ids)
                raise
            finally:
                self._writer = None
        if tx.happened:
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
                    tx.deliveries = self.bus.deliver(tx.happened)
            finally:
                self._is_delivering = False

    def mark(self) -> Mark:
        """Remember this moment, to come back to it with :meth:`roll_back`."""
        with self.documents.write_lock:
            offset = self.clock.offset.total_seconds()
            return Mark(self.documents.sequence, self.ids.state(), offset)

    def roll_back(self, mark: Mark) -> None:
        """Undo everything since the mark; ids and random draws continue as they did then."""
        self._check_no_transaction()
        with self.documents.write_lock:
            meta = {"ids": mark.ids, "clock_offset": mark.clock_offset}
            self.documents.roll_back(mark.sequence, meta)
            self.ids.restore(mark.ids)
            self.clock.offset = timedelta(seconds=mark.clock_offset)
            self.run_keys.clear()

    @property
    def start(self) -> Mark | None:
        """Where the world came from its scenario; ``None`` while it is being made."""
        mark = self.documents.meta.get("start")
        return Mark(*mark) if mark else None

    @property
    def scenario(self) -> str:
        """The scenario that the world was made from."""
        return str(self.documents.meta["scenario"])

    def set_start(self, scenario: str) -> None:
        """Remember this moment as the world's start."""
        with self.documents.write_lock:
            mark = self.mark()
            start = [mark.sequence + 1, mark.ids, mark.clock_offset]
            self.documents.commit([], {**self._meta(), "start": start, "scenario": scenario})

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
