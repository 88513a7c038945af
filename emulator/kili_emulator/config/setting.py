"""One setting: its type, default and allowed values, and its name in each source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

ENVIRONMENT_PREFIX = "KILI_EMULATOR_"
PYPROJECT_TABLE = "[tool.kili-emulator]"
DETAILS_KEY = "details"

T = TypeVar("T")


class SettingsError(Exception):
    """A setting is unknown or has an invalid value; the message names the setting and its source.

    Also raised if a source cannot be read.
    """


class Range(NamedTuple):
    """The inclusive range of a number, and the description of the range for messages."""

    low: float
    high: float
    text: str


@dataclass(frozen=True)
class SettingDetails:
    """The details of a setting in the table of settings, beside name, type and default.

    Attributes:
        help: the help text of the command line option.
        note: a text that the documentation adds to the help text.
        choices: the allowed values; empty if all values of the type are allowed.
        range: the allowed range of a number.
        metavar: the placeholder for the value in the help of the command line.
        is_folder: the value is the path of a folder, not of a file.
        is_server_only: the setting is for the server that ``kili-emulator start`` starts.
            ``Emulator()`` reads it from its arguments only.
        needs_process_isolation: the setting is only allowed if ``plugin_isolation`` is ``process``.
    """

    help: str
    note: str = ""
    choices: tuple[str, ...] = ()
    range: Range | None = None
    metavar: str | None = None
    is_folder: bool = False
    is_server_only: bool = False
    needs_process_isolation: bool = False


def setting(default: T, details: SettingDetails) -> T:
    """Return the dataclass field of a setting: a row of the table."""
    return field(default=default, metadata={DETAILS_KEY: details})


@dataclass(frozen=True)
class Setting:
    """A setting, for the sources of settings and the documentation.

    Attributes:
        type: the type annotation of the field, as a text.
    """

    name: str
    type: str
    default: Any
    details: SettingDetails

    @property
    def option(self) -> str:
        """The command line option."""
        return f"--{self.key}"

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return f"{ENVIRONMENT_PREFIX}{self.name.upper()}"

    @property
    def key(self) -> str:
        """The key in ``[tool.kili-emulator]``, which may also be written with underscores."""
        return self.name.replace("_", "-")

    @property
    def default_text(self) -> str:
        """The default as a user would type it; empty if the setting is off by default."""
        if self.default is None or self.default is False or self.default == ():
            return ""
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    def read(self, value: Any, source: str) -> Any:
        """Convert a value to the type of the setting; parse a text like an environment variable.

        Args:
            source: the name of the source of the value, for error messages.

        Raises:
            SettingsError: the value has another type, or is not allowed.
        """
        assignment = f"{source}: {self.name} = {value!r}"
        try:
            read = _PARSERS[self.type](value)
        except (ValueError, KeyError, TypeError, OverflowError):
            raise SettingsError(f"{assignment} is not of type {self.type}") from None
        bounds, choices = self.details.range, self.details.choices
        if bounds and not bounds.low <= read <= bounds.high:
            raise SettingsError(f"{assignment} is not allowed: give {bounds.text}")
        if choices and read not in choices:
            raise SettingsError(f"{assignment} is not allowed: give one of {', '.join(choices)}")
        return read


def _parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not value or "\0" in value:
        raise ValueError
    return value


def _parse_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _parse_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _parse_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        _parse_text(value).lower()
    ]


def _parse_path(value: Any) -> Path:
    return Path(_parse_text(str(value) if isinstance(value, Path) else value))


def _parse_names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str | list | tuple):
        raise TypeError
    parts = value.split(",") if isinstance(value, str) else map(_parse_text, value)
    return tuple(part.strip() for part in parts if part.strip())


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "str": _parse_text,
    "int": _parse_integer,
    "int | None": _parse_integer,
    "float": _parse_number,
    "bool": _parse_boolean,
    "Path": _parse_path,
    "Path | None": _parse_path,
    "tuple[str, ...]": _parse_names,
}
