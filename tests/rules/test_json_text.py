"""JSON is read within limits; Python's extensions of the standard are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.rules import json_text
from kili_emulator.rules.json_text import (
    MAX_DEPTH,
    JsonValueError,
    parse_json,
    parse_stored_json,
    write_json,
)

REFUSED = {
    "NaN": '"" is NaN',
    '{"a": [1, {"b": NaN}]}': '"a[1].b" is NaN',
    "[Infinity]": '"[0]" is Infinity',
    '{"a": -Infinity}': '"a" is -Infinity',
    '{"a": 1e999}': '"a" is Infinity',
    '{"a": -1e999}': '"a" is -Infinity',
    f'{{"a": 1{"0" * 400}}}': '"a" is too large a number',
    f'{{"a": {"9" * 5000}}}': "a number of too many digits",
    r'{"a": "\ud800"}': '"a" holds half a character',
    r'["\uDFFF\ud83d"]': '"[0]" holds half a character',
    r'{"\udc00": 1}': "has a key with half a character",
    "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1): "nested too deeply",
    "[" * 700 + "]" * 700: "nested too deeply",
    '{"a":' * 700 + "1" + "}" * 700: "nested too deeply",
    "[" * 100_000: "nested too deeply",
}


@pytest.mark.parametrize("form", [str, str.encode], ids=["text", "bytes"])
@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_value_outside_the_json_standard_is_refused_with_its_location(text: str, form: Any) -> None:
    with pytest.raises(JsonValueError) as caught:
        parse_json(form(text))
    says = REFUSED[text].replace('""', "the value")
    assert says in str(caught.value)
    str(caught.value).encode()  # it can be written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encoded_surrogates_are_refused(encoding: str) -> None:
    with pytest.raises(JsonValueError, match='"a" holds half a character'):
        parse_json('{"a": "\ud800"}'.encode(encoding, "surrogatepass"))
    assert parse_json('{"a": "é😀"}'.encode(encoding)) == {"a": "é😀"}


@pytest.mark.parametrize("text", ["", "{", "{'a': NaN}", '{"a": nan}', b"\xff"])
def test_text_that_is_no_json_raises_a_decode_error(text: str | bytes) -> None:
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        parse_json(text)


VALUES = [
    json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH),
    {"a": "😀", "b": [1.5, 10**300, -1, None, True], "\0": ""},
    {"a": "\\ud800", "b": "é"},
]


@pytest.mark.parametrize("value", VALUES, ids=["deep", "values", "looks like a surrogate"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_valid_json_is_parsed(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_json(text) == parse_json(text.encode()) == parse_stored_json(text) == value


NUMBERS = ["-0", "-0.0", "0.0", "1E5", "1e-400", "5e-324", "0.1", "1e300", "9007199254740993"]
LARGE_NUMBERS = [f"{sign}{2**bits + more}" for sign in ("", "-") for bits in (63, 64, 80, 1000)
                 for more in (-1, 0, 1)]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS + LARGE_NUMBERS)
def test_each_number_is_read_as_by_python(number: str) -> None:
    for text in (number, f"[{number}]", f'{{"a": [1, {{"b": {number}}}]}}'):
        assert repr(parse_json(text)) == repr(parse_json(text.encode())) == repr(json.loads(text))


@given(st.text(st.sampled_from('[]{},:"-+.eE01289 \\\tuad8\ufeffé\ud800NaIinfty'), max_size=12))
def test_each_text_is_accepted_and_refused_as_without_the_fast_reader(text: str) -> None:
    def outcome(read: Callable[[str], Any]) -> str:
        try:
            return repr(read(text))
        except ValueError as error:
            return f"{type(error)} {error}"

    assert outcome(parse_json) == outcome(json_text._parse_by_python)
    if not outcome(parse_json).startswith("<class"):
        assert outcome(parse_stored_json) == outcome(parse_json)


WRITTEN = [
    {"a": [1, 1.5, None, True, "é😀", {}]},
    [2**64, -(2**80), 2**53 + 1, 1e16, 5e-324, -0.0],
    {"half": "\ud800"},
    {2: "a", None: "b", True: "c"},
    json.loads("[" * 300 + "]" * 300),
    (1, "a"),
]


@pytest.mark.parametrize("value", WRITTEN, ids=lambda value: str(value)[:20])
def test_written_value_is_that_of_python(value: Any) -> None:
    written = write_json(value)
    assert json.loads(written) == json.loads(json.dumps(value))
    assert b": " not in written
    assert b", " not in written


def test_value_that_is_no_json_is_not_written() -> None:
    with pytest.raises(TypeError, match="datetime"):
        write_json({"at": datetime(2020, 1, 1, tzinfo=timezone.utc)})


def test_stored_values_outside_the_json_standard_are_replaced() -> None:
    stored = r'{"a": NaN, "b": [Infinity, "x\ud800"], "c": 1}'
    assert parse_stored_json(stored) == {"a": None, "b": [None, "x�"], "c": 1}
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_stored_json("[" * 700 + "]" * 700)
