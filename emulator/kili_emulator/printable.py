r"""Escapes that make the text of users and plugins safe to print.

A project's title, a plugin's name, a log line or the text of an exception may have control
characters, which move the cursor or clear the screen, and line ends, after which the text looks
like the emulator's own output. Both become escapes (``\x1b``, ``\n``).
"""

from __future__ import annotations

import logging
import re

CONTINUATION_PREFIX = "  | "
"""The prefix of a text's second and later lines; no line of the emulator's own starts with it."""

# C0 and C1 controls except the tab; line and paragraph separators; overrides and isolates of the
# text direction; surrogates, which no encoding accepts.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """Return a text in one line, with escapes for control characters and line ends."""
    return _UNPRINTABLE.sub(_escape, text)


def printable_lines(text: str) -> list[str]:
    """Split a text into printable lines; all but the first begin with CONTINUATION_PREFIX."""
    first, *more = text.replace("\r\n", "\n").split("\n")
    return [one_line(first), *(CONTINUATION_PREFIX + one_line(each) for each in more)]


def escape_unencodable(text: str, encoding: str | None) -> str:
    """Return a text with escapes for the characters that an encoding lacks."""
    if encoding is None:
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


class LogFormatter(logging.Formatter):
    """A formatter of log records that prefixes their later lines, such as those of tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        first, *more = printable_lines(super().format(record).rstrip())
        return "\n".join([first + self.hint(record), *more])

    def hint(self, _: logging.LogRecord) -> str:
        """Return a text to append to the first line of a record; subclasses override this."""
        return ""


def shorten(text: str, characters: int = 300) -> str:
    """Cut a text after that many characters; an ellipsis marks a cut text."""
    return text if len(text) <= characters else f"{text[:characters]}..."
