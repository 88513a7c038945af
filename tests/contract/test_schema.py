"""The served schema is a part of the platform's schema, as far as that is known."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType

from tests.contract.coverage import PAGE, page
from tests.contract.schema import OWN_ENUMS, OWN_TYPES, ROOTS, SCHEMA, enums, operations, types

MEMBERS = [
    (name, member, kind)
    for name, members in OWN_TYPES.items()
    if name not in ROOTS
    for member, kind in members.items()
]
OPERATIONS = [(root, name) for root in ROOTS for name in OWN_TYPES[root]]


@pytest.mark.parametrize(("type_", "member", "kind"), MEMBERS)
def test_member_has_the_type_of_the_platform_schema(type_: str, member: str, kind: str) -> None:
    assert types()[type_][member] == kind


@pytest.mark.parametrize(("root", "name"), OPERATIONS)
def test_an_operation_has_the_platforms_arguments_and_return_type(root: str, name: str) -> None:
    operation = operations()[f"{root}.{name}"]
    own = SCHEMA.type_map[root]
    assert isinstance(own, GraphQLObjectType)
    field = own.fields[name]
    assert {key: str(argument.type) for key, argument in field.args.items()} == operation["args"]
    assert str(field.type) == operation["returns"]


@pytest.mark.parametrize("name", OWN_ENUMS)
def test_enum_has_only_values_of_the_platform_schema(name: str) -> None:
    unknown = set(OWN_ENUMS[name]) - set(enums()[name])
    assert unknown == set(), f"add to enum {name} in tests/contract/schema.json: {unknown}"


def test_the_coverage_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"
