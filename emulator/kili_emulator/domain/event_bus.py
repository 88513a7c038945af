"""What happened: facts emitted in a transaction, delivered after its commit.

Subjects and payloads are those of the ``kili_events`` package
(contract/event.md#subjects-and-payloads). A subscriber that fails is reported and never undoes the
change; what it starts is handed back as futures, so that whoever caused the event can wait for
them, and for everything that they start in turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import cast

from kili_emulator import clock
from kili_emulator.domain.documents import EventDoc

# An event as it is delivered.
Event = EventDoc


class Delivery(Future[None]):
    """Something that an event started and that its cause may wait for.

    Attributes:
        children: what its own changes started; complete when this is over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.children: list[Delivery] = []

    def on_wait_timeout(self, seconds: float) -> None:
        """Told when the answer went out after ``seconds`` although this is not over."""


def wait_for_deliveries(
    deliveries: Iterable[Delivery], seconds: float, *, include_children: bool = True
) -> None:
    """Wait until what a request started is over, and tell each delivery that takes longer.

    Args:
        seconds: the bound of the whole wait.
        include_children: wait for all descendants too. A request of a run does not: a descendant may be
            queued behind that run.
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
    """Hands a world's events to its subscribers, in the order they were committed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: tuple[Subscriber, ...] = ()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have every later event delivered to ``subscriber``."""
        with self._lock:
            self._subscribers += (subscriber,)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Deliver nothing further to ``subscriber``; it may be told of what happens just now."""
        with self._lock:
            self._subscribers = tuple(each for each in self._subscribers if each != subscriber)

    def deliver(self, events: list[Event]) -> list[Delivery]:
        """Hand committed events out; returns what was started and may be waited for."""
        started: list[Delivery] = []
        for subscriber in self._subscribers:
            try:
                started.extend(subscriber(events))
            except Exception:
                logger.exception("a subscriber failed on %s", [each["event"] for each in events])
        return started
