"""Runs plugins in threads of this process, where a debugger reaches them."""

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
    """Keeps plugins apart, and no more than that.

    Args:
        make_client: makes an SDK client from a run's key.
        megabytes: how much memory a plugin may take; it is only told when it takes more.
    """

    def __init__(self, make_client: MakeClient, megabytes: int) -> None:
        self.make_client = make_client
        self.megabytes = megabytes

    def prepare(self) -> None:
        """Nothing: the SDK is imported once a plugin is."""

    def load(
        self, name: str, location: CodeLocation, seconds: float, packages: Path | None = None
    ) -> LoadedVersion:
        """Import an unpacked version into this process."""
        assert packages is None, "all versions have the packages of this process"
        with contextlib.suppress(Exception):  # a run says what is wrong
            importlib.import_module("kili.client")  # loaded, it is watched
        progress_bars.hide_bars(lambda: run_effects.current.get() is not None)
        with run_effects.record_effects(location) as effects:
            try:
                handler = loading.load(name, location, seconds, effects.attach_current_thread)
            except BuildError:
                sandbox.drop_modules(name)
                raise
        return _Inline(self, name, ImportedCode(handler, location, effects.changes))

    def close(self) -> None:
        """Nothing: a thread that was left behind cannot be ended."""


class _Inline:
    """A version."""

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
