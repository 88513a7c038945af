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

_MAX_VALUE = 1_000_000
_SECONDS = Range(0, _MAX_VALUE, f"0 or more seconds, at most {_MAX_VALUE}")
_POSITIVE_SECONDS = Range(math.ulp(0.0), _MAX_VALUE, f"more than 0 seconds, at most {_MAX_VALUE}")


@dataclass(frozen=True)
class Settings:
    """The settings of one emulator; the help text of each field explains the setting."""

    host: str = setting("127.0.0.1", SettingDetails("Address to listen on.", is_server_only=True))
    port: int = setting(
        5454,
        SettingDetails(
            "Port to listen on; 0 takes any free one.",
            range=Range(0, 65535, "0 to 65535"),
            is_server_only=True,
        ),
    )
    data_dir: Path = setting(
        Path(".kili-emulator"),
        SettingDetails(
            "Folder of the emulator's data.",
            "A relative path starts from the current folder.",
            is_folder=True,
            is_server_only=True,
        ),
    )
    ephemeral: bool = setting(
        False,
        SettingDetails("Keep everything in memory.", "Nothing is written.", is_server_only=True),
    )
    scenario: str = setting(
        "default",
        SettingDetails(
            "What a new world holds: a name or a file.",
            "The names are `default` and `empty`; how to write a file: "
            "[Scenarios](how-to/scenarios.md).",
        ),
    )
    seed: int | None = setting(
        None,
        SettingDetails(
            "Make random draws repeatable, and ids but for the time in them.",
            "Under a frozen clock, ids are repeatable as a whole.",
        ),
    )
    workflow: str = setting(
        "auto",
        SettingDetails(
            "Workflow of new projects; auto: as clients of that version expect.",
            choices=("auto", "V1", "V2", "V3"),
        ),
    )
    sync_wait: float = setting(
        30.0,
        SettingDetails(
            "Seconds an answer waits, at most, for the runs below its request.",
            "Without effect if `dispatch` is `async`.",
            range=_SECONDS,
        ),
    )
    dispatch: str = setting(
        "sync",
        SettingDetails(
            "Whether an answer waits for the plugin runs that its request caused.",
            "The platform is `async`: its answers do not wait.",
            choices=("sync", "async"),
        ),
    )
    plugin_latency: float = setting(
        0.0,
        SettingDetails(
            "Seconds between an event and the runs it causes; a second or two on the platform.",
            range=_SECONDS,
        ),
    )
    plugin_policy: str = setting(
        "saas",
        SettingDetails(
            "Where plugins are to run: decides what they can import.",
            "In the cloud (`saas`), on premise, or as in the tutorial. It also decides whether "
            "prints are recorded; see [Packages of plugins](how-to/packages-of-plugins.md).",
            choices=("saas", "on-premise", "tutorial"),
        ),
    )
    install_requirements: bool = setting(
        False,
        SettingDetails(
            "Install the requirements of each version of a plugin for it; needs process isolation.",
            needs_process_isolation=True,
        ),
    )
    deploy_seconds: float = setting(
        0.0,
        SettingDetails(
            "Seconds until an uploaded plugin is built; minutes on the platform.",
            range=_SECONDS,
        ),
    )
    plugin_timeout: float = setting(
        60.0,
        SettingDetails(
            "Seconds a handler may take.", "It is stopped after that time.", range=_POSITIVE_SECONDS
        ),
    )
    plugin_isolation: str = setting(
        "inline",
        SettingDetails(
            "Where plugins run: in the emulator, or in processes of their own.",
            choices=("inline", "process"),
        ),
    )
    plugin_memory: int = setting(
        512,
        SettingDetails(
            "Memory that a plugin may take; inline, it is only told.",
            "In MB. In process isolation, a plugin that takes more is stopped; inline, the log "
            "has a line about it.",
            range=Range(64, _MAX_VALUE, f"64 to {_MAX_VALUE} MB"),
            metavar="MB",
        ),
    )
    plugin_python: Path | None = setting(
        None,
        SettingDetails(
            "Another Python, with an SDK of its own, for plugins; needs process isolation.",
            metavar="PATH",
            needs_process_isolation=True,
        ),
    )
    allow_host: tuple[str, ...] = setting(
        (),
        SettingDetails(
            "Further name under which clients reach the server.",
            "Can be given several times; in the environment, names are separated by commas.",
        ),
    )
    public_keys: bool = setting(
        False,
        SettingDetails(
            "Keep the documented API keys although other machines can reach the server."
        ),
    )
    request_log: Path | None = setting(
        None,
        SettingDetails(
            "Add a line of JSON to this file for each GraphQL request: who, which SDK, what.",
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
        """Whether the server can be reached from this machine only."""
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
    plugin_python: str | PathLike[str] | None
    allow_host: str | Sequence[str]
    public_keys: bool
    request_log: str | PathLike[str] | None


@cache
def settings_table() -> dict[str, Setting]:
    """Return all settings by name, in the order of the command line help."""
    return {
        each.name: Setting(each.name, str(each.type), each.default, each.metadata[DETAILS_KEY])
        for each in fields(Settings)
    }
