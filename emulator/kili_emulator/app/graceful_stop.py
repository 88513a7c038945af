"""The end of a server: wait for running requests and handlers, for a limited time."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from kili_emulator import clock, messages
from kili_emulator.http.server import HttpServer
from kili_emulator.http.stop_gate import StopGate
from kili_emulator.plugins.dispatch.host import PluginHost
from kili_emulator.printable import one_line, shorten

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.02
# Work that ends in so many seconds is not worth a line in the log.
_SILENT_SECONDS = 0.3


@dataclass(frozen=True)
class GracefulStop:
    """The stop of one emulator, which remains usable by its running plugins until the end."""

    server: HttpServer
    gate: StopGate
    host: PluginHost

    def wait(self, seconds: float) -> None:
        """Begin nothing new, and wait until all running requests and handlers have ended.

        The log says what the stop waits for, and what has not ended in time.

        Args:
            seconds: how long to wait, at most.

        Raises:
            KeyboardInterrupt: the user does not want to wait.
        """
        self.gate.close()
        self.host.begin_nothing()
        if self._wait_until_idle(min(seconds, _SILENT_SECONDS)):
            return
        if seconds > _SILENT_SECONDS:
            text = messages.STOP_WAITS.format(seconds=seconds, work=self._describe_work())
            logger.info(text)
            if self._wait_until_idle(seconds - _SILENT_SECONDS):
                return
        logger.warning(messages.STOP_INTERRUPTS.format(work=self._describe_work()))

    def _wait_until_idle(self, seconds: float) -> bool:
        """Return whether all work ended in time."""
        end = clock.monotonic() + seconds
        pause = threading.Event()
        while self.server.count_running_requests() or self.host.count_jobs().running:
            if clock.monotonic() >= end:
                return False
            pause.wait(_POLL_SECONDS)
        return True

    def _describe_work(self) -> str:
        """Return what is running, such as ``2 requests, 1 handler of 'Judge'``."""
        requests = self.server.count_running_requests()
        parts = [f"{requests} request{'s' * (requests > 1)}"] if requests else []
        for name, count in sorted(self.host.running_plugins().items()):
            plugin = shorten(one_line(repr(name)))
            parts.append(f"{count} handler{'s' * (count > 1)} of {plugin}")
        return ", ".join(parts) or "a build of a plugin"
