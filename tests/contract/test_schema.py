"""The served schema is a part of the platform's schema, as far as that is known."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType

from tests.contract.coverage import PAGE, page
from tests.contract.schema import (
    OWN_ENUMS,
    OWN_TYPES,
    ROOTS,
    SCHEMA,
    enums,
    not_known,
    operations,
    types,
)

MEMBERS = [
    (name, member, kind)
    for name, members in OWN_TYPES.items()
    if name not in ROOTS
    for member, kind in members.items()
]
OPERATIONS = [(root, name) for root in ROOTS for name in OWN_TYPES[root]]


@pytest.mark.parametrize(("type_", "member", "kind"), MEMBERS)
def test_member_has_the_type_of_the_platform_schema(type_: str, member: str, kind: str) -> None:
    known = types().get(type_, {})
    assert member in known, not_known(f"{type_}.{member}")
    assert known[member] == kind


@pytest.mark.parametrize(("root", "name"), OPERATIONS)
def test_an_operation_has_the_platforms_arguments_and_return_type(root: str, name: str) -> None:
    operation = operations().get(f"{root}.{name}")
    assert operation is not None, not_known(f"{root}.{name}")
    own = SCHEMA.type_map[root]
    assert isinstance(own, GraphQLObjectType)
    field = own.fields[name]
    assert {key: str(argument.type) for key, argument in field.args.items()} == operation["args"]
    assert str(field.type) == operation["returns"]


@pytest.mark.parametrize("name", OWN_ENUMS)
def test_enum_has_only_values_of_the_platform_schema(name: str) -> None:
    unknown = set(OWN_ENUMS[name]) - set(enums().get(name, []))
    assert not unknown, "\n".join(not_known(f"{name}.{value}") for value in sorted(unknown))


def test_the_coverage_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"


def test_the_coverage_page_refuses_an_unknown_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OWN_TYPES, "LabelWhere", {**OWN_TYPES["LabelWhere"], "colorIn": "[Int!]"})
    with pytest.raises(ValueError, match=r"`LabelWhere\.colorIn` is not in .*schema\.json"):
        page()
