"""One setting: its type, default and allowed values, and the names that each source has for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

ENVIRONMENT_PREFIX = "KILI_EMULATOR_"
PYPROJECT_TABLE = "[tool.kili-emulator]"
DETAILS_KEY = "facts"

T = TypeVar("T")


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the setting and its source."""


class Range(NamedTuple):
    """The lowest and the highest value of a number, and a text for messages."""

    low: float
    high: float
    text: str


@dataclass(frozen=True)
class SettingDetails:
    """What the table of settings says of one, beside its name, type and default.

    Attributes:
        help: the text of its command line option.
        note: what the documentation adds.
        choices: the only values that it can have, if it has such.
        range: the bounds of a number.
        metavar: the placeholder of its value in the help of the command line.
        is_folder: its path is that of a folder, and not of a file.
        is_server_only: it concerns the server that ``kili-emulator start`` starts: for ``Emulator()``,
            it is read from arguments only.
        needs_process_isolation: it can only be given with ``plugin_isolation`` ``process``.
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
    """A row of the table: the dataclass field of a setting."""
    return field(default=default, metadata={DETAILS_KEY: details})


@dataclass(frozen=True)
class Setting:
    """A setting, as the sources of settings and the documentation read it.

    Attributes:
        type: the annotation of its field, as text.
    """

    name: str
    type: str
    default: Any
    details: SettingDetails

    @property
    def option(self) -> str:
        """The option of the command line."""
        return f"--{self.key}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{ENVIRONMENT_PREFIX}{self.name.upper()}"

    @property
    def key(self) -> str:
        """The key in ``[tool.kili-emulator]``, where underscores are read, too."""
        return self.name.replace("_", "-")

    @property
    def default_text(self) -> str:
        """The default as one types it; empty if unless given, the setting has no effect."""
        if self.default is None or self.default is False or self.default == ():
            return ""
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    def read(self, value: Any, source: str) -> Any:
        """A value in the type of the setting; text is read as environment variables are.

        Args:
            source: where it was found, for the message.

        Raises:
            SettingsError: it has another type, or is not allowed.
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
