"""The conditions of ``label.search`` on what a label counts (contract/label.md#search).

::

    (JOB_CLASSIF.CATEGORY_A.count == 1 OR JOB_NER.CATEGORY_B.count > 0) AND JOB_BBOX.C.count > 10

``AND`` binds tighter than ``OR``. Names and numbers are those that the SDK lets through: a name
begins with a letter, and may go on with letters, digits, ``_``, ``-`` and ``*``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kili_emulator import errors

# In characters; some 300 conditions.
LONGEST_SEARCH = 10_000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_*-]*")
_DOT = re.compile(r"\.")
_COUNT = re.compile(r"count\b")
_COMPARISON = re.compile(r"==|>=|<=|<|>")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_CONNECTIVE = re.compile(r"(AND|OR)(?![A-Za-z0-9_*-])|\)")
_OPEN = re.compile(r"\(")
_BLANKS = re.compile(r"\s*")

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
}
_PRECEDENCE = {"(": 0, "OR": 1, "AND": 2}


@dataclass(frozen=True)
class Condition:
    """One comparison: how often a category of a job was chosen, and a number."""

    category: str
    comparison: str
    number: float

    def holds(self, counts: Mapping[str, int]) -> bool:
        return _COMPARE[self.comparison](counts.get(self.category, 0), self.number)


@dataclass(frozen=True)
class LabelSearch:
    """A search that was read.

    Attributes:
        steps: conditions, and what connects the two results before (``AND``, ``OR``), in the
            order in which they are worked out.
    """

    steps: tuple[Condition | str, ...]

    def holds(self, counts: Mapping[str, int]) -> bool:
        """Whether a label fits.

        Args:
            counts: ``"JOB.CATEGORY"`` → how often; what is missing counts 0.
        """
        results: list[bool] = []
        for step in self.steps:
            if isinstance(step, Condition):
                results.append(step.holds(counts))
            else:
                right, left = results.pop(), results.pop()
                results.append((left and right) if step == "AND" else (left or right))
        return results.pop()


@lru_cache(maxsize=64)
def parse_label_search(text: str) -> LabelSearch:
    """Read a search; one that was read lately is not read again.

    Raises:
        KiliError: it is malformed (the message says where, and what was expected), or has more
            than :data:`LONGEST_SEARCH` characters.
    """
    if len(text) > LONGEST_SEARCH:
        raise errors.search_too_long("label.search", len(text), LONGEST_SEARCH)
    reader = _Reader(text)
    steps: list[Condition | str] = []
    operators: list[str] = []
    while True:
        while reader.skip(_OPEN):
            operators.append("(")
        steps.append(_condition(reader, '"(" or a condition like JOB.CATEGORY.count > 0'))
        connective = _connective(reader, operators, steps)
        if not connective:
            return LabelSearch((*steps, *reversed(operators)))
        _pop_operators(operators, steps, connective)
        operators.append(connective)


def _condition(reader: _Reader, expected: str) -> Condition:
    job = reader.take(_NAME, expected)
    reader.take(_DOT, '"." after the name of the job')
    category = reader.take(_NAME, "the name of a category")
    reader.take(_DOT, '"." after the name of the category')
    reader.take(_COUNT, '"count"')
    comparison = reader.take(_COMPARISON, "==, >=, <=, < or >")
    number = float(reader.take(_NUMBER, "a number"))
    return Condition(f"{job}.{category}", comparison, number)


def _connective(reader: _Reader, operators: list[str], steps: list[Condition | str]) -> str:
    """Close what is closed after a condition; then ``AND`` or ``OR``, or nothing at the end."""
    while True:
        is_open = "(" in operators
        expected = 'AND, OR or ")"' if is_open else "AND, OR or the end"
        if reader.at_end and not is_open:
            return ""
        start = reader.position
        word = reader.take(_CONNECTIVE, expected)
        if word != ")":
            return word
        if not is_open:
            raise reader.malformed(start, expected)
        _pop_operators(operators, steps, "OR")
        operators.pop()


def _pop_operators(operators: list[str], steps: list[Condition | str], connective: str) -> None:
    """Work out first what binds at least as tightly as the connective that comes now."""
    while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[connective]:
        steps.append(operators.pop())


class _Reader:
    """A text, read piece by piece; blanks between the pieces do not count."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0
        self._skip_blanks()

    @property
    def at_end(self) -> bool:
        return self.position == len(self._text)

    def skip(self, pattern: re.Pattern[str]) -> str | None:
        """The piece that is next, if it is such a one."""
        found = pattern.match(self._text, self.position)
        if not found:
            return None
        self.position = found.end()
        self._skip_blanks()
        return found.group()

    def take(self, pattern: re.Pattern[str], expected: str) -> str:
        piece = self.skip(pattern)
        if piece is None:
            raise self.malformed(self.position, expected)
        return piece

    def malformed(self, position: int, expected: str) -> errors.KiliError:
        rest = self._text[position:].split()
        found = f'"{rest[0][:40]}"' if rest else "its end"
        return errors.label_search_malformed(position + 1, expected, found)

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self._text, self.position)
        self.position = blanks.end() if blanks else self.position
