"""Immutable lists of ids in creation order: the entries of indexes."""

from __future__ import annotations

from bisect import bisect_right, insort
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

    def __init__(self, chunks: tuple[Chunk, ...] = ()) -> None:
        self.chunks = chunks
        self._size = sum(map(len, chunks))

    @classmethod
    def of(cls, ids: Iterable[str]) -> Posting:
        """Build a posting of ids that are in creation order."""
        return cls(_split(tuple(ids)))

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

    def removed(self, ids: Collection[str], sort_key: SortKeyOf) -> Posting:
        """Return a copy without some of its ids."""
        if len(ids) * 2 > self._size:
            return Posting.of(each for each in self if each not in ids)
        chunks = list(self.chunks)
        for number in {self._chunk_number(each, sort_key) for each in ids}:
            chunks[number] = tuple(each for each in chunks[number] if each not in ids)
        return Posting(tuple(filter(None, chunks)))

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
        return Posting(tuple(chunks))

    def _appended(self, ids: Sequence[str]) -> Posting:
        *full, last = self.chunks or ((),)
        ids = (*last, *ids)
        chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
        return Posting((*full, *chunks))

    def _chunk_number(self, document_id: str, sort_key: SortKeyOf) -> int:
        """Return the number of the chunk in which an id stands, or to which it belongs."""
        firsts = bisect_right(
            self.chunks, sort_key(document_id), key=lambda chunk: sort_key(chunk[0])
        )
        return max(firsts - 1, 0)


def _split(ids: Chunk) -> tuple[Chunk, ...]:
    """Divide ids into chunks of about the same length."""
    count = -(-len(ids) // CHUNK)
    bounds = [len(ids) * number // count for number in range(count + 1)] if count else []
    return tuple(ids[start:stop] for start, stop in pairwise(bounds))
