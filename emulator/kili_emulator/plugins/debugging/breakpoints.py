"""``breakpoint()`` as a plugin sees it: where the emulator has a terminal, pdb stops there.

A debugger that was attached (debugpy, PyCharm), pytest and ``PYTHONBREAKPOINT`` go first.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from kili_emulator import messages

# What is stopped, for people: set for the time of a run.
current_run: ContextVar[str] = ContextVar("kili_plugin_current_run", default="a plugin")


def stop(*arguments: Any, **options: Any) -> Any:
    """Stop in the caller.

    Raises:
        RuntimeError: there is no terminal to stop at, nor another debugger.
    """
    if sys.breakpointhook is not sys.__breakpointhook__ or "PYTHONBREAKPOINT" in os.environ:
        return sys.breakpointhook(*arguments, **options)  # noqa: T100
    if not _has_input():
        raise RuntimeError(messages.BREAKPOINT_WITHOUT_TERMINAL)
    from kili_emulator.plugins.debugging.terminal_debugger import TerminalDebugger

    return TerminalDebugger(current_run.get()).set_trace(sys._getframe(1))  # noqa: SLF001


def _has_input() -> bool:
    """Whether somebody could type something: a terminal or a pipe, not the null device."""
    try:
        stdin_status = os.fstat(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # there is none, or it is closed
        return False
    return not os.path.samestat(stdin_status, Path(os.devnull).stat())
