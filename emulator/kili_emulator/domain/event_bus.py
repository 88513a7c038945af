"""The event bus: deliver the events of a transaction to subscribers after the commit.

The events have the subjects and payloads of the ``kili_events`` package
(contract/event.md#subjects-and-payloads). An exception in a subscriber is logged and does not undo
the transaction. A subscriber returns the work that it starts, such as plugin runs, as
:class:`Delivery` objects: futures, so that the request that caused the events can wait for the work
and for all work that follows from it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import cast

from kili_emulator import clock
from kili_emulator.domain.documents import EventDoc

# An event as the bus delivers it: including ``pluginIds``, which are not stored.
Event = EventDoc


class Delivery(Future[None]):
    """Work that an event started, as a future: the request that caused the event may wait for it.

    Attributes:
        children: the deliveries that the changes of this work started. The list is complete when
            the future is done.
    """

    def __init__(self) -> None:
        super().__init__()
        self.children: list[Delivery] = []

    def on_wait_timeout(self, seconds: float) -> None:
        """Handle a timeout: a request was answered after ``seconds`` before this work was done."""


def wait_for_deliveries(
    deliveries: Iterable[Delivery], seconds: float, *, include_children: bool = True
) -> None:
    """Wait until deliveries are done; call ``on_wait_timeout`` of those that take too long.

    Args:
        seconds: the maximum time of the whole wait.
        include_children: wait for all descendants, too. A request that a run makes does not wait
            for descendants, because a descendant may be queued behind that run.
    """
    end = clock.monotonic() + seconds
    pending = set(deliveries)
    while pending:
        completed, late = wait(pending, max(0.0, end - clock.monotonic()))
        for each in late:
            cast(Delivery, each).on_wait_timeout(seconds)
        pending = {child for each in completed for child in cast(Delivery, each).children}
        if not include_children:
            return


Subscriber = Callable[[list[Event]], Iterable[Delivery]]

logger = logging.getLogger(__name__)


class EventBus:
    """The event bus of a world: passes events to subscribers in the order of the commits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: tuple[Subscriber, ...] = ()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Deliver all later events to the subscriber."""
        with self._lock:
            self._subscribers += (subscriber,)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Stop delivering events to the subscriber; a delivery in progress may still reach it."""
        with self._lock:
            self._subscribers = tuple(each for each in self._subscribers if each != subscriber)

    def deliver(self, events: list[Event]) -> list[Delivery]:
        """Pass committed events to all subscribers; return the deliveries that they started."""
        started: list[Delivery] = []
        for subscriber in self._subscribers:
            try:
                started.extend(subscriber(events))
            except Exception:
                logger.exception("a subscriber failed on %s", [each["event"] for each in events])
        return started
