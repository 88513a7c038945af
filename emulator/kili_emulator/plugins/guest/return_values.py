"""Recognize return values which show that the code of a handler has not run.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import inspect
from typing import Any, Optional


def unstarted_kind(result: Any) -> Optional[str]:  # noqa: UP045  (loaded by old interpreters, too)
    """Return which object a call has made instead of running the handler; ``None`` if it ran.

    Returns:
        ``coroutine`` (``async def``), ``generator`` or ``asynchronous generator`` (``yield``).
    """
    if inspect.iscoroutine(result):
        result.close()  # otherwise Python warns that it was never awaited
        return "coroutine"
    if inspect.isgenerator(result):
        return "generator"
    return "asynchronous generator" if inspect.isasyncgen(result) else None
