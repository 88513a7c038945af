"""Foreign texts are printed without moving the cursor or forging a line."""

from __future__ import annotations

import logging

import pytest

from kili_emulator.printable import LogFormatter, escape_unencodable, one_line, printable_lines


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Cats & dogs", "Cats & dogs"),
        ("Grüße, 日本語\u3000👩\u200d👧 \xa0!", "Grüße, 日本語\u3000👩\u200d👧 \xa0!"),
        ("a\tb", "a\tb"),
        ("\x1b[2J", r"\x1b[2J"),
        ("x\rfake", r"x\rfake"),
        ("x\nfake", r"x\nfake"),
        ("\x00\x07\x08\x7f", r"\x00\x07\x08\x7f"),
        ("\x9b2J\x85", r"\x9b2J\x85"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("\u202aa\u202e\u2066\u2069", r"\u202aa\u202e\u2066\u2069"),
        ("\ud83d \udc80", r"\ud83d \udc80"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_control_characters_are_shown_as_escapes(text: str, printed: str) -> None:
    assert one_line(text) == printed


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_continuation_lines_of_a_text_are_marked(line_end: str) -> None:
    assert printable_lines(f"Traceback{line_end}  File{line_end}\x1bX") == [
        "Traceback",
        "  |   File",
        r"  | \x1bX",
    ]


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("ascii", r"\xe9 \u65e5 \U0001f389"),
        ("latin-1", r"é \u65e5 \U0001f389"),
        ("cp1252", r"é \u65e5 \U0001f389"),
        ("utf-8", "é 日 🎉"),
        (None, "é 日 🎉"),
    ],
)
def test_characters_that_an_encoding_lacks_are_shown_as_escapes(
    encoding: str | None, printed: str
) -> None:
    assert escape_unencodable("é 日 🎉", encoding) == printed


def test_a_traceback_in_a_log_stays_readable_and_forges_no_line() -> None:
    with pytest.raises(ValueError, match="bad") as raised:
        _fail("bad\nKili Emulator is ready.\x1b[2J")
    details = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("a", logging.ERROR, "f", 1, "failed for %s", ("a\nb",), details)
    first, *more = LogFormatter().format(record).split("\n")
    assert first == "failed for a"
    assert more[:2] == ["  | b", "  | Traceback (most recent call last):"]
    assert more[-2:] == ["  | ValueError: bad", r"  | Kili Emulator is ready.\x1b[2J"]
    assert all(line.startswith("  | ") for line in more)


def _fail(text: str) -> None:
    raise ValueError(text)
