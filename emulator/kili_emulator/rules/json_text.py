"""Standard JSON within bounds, without the values that only Python's reader accepts.

Python's ``json`` accepts NaN, Infinity, numbers too large for a float, lone surrogates, which no
encoding can write, and nesting so deep that later steps run out of stack. This module refuses all
of these.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import orjson

# The greatest number of nested lists and objects; the deepest json response has about 200.
MAX_DEPTH = 256

# Half of a UTF-16 surrogate pair in a JSON text: as an escape sequence, or as a character.
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SHOWN_STEPS = 12
_WRITE_OPTIONS = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_FAST_LIMIT = 2.0**63
_FLOAT_DIGITS = sys.float_info.max_10_exp  # a whole number with more digits may not fit a float


class JsonValueError(ValueError):
    """A text that Python reads has a value that JSON or the emulator refuses; says where."""


def parse_json(text: str | bytes) -> Any:
    """Read a JSON text.

    Raises:
        JsonValueError: the text has a number that is not finite or a lone surrogate, or is nested
            too deeply.
        ValueError: the text is not JSON.
    """
    found = _read_fast(text)
    return _parse_by_python(text) if found is None else found[0]


def _read_fast(text: str | bytes) -> tuple[Any] | None:
    """Read a text by ``orjson``; ``None`` if only Python's reader may read or explain the text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return (value,) if _is_read_exactly(value) else None


def _is_read_exactly(value: Any) -> bool:
    """Return whether the fast reader has read a value without a loss, and its depth is allowed.

    The reader makes floats of whole numbers of more than 64 bits.
    """
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        for holder in level:
            for each in holder.values() if type(holder) is dict else holder:
                if type(each) is dict or type(each) is list:
                    deeper.append(each)
                elif type(each) is float and not -_FAST_LIMIT < each < _FAST_LIMIT:
                    return False
        if not deeper:
            return True
        level = deeper
    return False


def _parse_by_python(text: str | bytes) -> Any:
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    not_finite: list[str] = []
    value = _load(text, not_finite)
    if text.count("[") + text.count("{") > MAX_DEPTH:
        check_depth(value)
    if not_finite or _may_hold_surrogates(text):
        for path, problem in _find_problems(value, ()):
            raise JsonValueError(f"{_format_path(path)} {problem}")
    return value


def check_depth(value: Any) -> None:
    """Check that a value has at most :data:`MAX_DEPTH` nested lists and objects.

    Raises:
        JsonValueError: the value is nested more deeply.
    """
    if _is_deep(value):
        raise _too_deep()


def parse_stored_json(text: str) -> Any:
    """Read a text that was stored by a version that did not refuse such values.

    Returns:
        the value, with null for a number that is not finite, and U+FFFD for a lone surrogate.

    Raises:
        ValueError: the text is not JSON, or is nested too deeply.
    """
    found = _read_fast(text)
    if found is not None:  # it has no invalid parts
        return found[0]
    value = _load(text, [])
    check_depth(value)
    return _replace_invalid(value)


def _may_hold_surrogates(text: str) -> bool:
    return bool(_ESCAPED_SURROGATE.search(text) or (not text.isascii() and _SURROGATE.search(text)))


def _load(text: str, not_finite: list[str]) -> Any:
    """Read a text with Python's reader, and add its numbers that may be too large to a list."""

    def parse_number(token: str) -> float:
        value = float(token)
        if not math.isfinite(value):
            not_finite.append(token)
        return value

    def parse_whole_number(token: str) -> int:
        if len(token) > _FLOAT_DIGITS:
            not_finite.append(token)
        return int(token)

    try:
        return json.loads(
            text,
            parse_constant=parse_number,
            parse_float=parse_number,
            parse_int=parse_whole_number,
        )
    except RecursionError:
        raise _too_deep() from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # Python refuses whole numbers of more than some thousand digits
        raise JsonValueError("it has a number of too many digits") from None


def _too_deep() -> JsonValueError:
    return JsonValueError(f"it is nested too deeply: at most {MAX_DEPTH} levels are read")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            each
            for holder in level
            if isinstance(holder, (dict, list))
            for each in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(each, (dict, list))
        ]
        if not level:
            return False
    return True


def _find_problems(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and the description of each part that standard JSON cannot hold."""
    if isinstance(value, float) and not math.isfinite(value):
        yield (
            path,
            f"is {_constant_name(value)}, which JSON does not have: leave it out, or send null",
        )
    elif isinstance(value, int) and abs(value) > sys.float_info.max:
        yield path, "is too large a number"
    elif isinstance(value, str) and _SURROGATE.search(value):
        yield path, "holds half a character (a lone surrogate): send whole characters"
    elif isinstance(value, dict):
        for key, each in value.items():
            if _SURROGATE.search(key):
                yield path, "has a key with half a character (a lone surrogate) in it"
            yield from _find_problems(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _find_problems(each, (*path, number))


def _constant_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _format_path(path: tuple[str | int, ...]) -> str:
    """Write the path of a part of a value, as ``"variables.data[0].score"``."""
    if not path:
        return "the value"
    steps = path if len(path) <= _SHOWN_STEPS else ("…", *path[-_SHOWN_STEPS:])
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    readable = text.removeprefix(".").encode(errors="backslashreplace").decode()
    return f'"{readable}"'


def _replace_invalid(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_replace_invalid(key): _replace_invalid(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_replace_invalid(each) for each in value]
    return value


def write_json(value: Any) -> bytes:
    """Write a value as compact JSON in UTF-8.

    Values of other types than those of JSON are written, or refused, as by Python's ``json``.
    """
    try:
        return orjson.dumps(value, option=_WRITE_OPTIONS)
    except TypeError:  # a lone surrogate, a key that is no text, a number of more than 64 bits
        return json.dumps(value, separators=(",", ":")).encode()


def compact_json(text: str) -> str:
    """Rewrite a JSON text in the form in which the platform's JavaScript writes it."""
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text has a lone surrogate, which no encoding can write."""
    return _SURROGATE.search(text) is not None


def is_equal_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal; unlike in Python, true is not 1, false is not 0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal_json, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            is_equal_json(one[key], other[key]) for key in one
        )
    return bool(one == other)
