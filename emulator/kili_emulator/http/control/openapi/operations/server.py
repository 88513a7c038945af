"""The descriptions of the routes about the server."""

from __future__ import annotations

from typing import Any

from kili_emulator.http.control.openapi.operation import Operation

OPERATIONS = (
    Operation(
        "showDescription",
        "GET",
        "/openapi.json",
        "Return this description.",
        answer=dict[str, Any],
    ),
    Operation(
        "showMetrics",
        "GET",
        "/metrics",
        "Return the metrics in the format of Prometheus, or of OpenMetrics if it is accepted.",
        text="text/plain",
    ),
    Operation(
        "shutDown",
        "POST",
        "/shutdown",
        "Stop the server. The header `Retry-After` has the seconds for which it waits for work.",
        status=202,
    ),
)
