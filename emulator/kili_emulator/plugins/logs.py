"""What a run prints and logs (contract/plugin.md#logs).

``print`` inside a plugin and the plugin's own logger both write here, from whichever thread the
plugin uses. Text is cut into lines, a traceback stays one entry, and order is that of emission.
"""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar

from kili_emulator import clock, messages
from kili_emulator.clock import Clock
from kili_emulator.domain.documents import LogType
from kili_emulator.plugins.guest.log_records import format_record
from kili_emulator.plugins.guest.tracebacks import CodeLocation

MAX_CHARACTERS = 1_000_000
_LINE_COST = 20  # what a line takes of these at least, so that empty ones end, too

Line = tuple[LogType, str, str]

_TYPES: dict[int, LogType] = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warning",
    logging.ERROR: "error",
    logging.CRITICAL: "error",
}

current: ContextVar[RunLog | None] = ContextVar("kili_plugin_run_log", default=None)


class RunLog:
    """Collects the lines of one run until they are taken to be stored.

    Args:
        records_print: whether printed text becomes lines; on premise it does not
            (contract/plugin.md#logs).

    Attributes:
        dropped: how many printed lines were not taken.
    """

    def __init__(self, world_clock: Clock, *, records_print: bool = True) -> None:
        self._clock = world_clock
        self._records_print = records_print
        self.dropped = 0
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._partial: list[str] = []
        self._partial_length = 0
        self._remaining = MAX_CHARACTERS
        self._closed = False

    def write(self, text: str) -> None:
        """Take printed text; a line is complete at its newline."""
        with self._lock:
            if self._closed or self._remaining < 0:
                return
            if not self._records_print:
                self.dropped += text.count("\n")
                return
            first, *more = text.split("\n")
            self._continue_line(first)
            for start in more:
                self._complete_line()
                self._continue_line(start)
            if self._partial_length > self._remaining:
                self._complete_line()

    def add_entry(self, log_type: LogType, content: str) -> bool:
        """Take one entry as it is, newlines included; whether the run is still there to take it."""
        with self._lock:
            self._append(log_type, content)
            return not self._closed

    def add_emulator_line(self, log_type: LogType, content: str) -> None:
        """Take what the emulator says of the run, however much that has said itself."""
        with self._lock:
            if any(self._partial):
                self._complete_line()
            now = clock.format_time(self._clock.now())
            self._lines.append((log_type, content[:MAX_CHARACTERS], now))

    def take(self) -> list[Line]:
        """The lines since the last call."""
        with self._lock:
            lines, self._lines = self._lines, []
            return lines

    def close(self) -> list[Line]:
        """The rest, an unfinished line included; later output belongs to no run."""
        with self._lock:
            if any(self._partial):
                self._complete_line()
            self._closed = True
        return self.take()

    def _continue_line(self, text: str) -> None:
        self._partial.append(text)
        self._partial_length += len(text)

    def _complete_line(self) -> None:
        self._append("info", "".join(self._partial))
        self._partial.clear()
        self._partial_length = 0

    def _append(self, log_type: LogType, content: str) -> None:
        if self._closed or self._remaining < 0:
            return
        now = clock.format_time(self._clock.now())
        accepted = content[: self._remaining]
        self._remaining -= max(len(content), _LINE_COST)
        if accepted or not content:
            self._lines.append((log_type, accepted, now))
        if self._remaining < 0:
            truncated = messages.RUN_TRUNCATED.format(limit=MAX_CHARACTERS)
            self._lines.append(("warning", truncated, now))


class _LogHandler(logging.Handler):
    def __init__(self, log: RunLog, location: CodeLocation) -> None:
        super().__init__()
        self._log = log
        self._location = location

    def emit(self, record: logging.LogRecord) -> None:
        known_level = max(
            (level for level in _TYPES if level <= record.levelno), default=logging.DEBUG
        )
        self._log.add_entry(_TYPES[known_level], format_record(record, self._location))


def make_run_logger(log: RunLog, plugin_name: str, location: CodeLocation) -> logging.Logger:
    """A logger of this run alone, which plugins get as ``self.logger``.

    Args:
        location: where the files of the plugin are.
    """
    logger = logging.Logger(plugin_name, logging.DEBUG)
    logger.addHandler(_LogHandler(log, location))
    return logger
