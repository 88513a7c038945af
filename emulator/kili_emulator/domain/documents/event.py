"""The document of an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict


class EventReference(TypedDict):
    """The members of an event that a plugin run refers to.

    ``projectId`` is empty if the event belongs to no project. ``runId`` is the id of the plugin run
    that caused the event, if one did.
    """

    id: str
    event: str
    projectId: str
    runId: str | None


class _OptionalEventMembers(TypedDict, total=False):
    pluginIds: Sequence[str]


class EventDoc(EventReference, _OptionalEventMembers):
    """An event of the platform's audit trail, or an internal event of the emulator.

    Events with the same ``transactionId`` were emitted in one transaction. ``pluginIds`` lists
    plugins that receive the event although they are not active on its project; this member is
    delivered to the subscribers, but not stored.
    """

    createdAt: str
    organizationId: str
    userId: str
    payload: dict[str, Any]
    transactionId: str
