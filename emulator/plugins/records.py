"""What a record of a plugin's logger says: logging never fails its caller.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any


def text_of(record: logging.LogRecord) -> str:
    """The message, with its arguments if they fit, and the traceback that it comes with."""
    try:
        text = record.getMessage()
    except Exception:
        text = _shown(record.msg) + (f" {_shown(record.args)}" if record.args else "")
    if record.exc_info:
        text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return text


def _shown(value: Any) -> str:
    """A value as text; what cannot be shown (too deep, or it raises) is named instead."""
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
