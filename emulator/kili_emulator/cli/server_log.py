"""The log of a server on its standard error: as text, or as a JSON object per line."""

from __future__ import annotations

import json
import logging
import shlex
import threading
from datetime import datetime, timezone
from typing import Any

from kili_emulator.clock import format_time
from kili_emulator.config import DEFAULT_WORLD, Settings
from kili_emulator.http.request_scope import current_request
from kili_emulator.printable import LogFormatter

# Loggers that would otherwise print in their own format, or not at all.
_LOGGERS = ("kili_emulator", "werkzeug", "py.warnings")


def log_to_terminal(settings: Settings) -> None:
    """Print the log records of this process to the standard error, from ``--log-level`` on.

    The level of records of other packages is not changed.

    The root logger is left to the plugins. The emulator's records do not propagate to it, because
    handlers that a plugin or the SDK adds there would print them a second time, without escapes.
    """
    is_json = settings.log_format == "json"
    formatter = _JsonFormatter(settings) if is_json else _TextFormatter(settings)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    logging.getLogger("kili_emulator").setLevel(settings.log_level.upper())
    if logging.lastResort:
        logging.lastResort.setFormatter(formatter)
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_failure


def _log_thread_failure(failure: threading.ExceptHookArgs) -> None:
    """Log the exception that ended a thread."""
    error = failure.exc_value
    if error is None or isinstance(error, SystemExit):
        return
    name = failure.thread.name if failure.thread else "?"
    details = (type(error), error, failure.exc_traceback)
    logging.getLogger("kili_emulator").error(
        "the thread %r failed: %s", name, type(error).__name__, exc_info=details
    )


class _MoreCommand:
    """The command that shows more about a record, if the record names one.

    The record has it in the attributes ``command`` (a list of arguments) and ``world``.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._default_folder = Settings().data_dir  # of the folder in which the server starts

    def text(self, record: logging.LogRecord) -> str | None:
        """Return the command as a user would type it; ``None`` if the record names none."""
        command: list[str] | None = getattr(record, "command", None)
        if command is None:
            return None
        world = getattr(record, "world", DEFAULT_WORLD)
        options = [] if world == DEFAULT_WORLD else ["--world", world]
        if self._settings.data_dir != self._default_folder:
            options += ["--data-dir", str(self._settings.data_dir)]
        return shlex.join(["kili-emulator", *command, *options])


class _TextFormatter(LogFormatter):
    """A formatter that ends the first line with the command for more, the time and the level.

    Records about a request have the id of the request there, too.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._more = _MoreCommand(settings)

    def hint(self, record: logging.LogRecord) -> str:
        command = self._more.text(record)
        more = f" (more: `{command}`)" if command else ""
        request = current_request()
        request_id = f", request {request.id}" if request else ""
        return f"{more} [{_time(record)} {record.levelname.lower()}{request_id}]"


class _JsonFormatter(logging.Formatter):
    """A formatter that writes a record as a JSON object in one line.

    Members: ``time``, ``level``, ``logger``, ``message``, and if known ``request`` (the id of the
    request), ``world``, ``more`` (a command) and ``exception`` (a traceback).
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._more = _MoreCommand(settings)

    def format(self, record: logging.LogRecord) -> str:
        request = current_request()
        content: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request.id if request else None,
            "world": getattr(record, "world", None),
            "more": self._more.text(record),
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
        }
        known = {name: value for name, value in content.items() if value is not None}
        return json.dumps(known)  # in ASCII, which each terminal and file can show


def _time(record: logging.LogRecord) -> str:
    return format_time(datetime.fromtimestamp(record.created, timezone.utc))
