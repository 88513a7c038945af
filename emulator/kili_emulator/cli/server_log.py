"""The log of a server on its terminal."""

from __future__ import annotations

import logging
import shlex
import threading

from kili_emulator.config import DEFAULT_WORLD, Settings
from kili_emulator.printable import LogFormatter

# Loggers that would otherwise print in their own format, or not at all.
_LOGGERS = ("kili_emulator", "werkzeug", "py.warnings")


def log_to_terminal(settings: Settings) -> None:
    """Print all log records of this process to the standard error.

    The root logger is left to the plugins. The emulator's records do not propagate to it, because
    handlers that a plugin or the SDK adds there would print them a second time, without escapes.
    """
    formatter = _ServerFormatter(settings)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
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
    logging.getLogger("kili_emulator").error("the thread %r failed", name, exc_info=details)


class _ServerFormatter(LogFormatter):
    """A formatter that adds the command for further details, if a record names one.

    The record has it in the attributes ``command`` (a list of arguments) and ``world``.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._default_folder = Settings().data_dir  # of the folder in which the server starts

    def hint(self, record: logging.LogRecord) -> str:
        command: list[str] | None = getattr(record, "command", None)
        if command is None:
            return ""
        world = getattr(record, "world", DEFAULT_WORLD)
        options = [] if world == DEFAULT_WORLD else ["--world", world]
        if self._settings.data_dir != self._default_folder:
            options += ["--data-dir", str(self._settings.data_dir)]
        return f" (more: `{shlex.join(['kili-emulator', *command, *options])}`)"
