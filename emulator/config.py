"""Settings: command line, else ``KILI_EMULATOR_*``, else ``[tool.kili-emulator]``, or defaults."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ENVIRONMENT_PREFIX = "KILI_EMULATOR_"
API_PATH = "/api/label/v2"
DEFAULT_WORLD = "default"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HIGHEST_PORT = 65535


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message says which and where."""


@dataclass(frozen=True)
class Settings:
    """How one emulator runs.

    Attributes:
        host: the address to listen on.
        port: the port to listen on; 0 takes any free one.
        data_dir: the folder that everything is kept in.
        ephemeral: keep everything in memory instead.
        scenario: what a new world holds: the name of a seeded scenario, or a path.
        seed: makes ids and random draws repeatable.
        sync_wait: seconds that an answer waits, at most, for the plugin runs it caused.
        plugin_timeout: seconds after which a handler is stopped.
        allow_host: further names under which clients may reach the server.
        public_keys: keep the documented API keys where others can reach the server.
    """

    host: str = "127.0.0.1"
    port: int = 5454
    data_dir: Path = Path(".kili-emulator")
    ephemeral: bool = False
    scenario: str = "default"
    seed: int | None = None
    sync_wait: float = 30.0
    plugin_timeout: float = 60.0
    allow_host: tuple[str, ...] = ()
    public_keys: bool = False

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
    environment = os.environ if environment is None else environment
    merged: dict[str, Any] = {}
    for name, value in _from_project_file(project_file).items():
        merged[name] = _convert(name, value, f"[tool.kili-emulator] of {project_file}")
    for each in fields(Settings):
        variable = ENVIRONMENT_PREFIX + each.name.upper()
        if variable in environment:
            merged[each.name] = _convert(each.name, environment[variable], variable)
    merged.update({name: value for name, value in given.items() if value is not None})
    settings = Settings(**merged)
    _check(settings)
    return settings


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Environment variables that look like settings but are none."""
    known = {ENVIRONMENT_PREFIX + each.name.upper() for each in fields(Settings)}
    return sorted(
        name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and name not in known
    )


def no_proxy(present: str = "") -> str:
    """What ``NO_PROXY`` must hold, so that clients reach an emulator on this machine directly.

    Args:
        present: what it holds now, which is kept.
    """
    names = [*present.split(","), *(name for name in LOOPBACK if ":" not in name)]
    return ",".join(dict.fromkeys(name.strip() for name in names if name.strip()))


def _check(settings: Settings) -> None:
    """Refuse numbers that nothing can be done with."""
    allowed = {
        "port": (0 <= settings.port <= _HIGHEST_PORT, f"0 to {_HIGHEST_PORT}"),
        "sync_wait": (settings.sync_wait >= 0, "0 or more seconds"),
        "plugin_timeout": (settings.plugin_timeout > 0, "more than 0 seconds"),
    }
    for name, (is_allowed, range_) in allowed.items():
        if not is_allowed:
            raise SettingsError(f"{name} = {getattr(settings, name)} is not allowed: give {range_}")


def _from_project_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    table = content.get("tool", {}).get("kili-emulator", {})
    return {name.replace("-", "_"): value for name, value in table.items()}


def _convert(name: str, value: Any, source: str) -> Any:
    types = {each.name: str(each.type) for each in fields(Settings)}
    if name not in types:
        raise SettingsError(f"{source}: there is no setting {name!r} (known: {', '.join(types)})")
    try:
        return _CONVERTERS[types[name]](value)
    except (ValueError, KeyError):
        raise SettingsError(f"{source}: {name} = {value!r} is not of type {types[name]}") from None


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        str(value).lower()
    ]


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())


_CONVERTERS: dict[str, Any] = {
    "str": str,
    "int": int,
    "int | None": int,
    "float": float,
    "bool": _boolean,
    "Path": Path,
    "tuple[str, ...]": _names,
}
