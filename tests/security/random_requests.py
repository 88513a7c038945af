"""Hypothesis strategies of random GraphQL requests, made from the schema.

Some requests are valid by type, most begin with arguments that succeed and change one value, and
some have an error in the document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERY_ARGUMENTS
from tests.contract.schema import SCHEMA
from tests.security.access_table import SITUATIONS
from tests.security.callers import CALLERS
from tests.security.random_values import Draw, changed_value, draw_value, literal, once_in

# How often something happens: once in this number of cases.
_LITERAL, _DIRECTIVE, _FRAGMENT, _BROKEN, _FURTHER = 4, 10, 8, 15, 10
_DEPTH = 3

# Definitions that some documents have in addition, and the operations that requests name.
_FURTHER_DEFINITIONS = (
    "query other { viewer { id } }",
    "mutation other($w: ProjectWhere!) { deleteProject(where: $w) { id } }",
    "subscription other($p: ID!) { labelCreatedOrUpdated(projectID: $p) { id } }",
    "fragment unused on User { id }",
    "fragment circle on User { id ...circle }",
    "type Query { viewer: Int }",
)
_OPERATION_NAMES = ("first", "first", "other", "missing", "", None)


@dataclass(frozen=True)
class RandomRequest:
    """One request of a caller.

    Attributes:
        body: the members ``query``, ``variables`` and ``operationName``.
        over_http: send it to the server; otherwise execute it in this process.
    """

    caller: str
    body: dict[str, Any]
    over_http: bool


@dataclass
class _Document:
    """The parts of a document while it is drawn."""

    head: str
    fields: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        body = " ".join(self.fields)
        return " ".join([f"{self.head}{declared} {{ {body} }}", *self.fragments])


_PLAUSIBLE: dict[str, list[dict[str, Any]]] = {
    name: [arguments] for name, arguments in QUERY_ARGUMENTS.items()
}
for _call in CALLS:
    _PLAUSIBLE.setdefault(_call.mutation, []).append(_call.arguments)
for (_operation, _), (_, _, _given) in SITUATIONS.items():
    _PLAUSIBLE[_operation].append(_given)


def _arguments(draw: Draw, operation: str, root_field: GraphQLField) -> dict[str, Any]:
    """Draw the arguments of a root field: plausible ones, with a change, or random ones."""
    types = {name: argument.type for name, argument in root_field.args.items()}
    if operation not in _PLAUSIBLE or once_in(draw, 4):
        optional = {
            name for name, each in root_field.args.items() if not is_required_argument(each)
        }
        return {
            name: draw_value(draw, type_, name)
            for name, type_ in types.items()
            if name not in optional or once_in(draw, 2)
        }
    arguments = draw(st.sampled_from(_PLAUSIBLE[operation]))
    if types and not once_in(draw, 3):
        name = draw(st.sampled_from(sorted(types)))
        return {**arguments, name: changed_value(draw, types[name], name, arguments.get(name))}
    return dict(arguments)


def _pass(
    draw: Draw, document: _Document, root_field: GraphQLField, arguments: dict[str, Any]
) -> str:
    """Add the arguments to the document, as variables or literals; return the text between ()."""
    passed = []
    for name, value in arguments.items():
        argument = root_field.args[name]
        if once_in(draw, _LITERAL):
            passed.append(f"{name}: {literal(value, argument.type)}")
        else:
            variable = f"v{len(document.declared)}"
            document.declared.append(f"${variable}: {argument.type}")
            document.variables[variable] = value
            passed.append(f"{name}: ${variable}")
    return f"({', '.join(passed)})" if passed else ""


def _selection(draw: Draw, document: _Document, type_: GraphQLOutputType, depth: int = 0) -> str:
    """Draw a selection of fields; empty for scalars."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInterfaceType):
        named = draw(st.sampled_from(SCHEMA.get_possible_types(named)))
        return f"{{ __typename ... on {named.name} {_selection(draw, document, named, depth)} }}"
    if not isinstance(named, GraphQLObjectType):
        return ""
    names = sorted(
        name
        for name, each in named.fields.items()
        if depth < _DEPTH or is_leaf_type(get_named_type(each.type))
    )
    chosen = [draw(st.sampled_from(names)) for _ in range(draw(st.integers(1, 4)))] if names else []
    parts = [_field(draw, document, named, name, depth) for name in dict.fromkeys(chosen)]
    body = " ".join(parts or ["__typename"])
    if once_in(draw, _FRAGMENT):
        fragment = f"f{len(document.fragments)}"
        document.fragments.append(f"fragment {fragment} on {named.name} {{ {body} }}")
        body = f"...{fragment}"
    elif once_in(draw, _FRAGMENT):
        body = f"... on {named.name} {{ {body} }}"
    return f"{{ {body} }}"


def _field(
    draw: Draw, document: _Document, parent: GraphQLObjectType, name: str, depth: int
) -> str:
    selected = parent.fields[name]
    arguments = ""
    if selected.args and any(map(is_required_argument, selected.args.values())):
        values = {key: draw_value(draw, each.type, key) for key, each in selected.args.items()}
        arguments = _pass(draw, document, selected, values)
    directive = ""
    if once_in(draw, _DIRECTIVE):
        directive = draw(
            st.sampled_from((" @include(if: true)", " @skip(if: true)", " @skip(if: 1)"))
        )
    alias = "other: " if once_in(draw, _DIRECTIVE) else ""
    below = _selection(draw, document, selected.type, depth + 1)
    return f"{alias}{name}{arguments}{directive} {below}"


def _broken(draw: Draw, text: str) -> str:
    """Return a document with an error in one place."""
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 6)))
    put = draw(
        st.sampled_from(("", " nothing ", "{", "}", "$", "@no", '"', "...", "(", "\0", "é", "!"))
    )
    return text[:start] + put + text[end:]


@st.composite
def random_requests(draw: Draw) -> RandomRequest:
    """Draw a request with one to three root fields."""
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    root = draw(st.sampled_from((SCHEMA.query_type, SCHEMA.mutation_type)))
    document = _Document(f"{root.name.lower()} first")
    for number in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        operation = draw(st.sampled_from(sorted(root.fields)))
        selected = root.fields[operation]
        arguments = _arguments(draw, operation, selected)
        passed = _pass(draw, document, selected, arguments)
        below = _selection(draw, document, selected.type)
        document.fields.append(f"r{number}: {operation}{passed} {below}")
    body: dict[str, Any] = {"query": document.text(), "variables": document.variables}
    if once_in(draw, _FURTHER):
        body["query"] += f" {draw(st.sampled_from(_FURTHER_DEFINITIONS))}"
        body["operationName"] = draw(st.sampled_from(_OPERATION_NAMES))
    if once_in(draw, _BROKEN):
        body["query"] = _broken(draw, body["query"])
    caller = draw(st.sampled_from(("admin", "admin", "admin", *CALLERS)))
    return RandomRequest(caller, body, draw(st.booleans()))
