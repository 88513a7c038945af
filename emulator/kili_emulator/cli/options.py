"""Options of commands that are settings: made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kili_emulator.config import Setting, settings_table

C = TypeVar("C", bound=Callable[..., Any])


def setting_option(name: str) -> Callable[[C], C]:
    """The option of one setting. Its value is ``None`` where it is not given."""
    return _option(settings_table()[name])


def setting_options(command: C) -> C:
    """The options of all settings, in the order of the table."""
    for row in reversed(settings_table().values()):
        command = _option(row)(command)
    return command


def _option(row: Setting) -> Callable[[C], C]:
    default = f"  [default: {row.default_text}]" if row.default_text else ""
    is_flag = row.type == "bool"
    return click.option(
        row.option,
        type=None if is_flag else _type(row),
        is_flag=is_flag,
        default=None,
        multiple=row.type.startswith("tuple"),
        metavar=row.facts.metavar,
        help=row.facts.help + default,
    )


def _type(row: Setting) -> Any:
    """The type of an option's value, for Click."""
    if row.facts.choices:
        return click.Choice(row.facts.choices)
    if row.type.startswith("Path"):
        is_folder = row.facts.is_folder
        return click.Path(file_okay=not is_folder, dir_okay=is_folder, path_type=Path)
    return {"int": int, "float": float}.get(row.type.partition(" ")[0], str)


data_dir_option = setting_option("data_dir")
