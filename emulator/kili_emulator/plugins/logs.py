"""The log of a run: the lines that its plugin prints and logs (contract/plugin.md#logs).

``print`` inside a plugin and the plugin's own logger both write here, from any thread of the
plugin. Printed text is split into lines, a traceback stays one entry, and entries keep the order
in which they were written.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextvars import ContextVar

from kili_emulator import clock, messages
from kili_emulator.clock import Clock
from kili_emulator.domain.documents import LogType
from kili_emulator.plugins.guest.log_records import format_record, log_type
from kili_emulator.plugins.guest.tracebacks import CodeLocation

# Failed builds and runs are records of this logger, for those who watch one.
FAILURES = logging.getLogger("kili_emulator.plugins")

MAX_CHARACTERS = 1_000_000
_LINE_COST = 20  # each line counts as at least 20 characters, so that empty lines are limited too

Line = tuple[LogType, str, str]

current: ContextVar[RunLog | None] = ContextVar("kili_plugin_run_log", default=None)


class RunLog:
    """The lines of one run that are not stored yet.

    If the clock of the world steps, all lines have the time at which the log began: only then is
    their time independent of when they reach the emulator.

    Args:
        records_print: whether printed text becomes lines; on premise it does not
            (contract/plugin.md#logs).

    Attributes:
        dropped: the number of printed lines that were not recorded.
    """

    def __init__(self, world_clock: Clock, *, records_print: bool = True) -> None:
        self._clock = world_clock
        is_stepping = world_clock.state.mode == "stepping"
        self._fixed_time = clock.format_time(world_clock.now()) if is_stepping else None
        self._records_print = records_print
        self.dropped = 0
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._partial: list[str] = []
        self._partial_length = 0
        self._remaining = MAX_CHARACTERS
        self._closed = False

    def write(self, text: str) -> None:
        """Record printed text; a line is complete at its newline."""
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
        """Record one entry unchanged, newlines included.

        Returns:
            whether the log is still open; a closed log drops the entry.
        """
        with self._lock:
            self._append(log_type, content)
            return not self._closed

    def add_emulator_line(self, log_type: LogType, content: str) -> None:
        """Record a line of the emulator about the run, even if the run's own output is cut off."""
        with self._lock:
            if any(self._partial):
                self._complete_line()
            self._lines.append((log_type, content[:MAX_CHARACTERS], self._now()))

    def add_end(self, warnings: Iterable[str], error: str | None) -> None:
        """Record the warnings about a run that has ended, and the error that ended it."""
        for warning in warnings:
            self.add_emulator_line("warning", warning)
        if error:
            self.add_emulator_line("error", error)

    def take(self) -> list[Line]:
        """Return the complete lines since the last call, and forget them."""
        with self._lock:
            lines, self._lines = self._lines, []
            return lines

    def close(self) -> list[Line]:
        """Close the log: return its last lines, an unfinished one included; drop later output."""
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
        now = self._now()
        accepted = content[: self._remaining]
        self._remaining -= max(len(content), _LINE_COST)
        if accepted or not content:
            self._lines.append((log_type, accepted, now))
        if self._remaining < 0:
            truncated = messages.RUN_TRUNCATED.format(limit=MAX_CHARACTERS)
            self._lines.append(("warning", truncated, now))

    def _now(self) -> str:
        return self._fixed_time or clock.format_time(self._clock.now())


class _LogHandler(logging.Handler):
    """The handler of a run's logger: adds records to the log of the run."""

    def __init__(self, log: RunLog, location: CodeLocation) -> None:
        super().__init__()
        self._log = log
        self._location = location

    def emit(self, record: logging.LogRecord) -> None:
        self._log.add_entry(log_type(record.levelno), format_record(record, self._location))


def make_run_logger(log: RunLog, plugin_name: str, location: CodeLocation) -> logging.Logger:
    """Make the logger of one run, which the plugin gets as ``self.logger``.

    Args:
        location: where the files of the plugin are.
    """
    logger = logging.Logger(plugin_name, logging.DEBUG)
    logger.addHandler(_LogHandler(log, location))
    return logger
