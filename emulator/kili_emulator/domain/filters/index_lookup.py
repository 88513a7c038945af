"""Lookups: the use of an index to find the candidates of a ``where``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic

from kili_emulator.domain.filters.conditions import CREATION_BOUNDS, D, Where
from kili_emulator.domain.repository import ReadRepository, StoredDocuments
from kili_emulator.storage.posting import Posting

_PROJECT = "project.id"


@dataclass(frozen=True)
class Narrowed(Generic[D]):
    """The candidates of a ``where``.

    Attributes:
        documents: the candidates, in creation order.
        rest: the conditions that the candidates do not meet already.
        are_visible: whether all candidates are in projects that the actor sees.
    """

    documents: StoredDocuments[D]
    rest: Where
    are_visible: bool


@dataclass(frozen=True)
class Lookup:
    """An index, and the members of a ``where`` whose values make its keys.

    Attributes:
        index: an index of the table; ``id`` for the ids of the documents.
        members: a path (``asset.id``) for each part of a key; it holds one value or a list.
        by_project: keys begin with the id of the project. The project of the ``where`` is used, or
            else all projects that the actor sees.
        is_exact: the index decides the conditions on ``members``, which need no test then.
    """

    index: str
    members: tuple[str, ...] = ()
    by_project: bool = True
    is_exact: bool = True

    def narrow(
        self, repository: ReadRepository[D], where: Where, can_see: Callable[[str], bool]
    ) -> Narrowed[D] | None:
        """Find the candidates of a ``where``; ``None`` if it lacks one of the members.

        Args:
            can_see: whether the actor sees the project with an id.
        """
        parts = []
        for path in self.members:
            values = _values(where, path)
            if values is None:
                return None
            parts.append(set(values))
        if self.by_project:
            projects = _values(where, _PROJECT)
            candidates = repository.keys("project") if projects is None else projects
            parts.insert(0, set(filter(can_see, candidates)))
        documents = repository.select(self._postings(repository, parts))
        return Narrowed(documents, self._undecided(where), self.by_project)

    def _postings(self, repository: ReadRepository[D], parts: list[set[Any]]) -> Iterator[Posting]:
        if self.index == "id":
            return iter([repository.existing(parts[0])])
        keys = parts[0] if len(parts) == 1 else product(*parts)
        return (repository.posting(self.index, key) for key in keys)

    def _undecided(self, where: Where) -> Where:
        """Return the conditions that the index does not decide."""
        for path in self.members if self.is_exact else ():
            where = without(where, path)
        return without(where, _PROJECT) if self.by_project else where


BY_ID = Lookup("id", ("id",), by_project=False)
BY_IDS = Lookup("id", ("idIn",), by_project=False)
BY_PROJECT = Lookup("project")


def narrow(
    repository: ReadRepository[D],
    lookups: Sequence[Lookup],
    where: Where,
    can_see: Callable[[str], bool],
) -> Narrowed[D]:
    """Find the candidates of a ``where`` by the first lookup that applies to it, and its dates.

    Args:
        lookups: those of the noun, from the one that finds the fewest documents to the one that
            applies to each ``where``.
        can_see: whether the actor sees the project with an id.
    """
    found = (each.narrow(repository, where, can_see) for each in lookups)
    return _narrow_dates(repository, next(each for each in found if each is not None))


def _narrow_dates(repository: ReadRepository[D], found: Narrowed[D]) -> Narrowed[D]:
    """Leave only the candidates with the right creation date, if they are in the order of it."""
    if repository.date_member != "createdAt":
        return found
    given = {name: found.rest[name] for name in CREATION_BOUNDS if found.rest.get(name) is not None}
    if not given:
        return found
    begins, ends = zip(*(CREATION_BOUNDS[name](each) for name, each in given.items()), strict=True)
    rest = {name: each for name, each in found.rest.items() if name not in given}
    return Narrowed(found.documents.between(max(begins), min(ends)), rest, found.are_visible)


def value_at(where: Where, path: str) -> Any:
    """Return the value at a path (``asset.id``) of a ``where``, or ``None``."""
    value: Any = where
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def without(where: Where, path: str) -> Where:
    """Return a copy of a ``where`` without the condition at a path."""
    name, _, rest = path.partition(".")
    if where.get(name) is None:
        return where
    if rest:
        return {**where, name: without(where[name], rest)}
    return {each: value for each, value in where.items() if each != name}


def _values(where: Where, path: str) -> list[Any] | None:
    value = value_at(where, path)
    return value if value is None or isinstance(value, list) else [value]
