"""Share the equal parts of documents in memory: names of members and repeated values.

Documents are immutable once they are stored, so that two of them may refer to one value. Compact
documents are still plain dicts, which are read as fast as others. They take about a quarter of the
memory that the documents of a file take after ``json.loads`` (``python -m benchmarks.memory``).
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import compress
from operator import is_not
from typing import Any

_MAX_LENGTH = 64  # of a text that is shared: ids, times, names, states
_MAX_BYTES = 128  # of an object that is shared
_MAX_VALUES = 100_000
_EMPTY_LIST = b"[]"


class _Members:
    """A namespace: Python keeps the names of its members once per class (PEP 412)."""


@lru_cache(maxsize=256)
def _members_class(names: tuple[str, ...]) -> type[_Members]:
    return type("_Members", (_Members,), {"names": names})


class SharedValues:
    """A pool of values that occurred in documents; it forgets them when it has too many."""

    def __init__(self) -> None:
        # text → itself; serialized object → the object
        self._values: dict[str | bytes, Any] = {}

    def compact(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return an equal document that shares names and values with earlier ones."""
        if len(self._values) > _MAX_VALUES:
            self._values.clear()
        members = vars(_members_class(tuple(document))())
        self._fill(members, document.items())
        return members

    def compact_like(
        self, document: Mapping[str, Any], model: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Return what :meth:`compact` does, in less time if most values are those of a model.

        Args:
            model: a compact document: the former version, or another document of a batch.
        """
        names = tuple(document)
        if model is None or names != tuple(model):
            return self.compact(document)
        members = model.copy()  # Python then keeps the names only once, too
        differences = map(is_not, document.values(), model.values())
        self._fill(members, compress(document.items(), differences))
        return members

    def _fill(self, members: dict[str, Any], values: Iterable[tuple[str, Any]]) -> None:
        """Set members to these values, or to equal earlier ones."""
        share = self._values.setdefault
        for name, value in values:
            kind = type(value)
            if kind is str:
                members[name] = share(value, value) if len(value) <= _MAX_LENGTH else value
            elif kind is dict:
                members[name] = self._share_object(value)
            elif kind is list and not value:
                members[name] = share(_EMPTY_LIST, value)
            else:
                members[name] = value

    def _share_object(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return an equal object: an earlier one without texts, or a copy that shares its texts."""
        share = self._values.setdefault
        if str in map(type, value.values()):
            return {
                share(name, name): share(each, each)
                if type(each) is str and len(each) <= _MAX_LENGTH
                else each
                for name, each in value.items()
            }
        # Unlike the objects, their bytes differ for 1, 1.0 and true.
        content = marshal.dumps(value, 2)
        return share(content, value) if len(content) <= _MAX_BYTES else value
