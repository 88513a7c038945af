"""The ``breakpoint()`` of plugins: stops in pdb, on the terminal of the emulator.

A debugger that is attached (debugpy, PyCharm), pytest and ``PYTHONBREAKPOINT`` take precedence.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from kili_emulator import messages

# The description of the current run, which the debugger shows.
current_run: ContextVar[str] = ContextVar("kili_plugin_current_run", default="a plugin")


def stop(*arguments: Any, **options: Any) -> Any:
    """Stop in the debugger, at the line of the caller.

    Raises:
        RuntimeError: there is neither a terminal nor another debugger.
    """
    if sys.breakpointhook is not sys.__breakpointhook__ or "PYTHONBREAKPOINT" in os.environ:
        return sys.breakpointhook(*arguments, **options)  # noqa: T100
    if not _has_input():
        raise RuntimeError(messages.BREAKPOINT_WITHOUT_TERMINAL)
    from kili_emulator.plugins.debugging.terminal_debugger import TerminalDebugger

    introduction = messages.BREAKPOINT_REACHED.format(run=current_run.get())
    return TerminalDebugger(introduction).set_trace(sys._getframe(1))  # noqa: SLF001


def _has_input() -> bool:
    """Return whether standard input can have input: it is a terminal or a pipe."""
    try:
        stdin_status = os.fstat(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # it is None or closed
        return False
    return not os.path.samestat(stdin_status, Path(os.devnull).stat())
