"""The inline isolation: plugins run in threads of this process, where a debugger can attach."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.calls import Call, LoadedVersion, Result
from kili_emulator.plugins.guest import progress_bars
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import loading, run_effects, runner, sandbox
from kili_emulator.plugins.inline.runner import ImportedCode
from kili_emulator.plugins.logs import RunLog

MakeClient = Callable[[str], Any]


class InlineIsolation:
    """An isolation that keeps plugins apart from each other, but does not confine them.

    Args:
        make_client: makes an SDK client from a run's key.
        megabytes: the memory that a plugin may take; a run that takes more only gets a warning.
    """

    def __init__(self, make_client: MakeClient, megabytes: int) -> None:
        self.make_client = make_client
        self.megabytes = megabytes

    def prepare(self) -> None:
        """Do nothing: the SDK is imported with the first plugin."""

    def load(
        self, name: str, location: CodeLocation, seconds: float, packages: Path | None = None
    ) -> LoadedVersion:
        """Import an unpacked version into this process."""
        assert packages is None, "all versions have the packages of this process"
        # Only loaded modules are in the snapshots. If the import fails, the runs report it.
        with contextlib.suppress(Exception):
            importlib.import_module("kili.client")
        progress_bars.hide_bars(lambda: run_effects.current.get() is not None)
        with run_effects.record_effects(location) as effects:
            try:
                handler = loading.load(name, location, seconds, effects.attach_current_thread)
            except BuildError:
                sandbox.drop_modules(name)
                raise
        return _InlineVersion(self, name, ImportedCode(handler, location, effects.changes))

    def close(self) -> None:
        """Do nothing: abandoned threads cannot be ended."""


class _InlineVersion:
    """A version that is imported into this process."""

    def __init__(self, isolation: InlineIsolation, name: str, code: ImportedCode) -> None:
        self._isolation = isolation
        self._name = name
        self._code = code

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        return runner.run(
            self._code,
            call,
            log,
            make_client=lambda: self._isolation.make_client(call.key),
            tick=tick,
            megabytes=self._isolation.megabytes,
        )

    def close(self) -> None:
        sandbox.drop_modules(self._name)
