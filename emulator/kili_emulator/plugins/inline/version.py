"""A version that is imported into this process."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from typing import NamedTuple

from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.guest import progress_bars
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import loading, run_effects, runner, sandbox
from kili_emulator.plugins.inline.inline_tools import InlineTools
from kili_emulator.plugins.inline.runner import ImportedCode
from kili_emulator.plugins.logs import RunLog


class InlineVersion(NamedTuple):
    """A version in this process.

    Attributes:
        name: the name of its package in :data:`sys.modules`.
        tools: what it has in common with other versions.
    """

    name: str
    code: ImportedCode
    tools: InlineTools

    def call(self, call: Call, log: RunLog, tick: Callable[[], None]) -> Result:
        return runner.run(self.code, call, log, tools=self.tools, tick=tick)

    def close(self) -> None:
        sandbox.drop_modules(self.name)


def import_version(
    name: str,
    location: CodeLocation,
    seconds: float,
    tools: InlineTools,
) -> InlineVersion:
    """Import an unpacked version.

    Args:
        name: the name of its package in :data:`sys.modules`.
        location: where its files are.
        seconds: the time limit of the import.
        tools: what the version has in common with others.

    Raises:
        BuildError: importing fails or takes too long, or there is no ``PluginHandler``.
    """
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
    code = ImportedCode(handler, location, effects.changes)
    return InlineVersion(name, code, tools)
