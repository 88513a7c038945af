"""Debuggers for the handler of a run that is repeated."""

from __future__ import annotations

import bdb
import importlib
import sys
from collections.abc import Callable
from typing import Any

from kili_emulator import errors, messages

_LOOPBACK = "127.0.0.1"

# Calls a method under a debugger: the name of the run, the method, its arguments by name.
DebugCall = Callable[[str, Callable[..., Any], dict[str, Any]], Any]


class PdbCall:
    """Calls a handler in pdb, which stops at its first line, and where it raises an exception.

    Attributes:
        was_left: whether the user left the debugger before the end of the handler.
    """

    def __init__(self) -> None:
        self.was_left = False

    def __call__(self, run: str, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Call a handler: a :data:`DebugCall`."""
        from kili_emulator.plugins.debugging.terminal_debugger import TerminalDebugger

        debugger = TerminalDebugger(messages.REPLAY_STOPPED.format(run=run))
        try:
            return debugger.runcall(method, **arguments)
        except bdb.BdbQuit:
            raise
        except Exception as error:
            debugger.message(messages.DEBUGGER_AT_ERROR.format(error=repr(error)))
            debugger.reset()
            trace = error if sys.version_info >= (3, 13) else error.__traceback__
            debugger.interaction(None, trace)
            debugger.was_left = False  # the handler had ended
            raise
        finally:
            self.was_left = debugger.was_left


def make_debugpy_call(port: int) -> DebugCall:
    """Return a function that calls a handler when an editor has attached, and stops before it.

    Args:
        port: the port to which the editor attaches.

    Raises:
        KiliError: debugpy is not installed.
    """
    try:
        debugpy = importlib.import_module("debugpy")
    except ImportError:
        raise errors.debugger_not_installed() from None
    debugpy.listen((_LOOPBACK, port))

    def call_in_editor(_: str, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        debugpy.wait_for_client()
        debugpy.breakpoint()
        return method(**arguments)

    return call_in_editor
