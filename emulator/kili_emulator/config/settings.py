"""The table of settings: the only place that defines them.

Each field of :class:`Settings` is a row with a type annotation, a default and
:class:`SettingDetails`. Command line options, environment variables, keys of ``pyproject.toml``,
arguments of ``Emulator()`` and ``docs/settings.md`` are derived from these rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TypedDict

from kili_emulator.config.addresses import LOOPBACK
from kili_emulator.config.setting import (
    DETAILS_KEY,
    Range,
    Setting,
    SettingDetails,
    SettingsError,
    setting,
)

# The limits of a run on the platform (contract/plugin.md#limits).
PLATFORM_RUN_SECONDS = 60
PLATFORM_RUN_MEGABYTES = 512

_MAX_VALUE = 1_000_000
_MAX_KEPT = 100_000
_SECONDS = Range(0, _MAX_VALUE, f"0 or more seconds, at most {_MAX_VALUE}")
_POSITIVE_SECONDS = Range(math.ulp(0.0), _MAX_VALUE, f"more than 0 seconds, at most {_MAX_VALUE}")


@dataclass(frozen=True)
class Settings:
    """The settings of one emulator. The help text of a field describes the setting."""

    host: str = setting("127.0.0.1", SettingDetails("Address to listen on.", is_server_only=True))
    port: int = setting(
        5454,
        SettingDetails(
            "Port to listen on; 0 selects a free port.",
            range=Range(0, 65535, "0 to 65535"),
            is_server_only=True,
        ),
    )
    data_dir: Path = setting(
        Path(".kili-emulator"),
        SettingDetails(
            "Folder for the emulator's data.",
            "A relative path is relative to the current folder.",
            is_folder=True,
            is_server_only=True,
        ),
    )
    ephemeral: bool = setting(
        False,
        SettingDetails(
            "Keep all data in memory.", "The data folder is not used.", is_server_only=True
        ),
    )
    scenario: str = setting(
        "default",
        SettingDetails(
            "Initial content of a new world: the name of a scenario, or a file.",
            "The names are `default` and `empty`. [Scenarios](how-to/scenarios.md) describes the "
            "format of a file.",
        ),
    )
    seed: int | None = setting(
        None,
        SettingDetails(
            "Seed of random numbers, ids and times, which makes them repeatable.",
            "[Repeat a world](how-to/repeat-a-world.md) describes what repeats.",
        ),
    )
    start_time: str = setting(
        "auto",
        SettingDetails(
            "Time at which a new world starts: an ISO 8601 time, now or auto.",
            "`auto` is the time of the system, or with a seed `2026-01-05T09:00:00Z`. From a given "
            "time, the clock of a world runs on; with a seed, it moves by a millisecond for each "
            "change. With `now`, the clock shows the time of the system, also with a seed. A time "
            "without a zone is in UTC. See [Control the time](how-to/control-the-time.md).",
            metavar="TIME",
        ),
    )
    workflow: str = setting(
        "auto",
        SettingDetails(
            "Workflow of new projects; auto selects it by the version of the client.",
            choices=("auto", "V1", "V2", "V3"),
        ),
    )
    sync_wait: float = setting(
        30.0,
        SettingDetails(
            "Maximum time in seconds for which an answer waits for plugin runs.",
            "An answer waits for all runs that its request causes, directly or through other runs. "
            "The setting has no effect if `dispatch` is `async`.",
            range=_SECONDS,
        ),
    )
    dispatch: str = setting(
        "sync",
        SettingDetails(
            "Let an answer wait for the plugin runs of its request (sync), or not (async).",
            "The platform does not wait (`async`).",
            choices=("sync", "async"),
        ),
    )
    plugin_latency: float = setting(
        0.0,
        SettingDetails(
            "Delay in seconds between an event and its plugin runs; 1 to 2 on the platform.",
            "The seconds are those of the world's clock.",
            range=_SECONDS,
        ),
    )
    plugin_policy: str = setting(
        "saas",
        SettingDetails(
            "Platform that the plugins are written for; it decides which packages they can import.",
            "`saas` is Kili's cloud, `on-premise` an installation of your own, `tutorial` the "
            "platform of the plugin tutorial. The policy also decides whether the logs have what "
            "a plugin prints. See [Packages of plugins](how-to/packages-of-plugins.md).",
            choices=("saas", "on-premise", "tutorial"),
        ),
    )
    install_requirements: bool = setting(
        False,
        SettingDetails(
            "Install the requirements.txt of each plugin version; needs process isolation.",
            needs_process_isolation=True,
        ),
    )
    deploy_seconds: float = setting(
        0.0,
        SettingDetails(
            "Delay in seconds before an uploaded plugin is built; minutes on the platform.",
            range=_SECONDS,
        ),
    )
    plugin_timeout: float = setting(
        float(PLATFORM_RUN_SECONDS),
        SettingDetails(
            "Maximum time of a handler call in seconds.",
            "The emulator then stops the handler.",
            range=_POSITIVE_SECONDS,
        ),
    )
    plugin_isolation: str = setting(
        "inline",
        SettingDetails(
            "Run plugins in the emulator's process (inline), or in separate processes (process).",
            choices=("inline", "process"),
        ),
    )
    plugin_memory: int = setting(
        PLATFORM_RUN_MEGABYTES,
        SettingDetails(
            "Maximum memory of a plugin in MB; enforced in process isolation only.",
            "In process isolation, the emulator stops a plugin that uses more memory. Inline, the "
            "emulator adds a line to the plugin's log.",
            range=Range(64, _MAX_VALUE, f"64 to {_MAX_VALUE} MB"),
            metavar="MB",
        ),
    )
    plugin_idle_workers: int = setting(
        16,
        SettingDetails(
            "Maximum number of idle processes of plugins, in process isolation.",
            "Each version of a plugin keeps its process for the next call. Beyond the maximum, the "
            "emulator ends the process that was used least recently; the next call of its version "
            "then starts a new one.",
            range=Range(0, _MAX_VALUE, f"0 to {_MAX_VALUE}"),
            metavar="NUMBER",
        ),
    )
    plugin_python: Path | None = setting(
        None,
        SettingDetails(
            "Python interpreter for plugins, with its own SDK; needs process isolation.",
            metavar="PATH",
            needs_process_isolation=True,
        ),
    )
    replayable_runs: int = setting(
        1000,
        SettingDetails(
            "Number of the latest runs of a world that can be replayed.",
            "The emulator keeps the state before each of them, as the differences to the present. "
            "An older run cannot be replayed, nor can a reset return to the moment before it.",
            range=Range(0, _MAX_VALUE, f"0 to {_MAX_VALUE}"),
            metavar="NUMBER",
        ),
    )
    allow_host: tuple[str, ...] = setting(
        (),
        SettingDetails(
            "Additional host name under which clients reach the server.",
            "The option can be repeated. In the environment variable, commas separate the names.",
        ),
    )
    public_keys: bool = setting(
        False,
        SettingDetails("Use the documented API keys even if other machines can reach the server."),
    )
    log_level: str = setting(
        "info",
        SettingDetails(
            "Least level of the log lines to print; debug adds a line for each request.",
            "A line has the id of the request that it is about. The answer has the same id in the "
            "header `X-Request-Id`; a client may choose the id by sending this header. "
            "`Emulator()` leaves the log to the module `logging` of its process.",
            choices=("debug", "info", "warning", "error"),
            is_server_only=True,
        ),
    )
    log_format: str = setting(
        "text",
        SettingDetails(
            "Format of the log lines: text, or a JSON object per line.",
            "The members of an object are `time`, `level`, `logger` and `message`, and if known "
            "`request`, `world`, `more` (the command that shows more) and `exception`.",
            choices=("text", "json"),
            is_server_only=True,
        ),
    )
    stop_wait: float = setting(
        5.0,
        SettingDetails(
            "Maximum time in seconds for which a stop waits for running requests and handlers.",
            "A second Ctrl-C ends the wait. `Emulator()` does not wait.",
            range=_SECONDS,
            is_server_only=True,
        ),
    )
    kept_requests: int = setting(
        1000,
        SettingDetails(
            "Maximum number of API requests that each world keeps in memory.",
            "`kili-emulator calls`, `emulator.calls()` and the timeline show them. Their contents "
            "take at most 4 MB in each world: beyond it, the oldest requests are dropped.",
            range=Range(0, _MAX_KEPT, f"0 to {_MAX_KEPT}"),
            metavar="NUMBER",
        ),
    )
    request_log: Path | None = setting(
        None,
        SettingDetails(
            "Append a line of JSON (user, SDK, operations) to this file for each GraphQL request.",
            metavar="FILE",
        ),
    )

    def __post_init__(self) -> None:
        for name in ("data_dir", "plugin_python", "request_log"):
            path = getattr(self, name)
            if path is not None:  # make the path absolute: a plugin may change the current folder
                object.__setattr__(self, name, Path(path).absolute())
        for name, row in settings_table().items():
            value, choices = getattr(self, name), row.details.choices
            if choices and value not in choices:
                raise SettingsError(f"{name} must be one of {', '.join(choices)}")
            if value and row.details.needs_process_isolation and self.plugin_isolation != "process":
                raise SettingsError(
                    f"{name} needs process isolation: give --plugin-isolation process, too"
                )

    @property
    def folder(self) -> Path | None:
        """The data folder, or ``None`` if the emulator keeps all data in memory."""
        return None if self.ephemeral else self.data_dir

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK


class SettingArguments(TypedDict, total=False):
    """The settings that ``Emulator()`` takes as keyword arguments, for type checkers.

    The members repeat the fields of :class:`Settings`, except ``scenario`` and ``seed``, which
    ``Emulator()`` declares as parameters.
    """

    host: str
    port: int
    data_dir: str | PathLike[str]
    ephemeral: bool
    start_time: str
    workflow: str
    sync_wait: float
    dispatch: str
    plugin_latency: float
    plugin_policy: str
    install_requirements: bool
    deploy_seconds: float
    plugin_timeout: float
    plugin_isolation: str
    plugin_memory: int
    plugin_idle_workers: int
    plugin_python: str | PathLike[str] | None
    replayable_runs: int
    allow_host: str | Sequence[str]
    public_keys: bool
    log_level: str
    log_format: str
    stop_wait: float
    kept_requests: int
    request_log: str | PathLike[str] | None


@cache
def settings_table() -> dict[str, Setting]:
    """Return all settings by name, in the order of the command line help."""
    return {
        each.name: Setting(each.name, str(each.type), each.default, each.metadata[DETAILS_KEY])
        for each in fields(Settings)
    }
