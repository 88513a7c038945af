"""Immutable lists of ids in creation order: the entries of indexes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise

# The position of a document in creation order.
SortKey = tuple[str, int]
SortKeyOf = Callable[[str], SortKey]

Chunk = tuple[str, ...]

CHUNK = 512


class Posting:
    """The ids of the documents that have one key, in creation order.

    A posting is immutable. A changed copy shares all chunks but those that the change concerns, so
    that its cost hardly depends on the number of ids.

    Attributes:
        chunks: the ids in tuples of up to ``CHUNK``, none of them empty.
    """

    __slots__ = ("_size", "chunks")

    def __init__(self, chunks: tuple[Chunk, ...] = (), size: int | None = None) -> None:
        self.chunks = chunks
        self._size = sum(map(len, chunks)) if size is None else size

    @classmethod
    def of(cls, ids: Iterable[str]) -> Posting:
        """Build a posting of ids that are in creation order."""
        ids = tuple(ids)
        return cls(_split(ids), len(ids))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.chunks)

    def __reversed__(self) -> Iterator[str]:
        return chain.from_iterable(map(reversed, reversed(self.chunks)))

    def slice(self, start: int, stop: int) -> Iterator[str]:
        """Yield the ids from position ``start`` to position ``stop``, exclusive."""
        skipped, chunks = 0, iter(self.chunks)
        for chunk in chunks:
            if skipped + len(chunk) > start:
                rest = chain(chunk, chain.from_iterable(chunks))
                return islice(rest, start - skipped, max(stop - skipped, 0))
            skipped += len(chunk)
        return iter(())

    def index(self, document_id: str, sort_key: SortKeyOf) -> int | None:
        """Return the place of an id; ``None`` if it is not in the posting."""
        number = self._chunk_number(document_id, sort_key)
        if not self.chunks or document_id not in self.chunks[number]:
            return None
        return sum(map(len, self.chunks[:number])) + self.chunks[number].index(document_id)

    def between(self, low: SortKey, high: SortKey, sort_key: SortKeyOf) -> Posting:
        """Return the ids whose sort keys are from ``low`` to ``high``."""
        firsts = [chunk[0] for chunk in self.chunks]
        start = max(bisect_left(firsts, low, key=sort_key) - 1, 0)
        stop = bisect_right(firsts, high, key=sort_key)
        chunks = list(self.chunks[start:stop])
        if chunks:
            chunks[-1] = chunks[-1][: bisect_right(chunks[-1], high, key=sort_key)]
            chunks[0] = chunks[0][bisect_left(chunks[0], low, key=sort_key) :]
        return Posting(tuple(filter(None, chunks)))

    def removed(self, ids: Collection[str], sort_key: SortKeyOf) -> Posting:
        """Return a copy without some of its ids, which must be in the posting."""
        if len(ids) * 16 > self._size:  # a search for each takes longer
            return Posting.of(each for each in self if each not in ids)
        chunks, remaining = list(self.chunks), set(ids)
        while remaining:  # one search per chunk: the ids of a batch are neighbours
            number = self._chunk_number(next(iter(remaining)), sort_key)
            leaving = remaining.intersection(chunks[number])
            chunks[number] = _without(chunks[number], leaving)
            remaining -= leaving
        return Posting(tuple(filter(None, chunks)), self._size - len(ids))

    def added(self, ids: Sequence[str], sort_key: SortKeyOf) -> Posting:
        """Return a copy with more ids, which are given in creation order."""
        if not self.chunks or sort_key(ids[0]) > sort_key(self.chunks[-1][-1]):
            return self._appended(ids)
        if len(ids) * 2 > self._size:
            return Posting.of(sorted((*self, *ids), key=sort_key))
        changed: dict[int, list[str]] = {}
        for each in ids:
            number = self._chunk_number(each, sort_key)
            if number not in changed:
                changed[number] = list(self.chunks[number])
            insort(changed[number], each, key=sort_key)
        chunks: list[Chunk] = []
        for number, chunk in enumerate(self.chunks):
            chunks += _split(tuple(changed[number])) if number in changed else (chunk,)
        return Posting(tuple(chunks), self._size + len(ids))

    def _appended(self, ids: Sequence[str]) -> Posting:
        last = self.chunks[-1] if self.chunks else ()
        tail = (*last, *ids)
        if len(tail) <= CHUNK:
            chunks: Iterable[Chunk] = (tail,)
        else:
            chunks = (tail[start : start + CHUNK] for start in range(0, len(tail), CHUNK))
        return Posting((*self.chunks[:-1], *chunks), self._size + len(ids))

    def _chunk_number(self, document_id: str, sort_key: SortKeyOf) -> int:
        """Return the number of the chunk in which an id stands, or to which it belongs."""
        firsts = bisect_right(
            self.chunks, sort_key(document_id), key=lambda chunk: sort_key(chunk[0])
        )
        return max(firsts - 1, 0)


def _without(chunk: Chunk, leaving: Collection[str]) -> Chunk:
    """Return a chunk without some of its ids."""
    if len(leaving) > 1:
        return tuple(each for each in chunk if each not in leaving)
    (place,) = map(chunk.index, leaving)
    return chunk[:place] + chunk[place + 1 :]


def _split(ids: Chunk) -> tuple[Chunk, ...]:
    """Divide ids into chunks of about the same length."""
    if len(ids) <= CHUNK:
        return (ids,) if ids else ()
    count = -(-len(ids) // CHUNK)
    bounds = [len(ids) * number // count for number in range(count + 1)]
    return tuple(ids[start:stop] for start, stop in pairwise(bounds))
