"""Command options for settings, built from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kili_emulator.config import Setting, settings_table

C = TypeVar("C", bound=Callable[..., Any])


def setting_option(name: str) -> Callable[[C], C]:
    """Return the option of a setting; its value is ``None`` if it is not given."""
    return _option(settings_table()[name])


def setting_options(command: C) -> C:
    """Add the options of all settings to a command, in the order of the table."""
    for setting in reversed(settings_table().values()):
        command = _option(setting)(command)
    return command


def _option(setting: Setting) -> Callable[[C], C]:
    default = f"  [default: {setting.default_text}]" if setting.default_text else ""
    is_flag = setting.type == "bool"
    return click.option(
        setting.option,
        type=None if is_flag else _click_type(setting),
        is_flag=is_flag,
        default=None,
        multiple=setting.type.startswith("tuple"),
        metavar=setting.details.metavar,
        help=setting.details.help + default,
    )


def _click_type(setting: Setting) -> Any:
    """Return the Click type of the value of a setting."""
    if setting.details.choices:
        return click.Choice(setting.details.choices)
    if setting.type.startswith("Path"):
        is_folder = setting.details.is_folder
        return click.Path(file_okay=not is_folder, dir_okay=is_folder, path_type=Path)
    return {"int": int, "float": float}.get(setting.type.partition(" ")[0], str)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
data_dir_option = setting_option("data_dir")
