"""Check that stored documents have the declared types of their tables."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from kili_emulator.domain.tables import DOCUMENT_TYPES
from kili_emulator.domain.world import Transaction
from kili_emulator.storage.journal import Change


class DocumentTypeChecker:
    """Collector of type faults in the documents that transactions store."""

    def __init__(self) -> None:
        self._faults: list[str] = []
        self._changes = Transaction.changes

    def start(self) -> None:
        checker, original = self, self._changes

        def changes(tx: Transaction) -> list[Change]:
            stored_changes = original(tx)
            checker.check(stored_changes)
            return stored_changes

        Transaction.changes = changes  # type: ignore[method-assign]

    def end(self) -> None:
        Transaction.changes = self._changes  # type: ignore[method-assign]

    def check(self, changes: Sequence[Change]) -> None:
        for each in changes:
            if each.after is not None:
                json.dumps(each.after.document, allow_nan=False)  # a file holds JSON
                self._faults += faults(each.after.document, DOCUMENT_TYPES[each.table], each.table)

    def take_faults(self) -> list[str]:
        """Return the distinct faults found since the last call."""
        collected, self._faults = self._faults, []
        return list(dict.fromkeys(collected))


@cache
def _hints(declared: type) -> Mapping[str, Any]:
    return get_type_hints(declared)


def faults(value: Any, declared: Any, path: str) -> Iterator[str]:
    """Yield a description of each part of a value that does not have its declared type."""
    if declared is Any:
        return
    origin = get_origin(declared)
    if is_typeddict(declared):
        yield from _faults_of_document(value, declared, path)
    elif origin in (Union, types.UnionType):
        if all(any(faults(value, each, path)) for each in get_args(declared)):
            yield f"{path} is {value!r}"
    elif origin is Literal:
        if value not in get_args(declared):
            yield f"{path} is {value!r}"
    elif origin is not None:
        yield from _faults_of_items(value, declared, path)
    elif not _is_plain(value, declared):
        yield f"{path} is {value!r}"


def _faults_of_document(value: Any, declared: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is {value!r}"
        return
    for name in declared.__required_keys__ - value.keys():
        yield f"{path} has no {name}"
    for name, each in value.items():
        if name in _hints(declared):
            yield from faults(each, _hints(declared)[name], f"{path}.{name}")
        else:
            yield f"{path} has an undeclared {name}"


def _faults_of_items(value: Any, declared: Any, path: str) -> Iterator[str]:
    origin, arguments = get_origin(declared), get_args(declared)
    if isinstance(value, str) or not isinstance(value, origin):
        yield f"{path} is {value!r}"
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from faults(key, arguments[0], f"{path} key")
            yield from faults(each, arguments[1], f"{path}[…]")
    else:
        for each in value:
            yield from faults(each, arguments[0], f"{path}[…]")


def _is_plain(value: Any, declared: Any) -> bool:
    """Return whether a value has a plain type; an int is a valid float, a bool is not a number."""
    if declared in (None, type(None)):
        return value is None
    if declared in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if declared is float else declared)
