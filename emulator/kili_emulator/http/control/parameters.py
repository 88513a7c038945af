"""The parameters of GET requests of the control plane: known names, one value each, typed."""

from __future__ import annotations

from typing import Literal

from flask import request

from kili_emulator import errors

ParameterType = Literal["text", "flag", "number"]
_FLAGS = {"true": True, "false": False}
_MAX_DIGITS = 15


class Parameters:
    """The parameters of the current request.

    Args:
        types: the type of each parameter that the route knows.

    Raises:
        KiliError: a parameter is unknown, or is given several times.
    """

    def __init__(self, **types: ParameterType) -> None:
        self._values = request.args
        for name, values in self._values.lists():
            if name not in types:
                raise errors.parameter_unknown(name, ", ".join(types))
            if len(values) != 1:
                raise errors.parameter_invalid(name, "one value")

    def text(self, name: str) -> str | None:
        """Return a text; ``None`` if it is not given."""
        return self._values.get(name)

    def flag(self, name: str) -> bool | None:
        """Return a truth value; ``None`` if it is not given.

        Raises:
            KiliError: the value is not ``true`` or ``false``.
        """
        value = self._values.get(name)
        if value is not None and value not in _FLAGS:
            raise errors.parameter_invalid(name, "true or false")
        return None if value is None else _FLAGS[value]

    def number(self, name: str) -> int | None:
        """Return a number; ``None`` if it is not given.

        Raises:
            KiliError: the value is not a number of at most 15 decimal digits.
        """
        value = self._values.get(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS):
            raise errors.parameter_invalid(name, "a number")
        return int(value)
