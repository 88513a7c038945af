"""The paths of ids in the arguments of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)

Path = tuple[str | int, ...]

# Texts that are ids of users.
_USERS = ("assigneeIn", "labelerIn", "reviewerIn")
_DEPTH = 3


def id_conditions(field: GraphQLField) -> Iterator[tuple[Path, Any]]:
    """Iterate over the arguments of a query, and the members of its inputs, that select by an id.

    Yields:
        the path, and the value to put there, a template with ``<id>``. Conditions that exclude
        ids are omitted.
    """
    for name, argument in field.args.items():
        yield from _below((name,), argument.type)


def _below(path: Path, type_: GraphQLInputType) -> Iterator[tuple[Path, Any]]:
    named, name = get_named_type(type_), str(path[-1])
    is_list = isinstance(get_nullable_type(type_), GraphQLList)
    if "NotIn" in name:
        return
    if named.name == "ID" or name in _USERS:
        yield path, ["<id>"] if is_list else "<id>"
    elif named.name == "StepIdAndStatus":
        yield path, [{"stepId": "<id>", "status": "TO_DO"}]
    elif isinstance(named, GraphQLInputObjectType) and len(path) <= _DEPTH:
        for member, each in named.fields.items():
            yield from _below((*path, member), each.type)


def dotted(operation: str, path: Path) -> str:
    """Return the written form of a path: ``assets(where.project.id)``."""
    return f"{operation}({'.'.join(map(str, path))})"


def named_values(value: Any, path: Path = ()) -> Iterator[Path]:
    """Iterate over the paths of the named ids in a template."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from named_values(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from named_values(each, (*path, index))
    elif isinstance(value, str) and value.startswith("<"):
        yield path


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of the value with a new value at the path; create missing members."""
    if not path:
        return new
    key, *rest = path
    if isinstance(key, int):
        return [put(each, tuple(rest), new) if at == key else each for at, each in enumerate(value)]
    return {**value, key: put(value.get(key, {}), tuple(rest), new)}
