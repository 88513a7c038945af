"""The document of an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict


class EventReference(TypedDict):
    """The members of an event that a run of a plugin refers to.

    ``projectId`` is empty where the event belongs to no project. ``runId`` is the plugin run that
    caused the event.
    """

    id: str
    event: str
    projectId: str
    runId: str | None


class _OptionalEventMembers(TypedDict, total=False):
    pluginIds: Sequence[str]


class EventDoc(EventReference, _OptionalEventMembers):
    """An event, of the platform's audit trail or internal to the emulator.

    Events with the same ``transactionId`` were emitted in one transaction. ``pluginIds`` are
    plugins that are told of the event though they are not active in its project; they are
    delivered with it, and not stored.
    """

    createdAt: str
    organizationId: str
    userId: str
    payload: dict[str, Any]
    transactionId: str
