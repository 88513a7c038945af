"""The sources of settings.

In the order of precedence: the command line or the arguments of ``Emulator()``, environment
variables ``KILI_EMULATOR_*``, ``[tool.kili-emulator]`` in ``pyproject.toml``, defaults.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
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
        arguments: the options of the command line; ``None`` stands for an option that is not given.
        environment: the environment variables; by default those of this process.
        project_file: the ``pyproject.toml``, which need not exist.

    Raises:
        SettingsError: a name is unknown, a value is invalid, or ``project_file`` is unreadable.
    """
    return _merge_sources(arguments, _COMMAND_LINE, environment, project_file, {})


def load_embedded_settings(
    arguments: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    project_file: Path = Path("pyproject.toml"),
) -> Settings:
    """Merge all sources of settings for an emulator in this process.

    By default, the emulator keeps its data in memory and listens on a free port of this machine.
    Only its arguments can set ``host``, ``port``, ``data_dir`` and ``ephemeral``: in the other
    sources, these settings are for the server that ``kili-emulator start`` starts, and tests must
    not use the port or the data of this server.

    Args:
        arguments: the arguments; ``None`` stands for an argument that is not given.
        environment: the environment variables; by default those of this process.
        project_file: the ``pyproject.toml``, which need not exist.

    Raises:
        SettingsError: a name is unknown, a value is invalid, or ``project_file`` is unreadable.
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
    """Merge the settings of all sources.

    Args:
        argument_source: the name of the source of ``arguments`` in error messages.
        fixed_values: defaults that only ``arguments`` can replace.
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


def check_setting_names(function: str, arguments: Iterable[str]) -> None:
    """Check that the keyword arguments of a function are settings.

    Args:
        function: the function, for the message.
        arguments: the names of the arguments.

    Raises:
        TypeError: an argument is unknown.
    """
    known = [*settings_table(), "fast_sdk"]
    for name in arguments:
        if name not in known:
            suggestion = _suggestion(name, known)
            raise TypeError(f"{function} got an unexpected keyword argument {name!r}{suggestion}")


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return a warning for each environment variable with our prefix that names no setting.

    An unknown variable is not an error, because other programs set such variables, too: for a
    service called ``kili-emulator``, Kubernetes sets ``KILI_EMULATOR_SERVICE_HOST`` in each
    container.
    """
    known = [name.upper() for name in settings_table()]
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
    """Convert the value of the setting with this name.

    Raises:
        SettingsError: no setting has this name, or the value is invalid.
    """
    table = settings_table()
    if name not in table:
        known = list(table)
        suggestion = _suggestion(name, known)
        raise SettingsError(
            f"{source}: there is no setting {name!r} (known: {', '.join(known)}){suggestion}"
        )
    return table[name].read(value, source)
