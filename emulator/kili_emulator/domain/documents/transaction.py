"""The document of a transaction that emitted events."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.observe.timeline import ChangeSummary


class TransactionDoc(TypedDict):
    """A transaction that emitted events: its request, and the documents that it changed.

    ``id`` is the ``transactionId`` of its events. ``requestId`` is the id of the request
    (``X-Request-Id``), ``requestedAt`` the time at which it arrived, ``operations`` its root fields
    or its method and path, ``name`` the name of its operation. Without a request, ``requestId``
    is ``None``. ``userId`` is empty for the emulator itself; ``runId`` is the id of the plugin run
    that sent the request, if one did.
    """

    id: str
    requestId: str | None
    requestedAt: str
    kind: str
    name: str | None
    operations: list[str]
    userId: str
    runId: str | None
    createdAt: str
    changes: list[ChangeSummary]
