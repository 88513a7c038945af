"""What is handed to whatever runs a plugin's code, and what comes back from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kili_emulator.domain.documents import Outcome
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.logs import RunLog
from kili_emulator.rules import handlers


@dataclass(frozen=True)
class Call:
    """One call of a handler to be made.

    Attributes:
        run_id: the run it is made for.
        plugin_name: names the plugin's logger.
        event: the subject of what happened.
        handler: the handler type: see :mod:`kili_emulator.rules.handlers`.
        payload: the method's arguments, by name.
        project_id: where the event happened.
        key: the API key that the run's client uses, good for so long as the run.
        seed: seeds ``random`` and ``numpy.random`` for the time of the call.
        seconds: the limit.
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

    @property
    def method(self) -> str:
        """The method of ``PluginHandler`` to call."""
        return handlers.method_of(self.handler)


@dataclass(frozen=True)
class Result:
    """How a call went.

    Attributes:
        error: what went wrong, if anything did.
        headline: the same in one line, where code of a plugin raised it.
        duration_ms: how long it took.
        delivery: of a webhook, the ``request`` that was sent and the ``answer`` that came, if any.
        memory_mb: the most that it held of memory, where a process of its own was there to tell.
    """

    outcome: Outcome
    error: str | None
    duration_ms: float
    delivery: dict[str, Any] | None = None
    memory_mb: float | None = None
    headline: str | None = None


class LoadedVersion(Protocol):
    """A version of a plugin that is ready to be called."""

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        """Make a call; whatever the plugin does ends here.

        Args:
            log: takes what the plugin prints and logs.
            tick: to be called ten times a second meanwhile; what it raises ends the call.
        """

    def close(self) -> None:
        """Forget the version; nothing calls it any more."""


class Isolation(Protocol):
    """Where the code of plugins runs."""

    def prepare(self) -> None:
        """Make ready what the first plugin would wait for; the address of the server is known."""

    def load(
        self, name: str, location: CodeLocation, seconds: float, packages: Path | None = None
    ) -> LoadedVersion:
        """Import an unpacked version.

        Args:
            name: no other version, of any world, has had it.
            location: where its files are.
            seconds: how long importing may take.
            packages: a folder of packages of its own, which come before those of the interpreter;
                only where each version has a process of its own.

        Raises:
            BuildError: importing fails or takes too long, or there is no ``PluginHandler``.
        """

    def close(self) -> None:
        """End whatever is left of what was loaded."""
