"""Gates: thread events that plugins in this process wait for or set."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

GATES: dict[str, threading.Event] = {}


def add_gates(*names: str) -> list[threading.Event]:
    """Add closed gates under these names, or replace those of the same names; return them."""
    GATES.update({name: threading.Event() for name in names})
    return [GATES[name] for name in names]


@contextlib.contextmanager
def plugin_gates(*names: str) -> Iterator[dict[str, threading.Event]]:
    """Make ``GATES`` available to plugins as ``sys.kili_gates``, and open all gates at the end.

    Args:
        names: the names of the initial gates.
    """
    sys.kili_gates = GATES  # type: ignore[attr-defined]
    GATES.clear()
    add_gates(*names)
    yield GATES
    for gate in GATES.values():
        gate.set()
