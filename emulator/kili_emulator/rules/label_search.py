"""The search of labels by their number of annotations, ``label.search`` (contract/label.md#search).

::

    (JOB_CLASSIF.CATEGORY_A.count == 1 OR JOB_NER.CATEGORY_B.count > 0) AND JOB_BBOX.C.count > 10

``AND`` binds tighter than ``OR``. Names and numbers have the form that the SDK allows: a name
begins with a letter; letters, digits, ``_``, ``-`` and ``*`` may follow.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kili_emulator import errors

# In characters; enough for some 300 conditions.
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
    """A comparison of a number with the count of a category (``JOB.CATEGORY``) in a label."""

    category: str
    comparison: str
    number: float

    def holds(self, counts: Mapping[str, int]) -> bool:
        return _COMPARE[self.comparison](counts.get(self.category, 0), self.number)


@dataclass(frozen=True)
class LabelSearch:
    """A search in postfix notation.

    Attributes:
        steps: conditions and operators (``AND``, ``OR``) in the order of evaluation; an operator
            combines the two results before it.
    """

    steps: tuple[Condition | str, ...]

    def holds(self, counts: Mapping[str, int]) -> bool:
        """Return whether a label matches the search.

        Args:
            counts: ``"JOB.CATEGORY"`` → number of annotations; 0 for a category without an entry.
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
    """Read a search; recent results are cached.

    Raises:
        KiliError: the search is malformed (the message says where, and what was expected), or has
            more than :data:`LONGEST_SEARCH` characters.
    """
    if len(text) > LONGEST_SEARCH:
        raise errors.search_too_long("label.search", len(text), LONGEST_SEARCH)
    reader = _Reader(text)
    steps: list[Condition | str] = []
    operators: list[str] = []
    while True:
        while reader.skip(_OPEN):
            operators.append("(")
        steps.append(_read_condition(reader, '"(" or a condition like JOB.CATEGORY.count > 0'))
        connective = _read_connective(reader, operators, steps)
        if not connective:
            return LabelSearch((*steps, *reversed(operators)))
        _pop_operators(operators, steps, connective)
        operators.append(connective)


def _read_condition(reader: _Reader, expected: str) -> Condition:
    job = reader.take(_NAME, expected)
    reader.take(_DOT, '"." after the name of the job')
    category = reader.take(_NAME, "the name of a category")
    reader.take(_DOT, '"." after the name of the category')
    reader.take(_COUNT, '"count"')
    comparison = reader.take(_COMPARISON, "==, >=, <=, < or >")
    number = float(reader.take(_NUMBER, "a number"))
    return Condition(f"{job}.{category}", comparison, number)


def _read_connective(reader: _Reader, operators: list[str], steps: list[Condition | str]) -> str:
    """Close the parentheses that end after a condition, and read the connective after them.

    Returns:
        ``AND`` or ``OR``; an empty text at the end of the search.
    """
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
    """Move the operators that bind at least as tightly as the next connective to the steps."""
    while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[connective]:
        steps.append(operators.pop())


class _Reader:
    """A reader of a text, token by token; it skips the blanks between the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0
        self._skip_blanks()

    @property
    def at_end(self) -> bool:
        return self.position == len(self._text)

    def skip(self, pattern: re.Pattern[str]) -> str | None:
        """Read and return the next token if it matches a pattern; otherwise return ``None``."""
        found = pattern.match(self._text, self.position)
        if not found:
            return None
        self.position = found.end()
        self._skip_blanks()
        return found.group()

    def take(self, pattern: re.Pattern[str], expected: str) -> str:
        """Read and return the next token, which must match a pattern.

        Raises:
            KiliError: the next token does not match.
        """
        token = self.skip(pattern)
        if token is None:
            raise self.malformed(self.position, expected)
        return token

    def malformed(self, position: int, expected: str) -> errors.KiliError:
        rest = self._text[position:].split()
        found = f'"{rest[0][:40]}"' if rest else "its end"
        return errors.label_search_malformed(position + 1, expected, found)

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self._text, self.position)
        self.position = blanks.end() if blanks else self.position
