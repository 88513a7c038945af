"""An immutable mapping whose changed copies share nearly all their parts with the original."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MIN_SHARDS = 16
# Python keeps objects of up to 512 bytes apart from larger ones. Larger shards would be allocated
# between texts of documents, and their copies would leave holes that nothing fills.
_KEYS_PER_SHARD = 12
_NO_KEYS: dict[Any, Any] = {}
_NO_SHARDS: tuple[dict[Any, Any], ...] = (_NO_KEYS,) * _MIN_SHARDS


class ShardedMap(Generic[K, V]):
    """An immutable mapping; a changed copy copies only the shards with changed keys."""

    __slots__ = ("_shards", "_size")

    def __init__(self, shards: tuple[dict[K, V], ...] = _NO_SHARDS, size: int = 0) -> None:
        self._shards = shards
        self._size = size

    @classmethod
    def of(cls, items: Mapping[K, V]) -> Self:
        """Build a map of items."""
        shards: list[dict[K, V]] = _resized((), len(items))
        for key, value in items.items():
            shards[hash(key) % len(shards)][key] = value
        return cls(tuple(shards), len(items))

    def __len__(self) -> int:
        return self._size

    def get(self, key: K) -> V | None:
        shards = self._shards
        return shards[hash(key) % len(shards)].get(key)

    def get_all(self, keys: Iterable[K]) -> Iterator[V]:
        """Yield the values of keys, which must exist."""
        shards = self._shards
        return (shards[hash(key) % len(shards)][key] for key in keys)

    def keys(self) -> Iterator[K]:
        return chain.from_iterable(self._shards)

    def values(self) -> Iterator[V]:
        for shard in self._shards:
            yield from shard.values()

    def changed(self, changes: Mapping[K, V | None]) -> Self:
        """Return a copy in which the given keys have the given values; ``None`` removes a key."""
        shards = _resized(self._shards, self._size + len(changes))
        updated_shards: set[int] = set()
        size = self._size
        for key, value in changes.items():
            number = hash(key) % len(shards)
            if number not in updated_shards:
                shards[number] = dict(shards[number])
                updated_shards.add(number)
            shard = shards[number]
            size -= key in shard
            if value is None:
                shard.pop(key, None)
            else:
                shard[key] = value
                size += 1
        for number in updated_shards:
            shards[number] = shards[number] or _NO_KEYS
        return self.__class__(tuple(shards), size)


def _resized(shards: tuple[dict[K, V], ...], size: int) -> list[dict[K, V]]:
    """Return shards with the same keys; multiply their number by four until ``size`` keys fit."""
    count = len(shards) or _MIN_SHARDS
    while size > count * _KEYS_PER_SHARD:
        count *= 4
    if count == len(shards):
        return list(shards)
    resized: list[dict[K, V]] = [{} for _ in range(count)]
    for shard in shards:
        for key, value in shard.items():
            resized[hash(key) % count][key] = value
    return resized
