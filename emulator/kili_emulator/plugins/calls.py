"""The interface between the plugin host and an isolation: calls, results and loaded versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kili_emulator.domain.documents import Outcome, WebhookDelivery
from kili_emulator.observe.faults import MetFault
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.logs import RunLog
from kili_emulator.rules import handlers


@dataclass(frozen=True)
class Call:
    """One call of a handler.

    Attributes:
        run_id: the run that makes the call.
        plugin_name: the plugin's name, also the name of its logger.
        event: the subject of the event.
        handler: the handler type: see :mod:`kili_emulator.rules.handlers`.
        payload: the arguments of the method, by name.
        project_id: the project of the event.
        key: the API key of the run's client, valid while the run lasts.
        seed: seeds ``random`` and ``numpy.random`` for the time of the call.
        seconds: the time limit.
        fault: what happens to the delivery to a webhook, other than usual.
    """

    run_id: str
    plugin_name: str
    event: str
    handler: str
    payload: dict[str, Any]
    project_id: str
    key: str
    seed: int | None
    seconds: float
    fault: MetFault | None = None

    @property
    def method(self) -> str:
        """The name of the method of ``PluginHandler`` to call."""
        return handlers.method_of(self.handler)


@dataclass(frozen=True)
class Result:
    """The result of a call.

    Attributes:
        error: the error text, if the call failed.
        headline: the error in one line, if code of the plugin raised it.
        duration_ms: the duration in milliseconds.
        delivery: the delivery to a webhook; ``None`` for a plugin with code.
        memory_mb: the peak memory in MB; only a process of the plugin's own can measure it.
    """

    outcome: Outcome
    error: str | None
    duration_ms: float
    delivery: WebhookDelivery | None = None
    memory_mb: float | None = None
    headline: str | None = None


class LoadedVersion(Protocol):
    """A version of a plugin that is ready to be called."""

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        """Call a handler. No error of the plugin's code is raised here.

        Args:
            log: records the lines that the plugin prints and logs.
            tick: called ten times a second during the call; an exception from it ends the call.
        """

    def close(self) -> None:
        """Release the version; nothing calls it afterwards."""


class Isolation(Protocol):
    """The place where the code of plugins runs: threads of this process, or other processes."""

    def prepare(self) -> None:
        """Start preparations that the first plugin would wait for.

        Called once the address of the server is known.
        """

    def load(
        self, name: str, location: CodeLocation, seconds: float, packages: Path | None = None
    ) -> LoadedVersion:
        """Import an unpacked version.

        Args:
            name: a unique name; no version of any world had it before.
            location: where the files of the version are.
            seconds: the time limit of the import.
            packages: a folder of packages for this version, searched before those of the
                interpreter; given only if each version has a process of its own.

        Raises:
            BuildError: importing fails or takes too long, or there is no ``PluginHandler``.
        """

    def close(self) -> None:
        """End everything that belongs to loaded versions."""
