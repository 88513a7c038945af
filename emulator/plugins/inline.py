"""Runs plugins in threads of this process, where a debugger reaches them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from emulator.plugins import builder, runner, sandbox
from emulator.plugins.calls import Call, Loaded, Result
from emulator.plugins.logs import RunLog
from emulator.plugins.tracebacks import Place

MakeClient = Callable[[str], Any]


class InlineIsolation:
    """Keeps plugins apart, and no more than that.

    Args:
        make_client: makes an SDK client from a run's key.
    """

    def __init__(self, make_client: MakeClient) -> None:
        self._make_client = make_client

    def prepare(self) -> None:
        """Nothing: the SDK is imported once a plugin is."""

    def load(self, name: str, place: Place, seconds: float, packages: Path | None = None) -> Loaded:
        """Import an unpacked version into this process."""
        assert packages is None, "all versions have the packages of this process"
        try:
            handler = builder.load(name, place, seconds)
        except builder.BuildError:
            sandbox.forget(name)
            raise
        return _Inline(name, handler, place, self._make_client)

    def close(self) -> None:
        """Nothing: a thread that was left behind cannot be ended."""


class _Inline:
    def __init__(self, name: str, handler: type, place: Place, make_client: MakeClient) -> None:
        self._name = name
        self._place = place
        self._handler = handler
        self._make_client = make_client

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        return runner.run(
            self._handler,
            call,
            log,
            self._place,
            make_client=lambda: self._make_client(call.key),
            tick=tick,
        )

    def close(self) -> None:
        sandbox.forget(self._name)
