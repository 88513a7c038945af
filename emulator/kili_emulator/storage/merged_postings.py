"""Slices of several postings in one order, without merging the postings as a whole."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice

from kili_emulator.storage.posting import Posting, SortKeyOf

# Postings of so many ids on average, such as those of external ids, are sorted as a whole: this
# takes less time than the search for the page in each of them.
_FEW_IDS = 16


class _Ids:
    """The ids of a posting by their places."""

    def __init__(self, posting: Posting) -> None:
        self._chunks = posting.chunks
        self._starts = [0, *accumulate(map(len, posting.chunks))]

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, place: int) -> str:
        number = bisect_right(self._starts, place) - 1
        return self._chunks[number][place - self._starts[number]]


def slice_of_all(
    postings: Sequence[Posting], start: int, stop: int, sort_key: SortKeyOf
) -> Iterator[str]:
    """Yield the ids from place ``start`` to place ``stop``, exclusive, of all postings together.

    Args:
        postings: postings without a common id.
    """
    count = sum(map(len, postings))
    if count <= _FEW_IDS * len(postings):
        return islice(sorted(chain.from_iterable(postings), key=sort_key), start, stop)
    firsts = _places_before(list(map(_Ids, postings)), start, sort_key)
    size = max(stop - start, 0)
    parts = (
        posting.slice(first, first + size) for posting, first in zip(postings, firsts, strict=True)
    )
    return islice(sorted(chain.from_iterable(parts), key=sort_key), size)


def _places_before(lists: list[_Ids], count: int, sort_key: SortKeyOf) -> list[int]:
    """Return how many ids of each list are among the first ``count`` ids of all lists.

    Each step takes the middle of the longest undecided part, and finds how many ids of all lists
    come before it.
    """
    lows, highs = [0] * len(lists), list(map(len, lists))
    if count >= sum(highs):
        return highs
    while any(low < high for low, high in zip(lows, highs, strict=True)):
        widest = max(range(len(lists)), key=lambda number: highs[number] - lows[number])
        middle = (lows[widest] + highs[widest]) // 2
        key = sort_key(lists[widest][middle])
        places = [
            bisect_left(ids, key, low, high, key=sort_key)
            for ids, low, high in zip(lists, lows, highs, strict=True)
        ]
        if sum(places) < count:
            lows = places
            lows[widest] = middle + 1
        else:
            highs = places
    return lows
