"""Format and classify the log records of plugins; logging never raises in the plugin.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import logging
from typing import Any, Literal

from kili_emulator.plugins.guest.exception_text import describe_exception
from kili_emulator.plugins.guest.tracebacks import CodeLocation


def log_type(level: int) -> Literal["info", "warning", "error", "debug"]:
    """Return the log type of a level of :mod:`logging` (contract/plugin.md#logs)."""
    if level >= logging.ERROR:
        return "error"
    if level >= logging.WARNING:
        return "warning"
    return "info" if level >= logging.INFO else "debug"


def format_record(record: logging.LogRecord, location: CodeLocation) -> str:
    """Return the message of a record, and the traceback of its exception, if any.

    Arguments that do not fit the message are appended to it.

    Args:
        location: where the files of the plugin are.
    """
    try:
        text = record.getMessage()
    except Exception:
        text = _to_text(record.msg) + (f" {_to_text(record.args)}" if record.args else "")
    error = record.exc_info[1] if record.exc_info else None
    return text if error is None else f"{text}\n{describe_exception(error, location).text}"


def _to_text(value: Any) -> str:
    """Return a value as text; if that raises, return the names of its class and the error."""
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
