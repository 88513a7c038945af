"""Read the findings that a source suppresses: ``# noqa`` comments, as in other linters."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

_NOQA = re.compile(r"#\s*noqa\b(?:\s*:\s*(?P<codes>[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*))?", re.I)
_BETWEEN = re.compile(r"[,\s]+")
_OUTSIDE = (tokenize.NL, tokenize.COMMENT, tokenize.ENCODING, tokenize.INDENT, tokenize.DEDENT)


@dataclass
class Suppressions:
    """The suppressed findings of a file.

    Attributes:
        codes: line → suppressed codes; an empty set suppresses all.
    """

    codes: dict[int, frozenset[str]] = field(default_factory=dict)

    def covers(self, line: int, code: str) -> bool:
        found = self.codes.get(line)
        return found is not None and (not found or code in found)


def read_suppressions(path: str, text: str) -> Suppressions:
    """Read the ``# noqa`` comments of a file; a comment counts for all lines of its statement.

    Args:
        path: a path that ends with ``.py`` is parsed for statements.
    """
    comments = {
        number: found
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := _NOQA.search(line))
    }
    statements = list(_statements(text)) if comments and path.endswith(".py") else []
    begins = [first for first, _ in statements]
    by_span: dict[tuple[int, int], frozenset[str]] = {}
    for number, comment in comments.items():
        codes = frozenset(filter(None, _BETWEEN.split((comment["codes"] or "").upper())))
        before = bisect(begins, number) - 1
        is_inside = before >= 0 and number <= statements[before][1]
        span = statements[before] if is_inside else (number, number)
        by_span[span] = _both(by_span.get(span), codes)
    return Suppressions(
        {line: codes for (first, last), codes in by_span.items() for line in range(first, last + 1)}
    )


def _both(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    if one is None:
        return other
    return one | other if one and other else frozenset()


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each statement."""
    begun: int | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE and begun is not None:
                yield begun, token.start[0]
                begun = None
            elif begun is None and token.type not in _OUTSIDE:
                begun = token.start[0]
    except (tokenize.TokenError, SyntaxError):  # after the error, each line counts alone
        return
