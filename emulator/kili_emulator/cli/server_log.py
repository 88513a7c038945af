"""The log of a server: what it reports on its terminal beside its introduction."""

from __future__ import annotations

import logging
import shlex
import threading

from kili_emulator.config import DEFAULT_WORLD, Settings
from kili_emulator.printable import LogFormatter

# The loggers that would otherwise print by themselves, or not at all.
_LOGGERS = ("kili_emulator", "werkzeug", "py.warnings")


def log_to_terminal(settings: Settings) -> None:
    """Have everything that is logged in this process printed to the standard error.

    The root logger stays as it is: what plugins do to it is theirs. It gets none of the emulator's
    records, or handlers that a plugin or the SDK adds to it would print these a second time, as
    they are.
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
    """Log how a thread ended, other than well."""
    error = failure.exc_value
    if error is None or isinstance(error, SystemExit):
        return
    name = failure.thread.name if failure.thread else "?"
    details = (type(error), error, failure.exc_traceback)
    logging.getLogger("kili_emulator").error("the thread %r failed", name, exc_info=details)


class _ServerFormatter(LogFormatter):
    """Adds the command that shows more, where a record names one.

    The record's attributes ``command`` (a list of arguments) and ``world`` say which.
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
