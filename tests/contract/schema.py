"""The known part of the schema of the platform's API (``schema.json``).

The file is kept by hand: no command generates it. ``meta.sources`` lists the sources, such as
``sdk``; a new entry needs one of them:

- an operation: its ``source``; ``returnsSource`` if its return type has another one;
- a member of an object or interface: the ``source`` of its type, or ``fieldSource.<member>`` of the
  type if the member has another one;
- a member of an input: the same two keys in ``inputsMeta.<type>``;
- a value of an enum: the ``source`` in ``enumsMeta.<enum>``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

from kili_emulator.api.executable_schema import executable_schema

CONTRACT: dict[str, Any] = json.loads(
    Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
)

Members = dict[str, str]


def operations() -> dict[str, dict[str, Any]]:
    """Return ``Query.<name>`` or ``Mutation.<name>`` → the known signature."""
    roots = {"Query": "queries", "Mutation": "mutations", "Subscription": "subscriptions"}
    return {
        f"{root}.{name}": operation
        for root, member in roots.items()
        for name, operation in CONTRACT[member].items()
    }


def types() -> dict[str, Members]:
    """Return object, interface and input types → member → type."""
    objects = {name: each["fields"] for name, each in CONTRACT["objects"].items()}
    return {**objects, **CONTRACT["inputs"]}


def enums() -> dict[str, list[str]]:
    """Return enums → values."""
    return dict(CONTRACT["enums"])


def not_known(name: str) -> str:
    """Return the message about an operation, member or value that ``schema.json`` does not have.

    Args:
        name: ``LabelWhere.typeIn``, ``Query.labels`` or ``LabelType.REVIEW``.
    """
    return (
        f"`{name}` is not in tests/contract/schema.json, the known part of the platform's schema. "
        "If an SDK or Kili's documentation has it, add it there with its source; "
        "otherwise the emulator must not serve it."
    )


def own_types(schema: GraphQLSchema) -> dict[str, Members]:
    """Return the types of the schema that the emulator serves, in the form of ``types``."""
    return {
        name: {member: str(field.type) for member, field in each.fields.items()}
        for name, each in schema.type_map.items()
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
        and not name.startswith("__")
    }


def own_enums(schema: GraphQLSchema) -> dict[str, list[str]]:
    """Return the enums of the schema that the emulator serves."""
    return {
        name: list(each.values)
        for name, each in schema.type_map.items()
        if isinstance(each, GraphQLEnumType) and not name.startswith("__")
    }


SCHEMA = executable_schema()
OWN_TYPES = own_types(SCHEMA)
OWN_ENUMS = own_enums(SCHEMA)
ROOTS = ("Query", "Mutation", "Subscription")
