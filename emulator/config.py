"""Settings: command line, else ``KILI_EMULATOR_*``, else ``[tool.kili-emulator]``, or defaults."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emulator.spelling import closest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ENVIRONMENT_PREFIX = "KILI_EMULATOR_"
API_PATH = "/api/label/v2"
DEFAULT_WORLD = "default"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TABLE = "[tool.kili-emulator]"
_COMMAND_LINE = "the command line"


def seed_data_folder() -> Path:
    """Where scenarios and demos are: in the installed package, or on top of a source checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_seed_data"
    return installed if installed.is_dir() else package.parent / "seed_data"


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message says which and where."""


@dataclass(frozen=True)
class Settings:
    """How one emulator runs.

    Attributes:
        host: the address to listen on.
        port: the port to listen on; 0 takes any free one.
        data_dir: the folder that everything is kept in; made absolute, as a plugin may change
            the current folder.
        ephemeral: keep everything in memory instead.
        scenario: what a new world holds: the name of a seeded scenario, or a path.
        seed: makes random draws and the random part of ids repeatable; ids as a whole under a
            frozen clock, as they hold the time.
        workflow: the workflow of projects that clients create: V1, V2, V3, or the one that a
            client of its version expects.
        dispatch: sync, where an answer waits for the plugin runs that its request caused; async,
            where it does not, as on the platform.
        sync_wait: seconds that an answer waits, at most, for these.
        plugin_latency: seconds between an event and the runs it causes.
        plugin_timeout: seconds after which a handler is stopped.
        plugin_policy: where plugins are to run: in the cloud (saas), on-premise, or as in the
            tutorial. Decides which packages they may import, and whether prints are recorded.
        install_requirements: install what the requirements.txt of a plugin names, for that version
            alone; in process isolation.
        deploy_seconds: seconds until an uploaded plugin is built; minutes on the platform.
        plugin_isolation: inline, in threads of the emulator, or process, in processes of their own.
        plugin_memory: MB that a plugin may take; held in process isolation, else only told.
        plugin_python: another interpreter for plugins; in process isolation.
        allow_host: further names under which clients may reach the server.
        public_keys: keep the documented API keys where others can reach the server.
        request_log: a file that a line is added to for each GraphQL request.
    """

    host: str = "127.0.0.1"
    port: int = 5454
    data_dir: Path = Path(".kili-emulator")
    ephemeral: bool = False
    scenario: str = "default"
    seed: int | None = None
    workflow: str = "auto"
    dispatch: str = "sync"
    sync_wait: float = 30.0
    plugin_latency: float = 0.0
    plugin_timeout: float = 60.0
    plugin_policy: str = "saas"
    install_requirements: bool = False
    deploy_seconds: float = 0.0
    plugin_isolation: str = "inline"
    plugin_memory: int = 512
    plugin_python: Path | None = None
    allow_host: tuple[str, ...] = ()
    public_keys: bool = False
    request_log: Path | None = None

    def __post_init__(self) -> None:
        for name in ("data_dir", "plugin_python", "request_log"):
            path = getattr(self, name)
            if path is not None:  # a text, where Python code gives one
                object.__setattr__(self, name, Path(path).absolute())
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingsError(f"{name} must be one of {', '.join(choices)}")
        for name in ("plugin_python", "install_requirements"):
            if getattr(self, name) and self.plugin_isolation != "process":
                raise SettingsError(
                    f"{name} needs process isolation: give --plugin-isolation process, too"
                )

    @property
    def folder(self) -> Path | None:
        """The data folder, or ``None`` when nothing is written."""
        return None if self.ephemeral else self.data_dir

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK


def load_settings(
    given: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    project_file: Path = Path("pyproject.toml"),
) -> Settings:
    """Merge all sources of settings.

    Args:
        given: what the command line says; members that are ``None`` were not given.
        environment: the environment variables; those of this process unless given.
        project_file: the ``pyproject.toml`` to look into, if it exists.

    Raises:
        SettingsError: a name is unknown, or a value cannot be read or used.
    """
    return _merged(given, _COMMAND_LINE, environment, project_file, {})


def load_embedded_settings(
    given: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    project_file: Path = Path("pyproject.toml"),
) -> Settings:
    """Merge all sources of settings for an emulator in this process.

    It is in memory and listens on any free port of this machine, unless its arguments say
    otherwise: ``host``, ``port``, ``data_dir`` and ``ephemeral`` of the other sources are about the
    server that ``kili-emulator start`` starts. Tests would meet it, or change its data.

    Args:
        given: the arguments; members that are ``None`` were not given.
        environment: the environment variables; those of this process unless given.
        project_file: the ``pyproject.toml`` to look into, if it exists.

    Raises:
        SettingsError: a name is unknown, or a value cannot be read or used.
    """
    default = Settings()
    own = {"host": default.host, "port": 0, "data_dir": default.data_dir, "ephemeral": True}
    return _merged(given, "Emulator()", environment, project_file, own)


def _merged(
    given: Mapping[str, Any],
    giver: str,
    environment: Mapping[str, str] | None,
    project_file: Path,
    own: Mapping[str, Any],
) -> Settings:
    """The settings of all sources.

    Args:
        giver: how errors name the source of ``given``.
        own: values that only ``given`` can replace.
    """
    environment = os.environ if environment is None else environment
    merged = dict(own)
    for name, value in _from_project_file(project_file).items():
        if name not in own:
            merged[name] = _convert(name, value, f"{_TABLE} of {project_file}")
    for name in setting_names():
        variable = ENVIRONMENT_PREFIX + name.upper()
        if variable in environment and name not in own:
            merged[name] = _convert(name, environment[variable], variable)
    for name, value in given.items():
        if value is not None:
            merged[name] = _convert(name, value, giver)
    return Settings(**merged)


def setting_names() -> list[str]:
    """The names of all settings."""
    return [each.name for each in fields(Settings)]


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A warning for each environment variable that looks like a setting but is none.

    Not an error: others set such variables, too. For a service called ``kili-emulator``, Kubernetes
    gives each container ``KILI_EMULATOR_SERVICE_HOST``.
    """
    known = [name.upper() for name in setting_names()]
    unknown = [
        name.removeprefix(ENVIRONMENT_PREFIX)
        for name in sorted(environment)
        if name.startswith(ENVIRONMENT_PREFIX)
    ]
    return [
        f"there is no setting for the variable {ENVIRONMENT_PREFIX}{name}; ignored"
        + _suggestion(name, known, ENVIRONMENT_PREFIX)
        for name in unknown
        if name not in known
    ]


def suggested(name: str) -> str:
    """The setting that a mistyped name may mean, as the end of a message; may be empty."""
    return _suggestion(name, setting_names())


def _suggestion(name: str, known: list[str], prefix: str = "") -> str:
    near = closest(name, known)
    return f": did you mean {prefix}{near}?" if near else ""


def no_proxy(url: str, present: str = "") -> str:
    """What ``NO_PROXY`` must hold, so that clients reach an emulator directly.

    Args:
        url: its address.
        present: what it holds now, which is kept.
    """
    loopback = [name for name in LOOPBACK if ":" not in name]
    names = [*present.split(","), *loopback, urlsplit(url).hostname or ""]
    return ",".join(dict.fromkeys(name.strip() for name in names if name.strip()))


def _from_project_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    tools = content.get("tool", {})
    table = tools.get("kili-emulator", {}) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise SettingsError(f"{_TABLE} of {path} is not a table: write {_TABLE} on a line alone")
    return {name.replace("-", "_"): value for name, value in table.items()}


def _convert(name: str, value: Any, source: str) -> Any:
    """A value as its setting has it; text is read as the environment has it."""
    types = {each.name: str(each.type) for each in fields(Settings)}
    if name not in types:
        known = ", ".join(types)
        raise SettingsError(
            f"{source}: there is no setting {name!r} (known: {known}){suggested(name)}"
        )
    try:
        converted = _CONVERTERS[types[name]](value)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise SettingsError(f"{source}: {name} = {value!r} is not of type {types[name]}") from None
    if name in _RANGES:
        low, high, range_ = _RANGES[name]
        if not low <= converted <= high:
            raise SettingsError(f"{source}: {name} = {value!r} is not allowed: give {range_}")
    if name in _CHOICES and converted not in _CHOICES[name]:
        choices = ", ".join(_CHOICES[name])
        raise SettingsError(f"{source}: {name} = {value!r} is not allowed: give one of {choices}")
    return converted


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not value or "\0" in value:
        raise ValueError
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        _text(value).lower()
    ]


def _path(value: Any) -> Path:
    return Path(_text(str(value) if isinstance(value, Path) else value))


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str | list | tuple):
        raise TypeError
    parts = value.split(",") if isinstance(value, str) else map(_text, value)
    return tuple(part.strip() for part in parts if part.strip())


_CONVERTERS: dict[str, Any] = {
    "str": _text,
    "int": _integer,
    "int | None": _integer,
    "float": _number,
    "bool": _boolean,
    "Path": _path,
    "Path | None": _path,
    "tuple[str, ...]": _names,
}

_CHOICES = {
    "workflow": ("auto", "V1", "V2", "V3"),
    "dispatch": ("sync", "async"),
    "plugin_policy": ("saas", "on-premise", "tutorial"),
    "plugin_isolation": ("inline", "process"),
}

# What something can be done with: lowest and highest value, and how to say it.
_LONGEST = 1_000_000
_RANGES: dict[str, tuple[float, float, str]] = {
    "port": (0, 65535, "0 to 65535"),
    "sync_wait": (0, _LONGEST, f"0 or more seconds, at most {_LONGEST}"),
    "plugin_latency": (0, _LONGEST, f"0 or more seconds, at most {_LONGEST}"),
    "deploy_seconds": (0, _LONGEST, f"0 or more seconds, at most {_LONGEST}"),
    "plugin_memory": (64, _LONGEST, f"64 to {_LONGEST} MB"),
    "plugin_timeout": (math.ulp(0.0), _LONGEST, f"more than 0 seconds, at most {_LONGEST}"),
}
