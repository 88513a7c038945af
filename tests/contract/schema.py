"""The known facts about the schema of the platform's API (``schema.json``)."""

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

from kili_emulator.api.execution import build_schema

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


SCHEMA = build_schema()
OWN_TYPES = own_types(SCHEMA)
OWN_ENUMS = own_enums(SCHEMA)
ROOTS = ("Query", "Mutation", "Subscription")
