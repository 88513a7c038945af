"""A transaction: an atomic change of a world, with its events and its summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kili_emulator.clock import format_time
from kili_emulator.domain.access import Access
from kili_emulator.domain.actor import Actor
from kili_emulator.domain.changed_documents import summarize
from kili_emulator.domain.event_bus import Delivery, Event
from kili_emulator.domain.tables import WritableView
from kili_emulator.observe.requests import ChangedDocuments, RequestRecord, Sender, recorded_request
from kili_emulator.observe.timeline import ChangeSummary
from kili_emulator.storage.journal import Change

if TYPE_CHECKING:
    from kili_emulator.domain.world import World


class Transaction(WritableView):
    """An atomic change of a world: the commit stores all of it, an error none of it.

    Attributes:
        actor: the actor of all changes and events.
        moment: the time of all changes and events.
        now: the same time as text.
        deliveries: the work that the events started; filled after the commit.
        meta: what the commit stores about the world itself, beside its clock and ids.
        request: the request that makes the changes, if one does that is recorded.
    """

    def __init__(self, world: World, actor: Actor) -> None:
        self.world = world
        self.actor = actor
        # The emulator's own records, such as log lines, have the time of the change before them:
        # they are committed at moments that differ from one process to the next.
        self.moment: datetime = world.take_moment(is_change=bool(actor.user_id))
        self.now = format_time(self.moment)
        self.deliveries: list[Delivery] = []
        self.meta: dict[str, Any] = {}
        self.request = recorded_request()
        self._events: list[Event] = []
        self._summary: list[ChangeSummary] = []
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

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Give the changes and events of a block another time, such as one in the past."""
        before = self.moment
        self.moment, self.now = moment, format_time(moment)
        try:
            yield
        finally:
            self.moment, self.now = before, format_time(before)

    def draw(self, percentage: int | None) -> bool:
        """Return true with that probability, in percent, by the world's random draws."""
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
        """Record an event, which is delivered after the commit.

        Args:
            subject: the event's name in ``kili_events``.
            payload: the event's payload in ``kili_events``.
            project_id: the project of the event; empty for none.
            internal: deliver the event inside the emulator only, and store it apart from the audit
                trail.
            plugin_ids: plugins that get the event although they are no longer active on the
                project.
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

    def changes(self) -> list[Change]:
        """Return all changes; the document of the transaction is one of them, if it has events."""
        changes = super().changes()
        is_noted = self._events or self.request
        if not is_noted or self.world.is_being_created:
            return changes
        self._summary = summarize(changes)
        if not self._events:
            return changes
        request = self._request_or_actor()
        self.transactions.insert(
            {
                "id": self._events[0]["id"],
                "requestId": request.id,
                "requestedAt": format_time(request.moment),
                "kind": request.kind,
                "name": request.name,
                "operations": list(request.operations),
                "userId": self.actor.user_id,
                "runId": self.actor.run_id,
                "createdAt": self.now,
                "changes": self._summary,
            }
        )
        return [*changes, *self.transactions.changes()]

    def note_effect(self) -> None:
        """Add the committed changes to the request that made them."""
        if not (self._summary or self._events) or self.world.is_being_created:
            return
        record = self._request_or_actor()
        transaction_id = self._events[0]["id"] if self._events else None
        record.effects = (*record.effects, ChangedDocuments(transaction_id, self._summary))
        if not record.number:
            self.world.requests.add_ended(record)
        elif record.kind == "control" and self.actor.user_id:
            record.sender = self._sender()

    def _request_or_actor(self) -> RequestRecord:
        return self.request or RequestRecord(None, "emulator", self.moment, self._sender())

    def _sender(self) -> Sender:
        return Sender(self.actor.user_id, self.actor.user.get("email", ""), self.actor.run_id)

    @property
    def emitted_events(self) -> list[Event]:
        """The events that were emitted until now."""
        return self._events
