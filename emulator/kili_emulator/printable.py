r"""Text that others wrote, made safe to print.

A project's title, a plugin's name, a log line or the text of an exception may hold control
characters, which move the cursor or clear the screen, and line ends, after which anything looks
like a line of the emulator's own. Both are shown as escapes instead (``\x1b``, ``\n``).
"""

from __future__ import annotations

import logging
import re

CONTINUATION_PREFIX = "  | "
"""What each further line of a text begins with; no line of the emulator's own does."""

# C0 and C1 controls but the tab; line and paragraph separators; overrides and isolates of the
# direction of text; surrogates, which no encoding has.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """A text in one line, without control characters."""
    return _UNPRINTABLE.sub(_escape, text)


def printable_lines(text: str) -> list[str]:
    """The lines of a text, without control characters; all but the first are marked as such."""
    first, *more = text.replace("\r\n", "\n").split("\n")
    return [one_line(first), *(CONTINUATION_PREFIX + one_line(each) for each in more)]


def escape_unencodable(text: str, encoding: str | None) -> str:
    """A text in which escapes stand for what an encoding has no characters for."""
    if encoding is None:
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


class LogFormatter(logging.Formatter):
    """Formats records of a log: their further lines, such as tracebacks, are marked as such."""

    def format(self, record: logging.LogRecord) -> str:
        first, *more = printable_lines(super().format(record).rstrip())
        return "\n".join([first + self.hint(record), *more])

    def hint(self, _: logging.LogRecord) -> str:
        """What the first line of a record ends with."""
        return ""


def shorten(text: str, characters: int = 300) -> str:
    """The beginning of a text."""
    return text if len(text) <= characters else f"{text[:characters]}..."
