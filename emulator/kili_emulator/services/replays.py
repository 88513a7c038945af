"""Repeat a recorded run in a copy of its world, and pack it into a bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kili_emulator.config import Settings
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.replays.bundle_content import BundleOptions, make_entries
from kili_emulator.replays.bundle_file import pack_entries
from kili_emulator.replays.capsule import Capsule, CapsuleSettings, take_capsule
from kili_emulator.replays.comparison import ReplayView
from kili_emulator.replays.plugin_code import PluginCode
from kili_emulator.replays.redaction import secrets_of
from kili_emulator.services.session import WorldSession

# Repeats a run, with other code if there is some, as often as the number says.
RepeatRun = Callable[[Capsule, PluginCode | None, int], ReplayView]


class ReplayOptions(NamedTuple):
    """How to repeat a run.

    Attributes:
        code: edited code of the plugin; ``None`` for the code that the run called.
        times: the number of repetitions, at least 1.
    """

    code: PluginCode | None = None
    times: int = 1


def replay_run(
    session: WorldSession, run_id: str, options: ReplayOptions, repeat: RepeatRun
) -> ReplayView:
    """Repeat a run, and compare it with its record; the world does not change.

    Args:
        repeat: repeats the run in an emulator of its own.

    Raises:
        KiliError: the run is unknown or cannot be repeated, or the code has an error.
    """
    capsule = take_capsule(session.world, run_id)
    return repeat(capsule, options.code, options.times)


def bundle_run(
    session: WorldSession, run_id: str, settings: Settings, *, whole_world: bool = False
) -> bytes:
    """Return the bundle of a run, a zip archive without keys; the world does not change.

    Args:
        settings: the settings of the emulator.
        whole_world: pack all projects, instead of those that the run could see and named.

    Raises:
        KiliError: the run is unknown or cannot be repeated.
    """
    capsule = take_capsule(session.world, run_id)
    options = BundleOptions(
        _capsule_settings(settings),
        Environment.of_interpreter(settings.plugin_python),
        secrets_of(session.world.view, capsule.state.view),
        whole_world,
    )
    return pack_entries(make_entries(capsule, options))


def _capsule_settings(settings: Settings) -> CapsuleSettings:
    return {
        "workflow": settings.workflow,
        "dispatch": settings.dispatch,
        "sync_wait": settings.sync_wait,
        "plugin_policy": settings.plugin_policy,
        "plugin_timeout": settings.plugin_timeout,
        "plugin_isolation": settings.plugin_isolation,
        "plugin_memory": settings.plugin_memory,
    }
