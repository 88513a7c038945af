"""Share the equal parts of documents in memory: names of members and repeated values.

Documents are immutable once they are stored, so that two of them may refer to one value. Compact
documents are still plain dicts, which are read as fast as others. They take about a quarter of the
memory that the documents of a file take after ``json.loads`` (``python -m benchmarks.memory``).
"""

from __future__ import annotations

import marshal
from functools import cache
from typing import Any

from kili_emulator.storage.snapshot import Row

_MAX_LENGTH = 64  # of a text that is shared: ids, times, names, states
_MAX_BYTES = 128  # of an object that is shared


class _Members:
    """A namespace: Python keeps the names of its members once per class (PEP 412)."""


@cache
def _members_class(table: str) -> type[_Members]:
    return type(table, (_Members,), {})


class SharedValues:
    """The values that occurred in the documents of one load or commit."""

    def __init__(self) -> None:
        self._values: dict[str | bytes, Any] = {}

    def compact(self, table: str, row: Row) -> Row:
        """Return an equal row whose document shares names and values with earlier ones."""
        members = vars(_members_class(table)())
        share = self._values.setdefault
        for name, value in row.document.items():
            kind = type(value)
            if kind is str:
                members[name] = share(value, value) if len(value) <= _MAX_LENGTH else value
            elif kind is dict:
                members[name] = self._share_object(value)
            elif kind is list and not value:
                members[name] = share("[]", value)
            else:
                members[name] = value
        return Row(row.position, members)

    def _share_object(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return an equal object: an earlier one without texts, or a copy that shares its texts."""
        share = self._values.setdefault
        if str in map(type, value.values()):
            return {
                name: share(each, each) if type(each) is str and len(each) <= _MAX_LENGTH else each
                for name, each in value.items()
            }
        # Unlike the objects, their bytes differ for 1, 1.0 and true.
        content = marshal.dumps(value, 2)
        return share(content, value) if len(content) <= _MAX_BYTES else value
