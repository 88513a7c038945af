"""What a record of a plugin's logger says: logging never fails its caller.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import logging
from typing import Any

from kili_emulator.plugins.guest.exception_text import raised
from kili_emulator.plugins.guest.tracebacks import Place


def text_of(record: logging.LogRecord, place: Place) -> str:
    """The message, with its arguments if they fit, and the error that it comes with.

    Args:
        place: where the files of the plugin are.
    """
    try:
        text = record.getMessage()
    except Exception:
        text = _shown(record.msg) + (f" {_shown(record.args)}" if record.args else "")
    error = record.exc_info[1] if record.exc_info else None
    return text if error is None else f"{text}\n{raised(error, place).text}"


def _shown(value: Any) -> str:
    """A value as text; what cannot be shown (too deep, or it raises) is named instead."""
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
