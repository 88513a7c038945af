"""Cassettes as files: readable, exact, and refused if they are of another kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.errors import KiliError
from kili_emulator.recording import cassette_file
from kili_emulator.recording.cassette import Cassette, Exchange
from kili_emulator.recording.cassette_file import cassette_text, read_cassette, write_cassette
from kili_emulator.recording.yaml_form import read_yaml, write_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
BREAKS = st.text(alphabet="a \n\r\x85\u2028\u2029", max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | BREAKS
    | st.sampled_from(["yes", "1:30", "=", "2026-01-05", "null", "a\nb\n", " a\n b"]),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS | BREAKS, inner),
    max_leaves=10,
)  # fmt: skip

EXCHANGE = Exchange(
    {
        "request": "createProject",
        "key": "${key-1}",
        "document": "mutation createProject {\n  id\n}",
        "variables": {
            "description": "Line one.\nLine two.\n",
            "jsonInterface": json.dumps({"jobs": {}}),
        },
    },
    {"json": {"data": {"id": "${id-1}"}}},
)


@given(JSON)
def test_each_value_is_read_as_it_was_written(value: object) -> None:
    assert read_yaml(write_yaml(value)) == value


@given(JSON, st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 2}]))
def test_texts_with_json_are_restored_exactly(value: object, form: dict) -> None:
    text = json.dumps(value, **form)

    assert read_yaml(write_yaml([text])) == [text]


def test_texts_are_readable() -> None:
    text = cassette_text(Cassette([EXCHANGE]))

    assert "description: |\n        Line one.\n        Line two.\n" in text
    assert "jsonInterface: !json\n        jobs: {}\n" in text
    assert "createProject: |\n    mutation createProject {\n      id\n    }\n" in text


def test_documents_are_written_once(tmp_path: Path) -> None:
    write_cassette(tmp_path / "one.yaml", Cassette([EXCHANGE, EXCHANGE], {}))

    assert (tmp_path / "one.yaml").read_text().count("mutation createProject") == 1
    assert read_cassette(tmp_path / "one.yaml") == Cassette([EXCHANGE, EXCHANGE], {})


def test_media_are_read_as_they_were_written(tmp_path: Path) -> None:
    cassette = Cassette([Exchange({"request": "GET /"}, {"media": "ab"})], {"ab": b"\x00\xff"})
    write_cassette(tmp_path / "one.yaml", cassette)

    assert read_cassette(tmp_path / "one.yaml") == cassette


def test_a_cassette_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KiliError, match="No space left on device"):
        write_cassette(file, Cassette([EXCHANGE]))

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kili-cassette: 2\nrequests: []\n", "has format 2 of cassettes"),
        ("kili-cassette: '1'\nrequests: []\n", "has format '1' of cassettes"),
        ("kili-cassette: true\nrequests: []\n", "has format True of cassettes"),
        ("version: 1\ninteractions: []\n", "no member 'kili-cassette'"),
        ("", "no member 'kili-cassette'"),
        ("a: [", "it is no YAML"),
        ("a: &x [1]\nb: *x\n", "aliases are not allowed"),
        ("a: !!python/object/apply:os.getcwd []\n", "it is no YAML"),
        ("kili-cassette: 1\nrequests: [{request: a}]\n", "request 1 has no name or no answer"),
        ("kili-cassette: 1\nrequests: [1]\n", "cannot be used as a cassette"),
        ("kili-cassette: 1\nrequests: {a: b}\n", "cannot be used as a cassette"),
        ("kili-cassette: 1\nrequests: [{request: a, document: b, answer: {}}]\n", "document 'b'"),
        ("kili-cassette: 1\nrequests: [{request: a, answer: {media: b}}]\n", "media 'b'"),
        ("kili-cassette: 1\nmedia: {a: '?'}\n", "cannot be used as a cassette"),
        ("kili-cassette: 1\nmedia: {a: YQ==}\n", "cannot be used as a cassette"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "one.yaml").write_text(text)

    with pytest.raises(KiliError, match=message):
        read_cassette(tmp_path / "one.yaml")


def test_media_that_unpack_to_more_than_a_body_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cassette_file, "MAX_MEDIA_BYTES", 1000)
    file = tmp_path / "one.yaml"
    write_cassette(file, Cassette([EXCHANGE], {"a": bytes(1000)}))
    assert read_cassette(file).media == {"a": bytes(1000)}
    write_cassette(file, Cassette([EXCHANGE], {"a": bytes(1001)}))
    with pytest.raises(KiliError, match="media 'a' have more than 1,000 bytes"):
        read_cassette(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KiliError, match="No such file"):
        read_cassette(tmp_path / "one.yaml")
