"""Plans: candidates that an index finds, and tests for the conditions that it does not decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

from kili_emulator import errors
from kili_emulator.domain.filters.conditions import AnyDoc, Test, meets_all

D = TypeVar("D", bound=AnyDoc)
D_co = TypeVar("D_co", bound=AnyDoc, covariant=True)


class Candidates(Protocol[D_co]):
    """Documents in the order of a list: a list, or documents that are loaded when they are read."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[D_co]: ...
    def __getitem__(self, place: slice, /) -> Iterable[D_co]: ...


class Plan(Generic[D]):
    """The documents that a ``where`` selects; nothing is read before they are asked for.

    Without tests, a count is the size of the candidates, and a page a slice of them.

    Args:
        candidates: the documents among which the tests select, in the order of the list.
        tests: the conditions that the candidates do not meet already.
    """

    def __init__(self, candidates: Candidates[D], tests: Sequence[Test[D]] = ()) -> None:
        self._candidates = candidates
        self._test = meets_all(tests) if tests else None

    def __iter__(self) -> Iterator[D]:
        return filter(self._test, self._candidates) if self._test else iter(self._candidates)

    @property
    def candidate_count(self) -> int:
        """The number of documents that would be tested."""
        return len(self._candidates)

    def count(self) -> int:
        """Return the number of selected documents."""
        return sum(1 for _ in self) if self._test else len(self._candidates)

    def page(self, first: int | None, skip: int | None) -> list[D]:
        """Return one page; a page past the end is empty (contract/http.md#pages).

        Args:
            first: the maximum number of documents; ``None`` for all.
            skip: the number of documents before the page.

        Raises:
            KiliError: ``skip`` is negative.
        """
        start = skip or 0
        if start < 0:
            raise errors.negative_argument("skip")
        stop = None if first is None else start + first
        return list(islice(self, start, stop) if self._test else self._candidates[start:stop])
