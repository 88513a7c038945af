"""What happened: facts emitted in a transaction, delivered after its commit.

Subjects and payloads are those of the ``kili_events`` package (contract §8.9). A subscriber that
fails is reported and never undoes the change; what it starts is handed back as futures, so that
whoever caused the event can wait for them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import Any

# What the tables ``events`` and ``internalEvents`` hold; events of one ``transactionId`` were
# emitted in one transaction.
Event = dict[str, Any]


class Delivery(Future[None]):
    """Something that an event started and that its cause may wait for."""

    def not_awaited(self, seconds: float) -> None:
        """Told when the answer went out after ``seconds`` although this is not over."""


def await_deliveries(deliveries: list[Delivery], seconds: float) -> None:
    """Wait for what an answer's cause started, and say so where it takes longer."""
    for late in wait(deliveries, seconds).not_done:
        if isinstance(late, Delivery):
            late.not_awaited(seconds)


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
