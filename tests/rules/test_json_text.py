"""JSON is read within limits; Python's extensions of the standard are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kili_emulator.rules.json_text import MAX_DEPTH, JsonValueError, parse_json, parse_stored_json

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


def test_stored_values_outside_the_json_standard_are_replaced() -> None:
    stored = r'{"a": NaN, "b": [Infinity, "x\ud800"], "c": 1}'
    assert parse_stored_json(stored) == {"a": None, "b": [None, "x�"], "c": 1}
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_stored_json("[" * 700 + "]" * 700)
