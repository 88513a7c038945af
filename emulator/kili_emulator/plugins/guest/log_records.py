"""What a record of a plugin's logger says: logging never fails its caller.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import logging
from typing import Any

from kili_emulator.plugins.guest.exception_text import describe_exception
from kili_emulator.plugins.guest.tracebacks import CodeLocation


def format_record(record: logging.LogRecord, location: CodeLocation) -> str:
    """The message, with its arguments if they fit, and the error that it comes with.

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
    """A value as text; what cannot be shown (too deep, or it raises) is named instead."""
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
