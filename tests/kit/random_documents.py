"""Random GraphQL documents over a schema: aliases, fragments, directives and ``__typename``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st

VARIABLES = {"yes": True, "no": False}

_DIRECTIVES = (
    "",
    "",
    "",
    " @include(if: $yes)",
    " @include(if: $no)",
    " @skip(if: $no)",
    " @skip(if: true)",
    " @include(if: true) @skip(if: false)",
)


class _Writer:
    """A writer of one document, which collects its fragments."""

    def __init__(self, schema: GraphQLSchema, draw: st.DrawFn, *, plain: bool) -> None:
        self._schema = schema
        self._draw = draw
        self._plain = plain
        self.fragments: list[str] = []

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        """Write a selection of one to four parts of a type."""
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        count = self._draw(st.integers(1, 4))
        parts = [self._part(type_, depth) for _ in range(count)]
        return "{ " + " ".join(parts) + " }"

    def _part(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        kinds = ["field", "field", "field", "typename"]
        if depth > 0:
            kinds += ["inline"] if self._plain else ["inline", "fragment"]
        kind = self._draw(st.sampled_from(kinds))
        if kind == "field":
            return self._field(type_, depth)
        if kind == "typename":
            return f"__typename{self._directive()}"
        target = self._draw(st.sampled_from(self._targets(type_)))
        selection = self.selection(target, depth - 1)
        if kind == "inline":
            condition = f" on {target.name}" if target is not type_ else ""
            return f"...{condition}{self._directive()} {selection}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {target.name} {selection}")
        return f"...{name}{self._directive()}"

    def _targets(self, type_: GraphQLNamedType) -> Sequence[GraphQLNamedType]:
        if not isinstance(type_, GraphQLInterfaceType):
            return [type_]
        return [type_, *self._schema.get_possible_types(type_)]

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        names = [
            name
            for name, field in type_.fields.items()
            if (depth > 0 or is_leaf_type(get_named_type(field.type)))
            and not any(map(is_required_argument, field.args.values()))
        ]
        if not names:
            return "__typename"
        name = self._draw(st.sampled_from(names))
        target = get_named_type(type_.fields[name].type)
        below = "" if is_leaf_type(target) else f" {self.selection(target, depth - 1)}"
        # One alias for each field: other fields of the same response name would be refused.
        alias = self._draw(st.sampled_from(["", "", f"other_{type_.name}_{name}: "]))
        return f"{alias}{name}{self._directive()}{below}"

    def _directive(self) -> str:
        return "" if self._plain else self._draw(st.sampled_from(_DIRECTIVES))


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, roots: dict[str, str]) -> str:
    """Draw a query; half of them have neither fragments nor directives.

    Args:
        roots: the root fields with their arguments, such as ``labels(first: 1)``, and the names of
            their types.
    """
    writer = _Writer(schema, draw, plain=draw(st.booleans()))
    fields = draw(st.lists(st.sampled_from(sorted(roots)), min_size=1, max_size=2))
    parts = []
    for number, field in enumerate(fields):
        type_: Any = schema.type_map[roots[field]]
        parts.append(f"root{number}: {field} {writer.selection(type_, 3)}")
    text = "\n".join([f"{{ {' '.join(parts)} }}", *writer.fragments])
    declared = [f"${name}: Boolean!" for name in VARIABLES if f"${name}" in text]
    return f"query ({', '.join(declared)}) {text}" if declared else text
