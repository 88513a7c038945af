"""Settings: command line, else ``KILI_EMULATOR_*``, else ``[tool.kili-emulator]``, or defaults."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kili_emulator.config.setting import ENVIRONMENT_PREFIX, PYPROJECT_TABLE, SettingsError
from kili_emulator.config.settings import Settings, settings_table
from kili_emulator.spelling import closest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_COMMAND_LINE = "the command line"


def load_settings(
    arguments: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    project_file: Path = Path("pyproject.toml"),
) -> Settings:
    """Merge all sources of settings.

    Args:
        arguments: what the command line says; members that are ``None`` were not given.
        environment: the environment variables; those of this process unless given.
        project_file: the ``pyproject.toml`` to look into, if it exists.

    Raises:
        SettingsError: a name is unknown, or a value cannot be read or used.
    """
    return _merge_sources(arguments, _COMMAND_LINE, environment, project_file, {})


def load_embedded_settings(
    arguments: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    project_file: Path = Path("pyproject.toml"),
) -> Settings:
    """Merge all sources of settings for an emulator in this process.

    It is in memory and listens on any free port of this machine, unless its arguments say
    otherwise: ``host``, ``port``, ``data_dir`` and ``ephemeral`` of the other sources are about the
    server that ``kili-emulator start`` starts. Tests would meet it, or change its data.

    Args:
        arguments: the arguments; members that are ``None`` were not given.
        environment: the environment variables; those of this process unless given.
        project_file: the ``pyproject.toml`` to look into, if it exists.

    Raises:
        SettingsError: a name is unknown, or a value cannot be read or used.
    """
    fixed_values = {
        name: row.default for name, row in settings_table().items() if row.details.is_server_only
    }
    fixed_values |= {"port": 0, "ephemeral": True}
    return _merge_sources(arguments, "Emulator()", environment, project_file, fixed_values)


def _merge_sources(
    arguments: Mapping[str, Any],
    argument_source: str,
    environment: Mapping[str, str] | None,
    project_file: Path,
    fixed_values: Mapping[str, Any],
) -> Settings:
    """The settings of all sources.

    Args:
        argument_source: how errors name the source of ``arguments``.
        fixed_values: values that only ``arguments`` can replace.
    """
    environment = os.environ if environment is None else environment
    merged = dict(fixed_values)
    for name, value in _read_project_file(project_file).items():
        if name not in fixed_values:
            merged[name] = _read_setting(name, value, f"{PYPROJECT_TABLE} of {project_file}")
    for name, row in settings_table().items():
        if row.variable in environment and name not in fixed_values:
            merged[name] = row.read(environment[row.variable], row.variable)
    for name, value in arguments.items():
        if value is not None:
            merged[name] = _read_setting(name, value, argument_source)
    return Settings(**merged)


def setting_names() -> list[str]:
    """The names of all settings."""
    return list(settings_table())


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


def suggest_setting(name: str) -> str:
    """The setting that a mistyped name may mean, as the end of a message; may be empty."""
    return _suggestion(name, setting_names())


def _suggestion(name: str, known: list[str], prefix: str = "") -> str:
    suggestion = closest(name, known)
    return f": did you mean {prefix}{suggestion}?" if suggestion else ""


def _read_project_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    tools = content.get("tool", {})
    table = tools.get("kili-emulator", {}) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise SettingsError(
            f"{PYPROJECT_TABLE} of {path} is not a table: write {PYPROJECT_TABLE} on a line alone"
        )
    return {name.replace("-", "_"): value for name, value in table.items()}


def _read_setting(name: str, value: Any, source: str) -> Any:
    """The value of a setting by its name.

    Raises:
        SettingsError: there is no such setting, or it cannot have that value.
    """
    table = settings_table()
    if name not in table:
        known = ", ".join(table)
        raise SettingsError(
            f"{source}: there is no setting {name!r} (known: {known}){suggest_setting(name)}"
        )
    return table[name].read(value, source)
