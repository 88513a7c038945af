"""Repeat runs: each repetition has an emulator of its own, which ends with it.

The emulator whose world had the run is not touched: the calls of the repeated run go to the copy
of the world, over HTTP like those of the run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from kili_emulator.app.direct_connections import direct_connections
from kili_emulator.app.platform import Platform
from kili_emulator.config import Settings
from kili_emulator.domain.run_view import RunDetails, run_details
from kili_emulator.plugins.calls import Call
from kili_emulator.plugins.debugging.replay_debugger import DebugCall
from kili_emulator.plugins.inline.inline_tools import CallMethod
from kili_emulator.replays.bundle_reading import read_bundle
from kili_emulator.replays.capsule import Capsule, CapsuleSettings
from kili_emulator.replays.comparison import ReplayView, compare_runs
from kili_emulator.replays.plugin_code import PluginCode, find_code, read_code, with_code

# Longer than anybody debugs.
_DEBUGGING_SECONDS = 1_000_000.0


def repeat_run(
    capsule: Capsule,
    settings: Settings,
    code: PluginCode | None = None,
    times: int = 1,
    debug_call: DebugCall | None = None,
) -> ReplayView:
    """Repeat a run, and compare the repetitions with its record.

    Args:
        settings: the settings of the emulator that recorded the run.
        code: edited code of the plugin; ``None`` for the code that the run called.
        times: the number of repetitions.
        debug_call: calls the handler under a debugger, in this process and without a time limit.
    """
    chosen = with_code(capsule, code)
    own_settings = _replay_settings(settings, is_debugging=debug_call is not None)
    repeated = [_repeat(chosen, own_settings, debug_call) for _ in range(times)]
    return compare_runs(capsule.record, repeated, capsule.notes)


def replay_bundle(
    path: str | PathLike[str],
    *,
    plugin: str | PathLike[str] | None = None,
    times: int = 1,
    isolation: str | None = None,
    source: str | PathLike[str] | None = None,
    debug_call: DebugCall | None = None,
) -> ReplayView:
    """Repeat the run of a bundle, without a server: this executes the code in the bundle.

    Args:
        path: the file of the bundle.
        plugin: the folder or ``.py`` file of edited code; ``None`` for the code in the bundle.
        times: how often to repeat the run.
        isolation: where the plugin runs, ``inline`` or ``process``; as recorded by default.
        source: the folder or file from which the code was read: a debugger shows these files, if
            they still have the code.
        debug_call: calls the handler under a debugger, in this process.

    Returns:
        the repetitions, compared with the record of the run.

    Raises:
        KiliError: the file is no bundle, or is damaged, or there is no plugin at the path.
        SettingsError: a setting of the bundle is not valid.
    """
    bundle = read_bundle(Path(path))
    recorded: Mapping[str, Any] = bundle.manifest["settings"]
    known = {each: recorded[each] for each in CapsuleSettings.__annotations__}
    if isolation:
        known["plugin_isolation"] = isolation
    code = None if plugin is None else read_code(Path(plugin))
    if code is None and source is not None:
        code = find_code(bundle.capsule, Path(source))
    return repeat_run(bundle.capsule, Settings(**known), code, times, debug_call)


def _repeat(capsule: Capsule, settings: Settings, debug_call: DebugCall | None) -> RunDetails:
    call_method = debug_call and _only_in_run(capsule.run_id, debug_call)
    platform = Platform(settings, call_method=call_method)
    try:
        with direct_connections(platform.url):
            copy = capsule.make_copy()
            platform.server.start()
            platform.open_copy(copy)
            platform.host.repeat(copy, capsule.run_id, capsule.state.waiting)
            return run_details(copy.view, capsule.run_id)
    finally:
        platform.close()


def _only_in_run(run_id: str, debug_call: DebugCall) -> CallMethod:
    """Return a function that calls the runs which the repeated run causes without a debugger."""

    def call_method(call: Call, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if call.run_id == run_id:
            return debug_call(f"plugin {call.plugin_name!r}, run {run_id}", method, arguments)
        return method(**arguments)

    return call_method


def _replay_settings(settings: Settings, *, is_debugging: bool) -> Settings:
    """Return the settings of the emulator in which a run is repeated."""
    own_settings = dataclasses.replace(
        settings, host="127.0.0.1", port=0, ephemeral=True, request_log=None, plugin_latency=0.0
    )
    if not is_debugging:
        return own_settings
    return dataclasses.replace(
        own_settings,
        plugin_isolation="inline",
        plugin_python=None,
        install_requirements=False,
        plugin_timeout=_DEBUGGING_SECONDS,
    )
