"""What a handler returned, where that means that it has not run.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import inspect
from typing import Any, Optional


def unstarted_kind(result: Any) -> Optional[str]:  # noqa: UP045  (loaded by old interpreters, too)
    """What a call of the handler only made, instead of running its code; ``None`` if it ran.

    Returns:
        ``coroutine`` (``async def``), ``generator`` or ``asynchronous generator`` (``yield``).
    """
    if inspect.iscoroutine(result):
        result.close()  # or Python would warn that nobody awaited it
        return "coroutine"
    if inspect.isgenerator(result):
        return "generator"
    return "asynchronous generator" if inspect.isasyncgen(result) else None
