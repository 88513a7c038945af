"""Hypothesis strategies of random GraphQL requests, made from the schema.

Some requests are valid by type, most begin with arguments that succeed and change one value, and
some have an error in the document. ``<name>`` stands for the id of the object with this name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

from kili_emulator.api.execution import build_schema
from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERY_ARGUMENTS
from tests.kit.responses import EASY_JSON, RED_JSON
from tests.kit.world_content import INTERFACE
from tests.security.access_table import SITUATIONS
from tests.security.callers import CALLERS

SCHEMA = build_schema()
Draw = Callable[[st.SearchStrategy[Any]], Any]

_NAMES = (
    *("project", "hidden project", "stepped project", "farm", "meadow", "street", "hidden asset"),
    *("waiting", "labeled", "in review", "reviewed", "skipped", "farm DEFAULT", "hidden label"),
    *("meadow PREDICTION", "farm INFERENCE", "labeled label", "issue", "hidden issue", "leo"),
    *("rita", "max", "ada", "pia", "organization", "foreign organization", "member leo"),
    *("label step", "review step", "tag", "unused tag", "version", "notification"),
)
_IDS = (*(f"<{each}>" for each in _NAMES), "cl00000000000000000000000", "", "\0")
_PLUGINS = ("<plugin>", "<uploaded plugin>", "<next plugin>", "<broken plugin>", "<webhook>", "New")
_EMAILS = ("labeler@example.com", "Admin@Example.com", "new@example.com", "sue@example.org", "@")
_RESPONSES = (
    *(
        EASY_JSON,
        RED_JSON,
        "{}",
        "null",
        "[]",
        '{"JOB_0": {"annotations": [{}]}}',
        "{",
        '{"a": 1e999}',
    ),
    '{"JOB_0": {"annotations": [{"mid": "m", "type": "rectangle", "categories": [{"name": "OBJECT_A"}],'
    ' "boundingPoly": [{"normalizedVertices": [{"x": 0, "y": 1}, {"x": 9}]}]}]}}',
)
_INTERFACES = (json.dumps(INTERFACE), '{"jobs": {}}', "{}", "[]", '{"jobs": {"A": {"mlTask": 1}}}')
_SEARCHES = (
    "JOB_0.OBJECT_A.count > 0",
    "(JOB_0.OBJECT_A.count >= 1 OR CLASSIFICATION_JOB.EASY.count == 1) AND JOB_0.OBJECT_B.count < 9",
    "((((", "A.B.count > " + "1" * 40, "COLOR.RED.count", " AND ", "a.b.c.d.e > 1",
)  # fmt: skip
_URLS = (
    *("https://example.com/a.png", "/files?id=%00", "/api/label/v2/files?id=<farm file>"),
    *("http://[::1", "http://127.0.0.1:9/hook", "file:///etc/passwd", "ftp://x", "text"),
)
_TEXTS = (
    *("", " ", "a", "%a_%", "\0", "\x1b[2J", "\r\nX: y", "\u202e", "😀", "null", "../../x", "farm"),
    *("<farm>", "x" * 300, '{"a": [1, {"b": null}]}', "first second", "%" * 30, "999999999999"),
)
_TIMES = (
    *("2024-01-01", "2090-12-31", "2024-01-01T00:00:00.000Z", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-14:00", "x", "2024-02-30", ""),
)
_JSON = (
    *({}, [], None, True, 0, -1.5, 1e308, 10**30, "", "x", {"place": "town"}, {"a": {"b": [1]}}),
    *([[]], {"": {}}, {"numberOfObjects": 3}, ["town"], {"type": "number"}, {"a": [1e308]}),
)
_INTEGERS = (0, 1, 2, 3, 5, 50, 100, 101, -1, 2**31 - 1, -(2**31))
_OF_SCALAR: dict[str, tuple[Any, ...]] = {
    "Boolean": (True, False),
    "DateTime": _TIMES,
    "Float": (0, 1, 0.5, -1.0, 1.5, 1e308, 5e-324, 3),
    "ID": _IDS,
    "Int": _INTEGERS,
    "JSON": _JSON,
    "PageSize": (0, 1, 2, 10, 100, 1000, 1001, -1),
}
# The end of the name of a member of type String → its values.
_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("jsonresponse", _RESPONSES),
    ("jsonresponsearray", _RESPONSES),
    ("jsoninterface", _INTERFACES),
    ("email", _EMAILS),
    ("tobelabeledby", _EMAILS),
    ("pluginname", _PLUGINS),
    ("search", _SEARCHES),
    ("searchquery", _SEARCHES),
    ("contentarray", _URLS),
    ("content", _URLS),
    ("url", _URLS),
    ("filepaths", ("<farm file>", "projects/<project>/assets/new/content", "projects/../x", "/")),
    ("userids", _IDS),
    ("assignees", _IDS),
    ("assigneein", _IDS),
    ("organizationid", _IDS),
    ("author", _IDS),
)
_WRONG = (None, True, 7, -0.5, "x", [], {}, [[]], {"x": 1}, ["x", None])

# How often something happens: once in this number of cases.
_NULL, _WRONG_TYPE, _LITERAL, _DIRECTIVE, _FRAGMENT, _BROKEN = 12, 40, 4, 10, 8, 15
_DEPTH = 3


@dataclass(frozen=True)
class RandomRequest:
    """One request of a caller.

    Attributes:
        over_http: send it to the server; otherwise execute it in this process.
    """

    caller: str
    query: str
    variables: dict[str, Any]
    over_http: bool


@dataclass
class _Document:
    """The parts of a document while it is drawn."""

    kind: str
    fields: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        body = " ".join(self.fields)
        return " ".join([f"{self.kind}{declared} {{ {body} }}", *self.fragments])


def _once_in(draw: Draw, cases: int) -> bool:
    return bool(draw(st.integers(0, cases - 1)) == cases - 1)


def _value(draw: Draw, type_: GraphQLInputType, name: str, depth: int = 0) -> Any:
    """Draw a value of an input type, or rarely null or a value of another type."""
    if _once_in(draw, _WRONG_TYPE):
        return draw(st.sampled_from(_WRONG))
    if not is_non_null_type(type_) and _once_in(draw, _NULL):
        return None
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        size = draw(st.integers(0, 2))
        return [_value(draw, type_.of_type, name, depth) for _ in range(size)]
    if isinstance(type_, GraphQLInputObjectType):
        return _input_object(draw, type_, depth)
    if isinstance(type_, GraphQLEnumType):
        return draw(st.sampled_from(sorted(type_.values)))
    if type_.name == "String":
        return draw(_text(name))
    return draw(st.sampled_from(_OF_SCALAR[type_.name]))


def _text(name: str) -> st.SearchStrategy[str]:
    for ending, texts in _BY_NAME:
        if name.lower().endswith(ending):
            return st.sampled_from((*texts, *texts, *_TEXTS))
    return st.sampled_from((*_TEXTS, *_IDS)) | st.text(max_size=5)


def _input_object(draw: Draw, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
    required = [name for name, each in type_.fields.items() if is_required_input_field(each)]
    optional = [name for name in type_.fields if name not in required]
    if depth >= _DEPTH:
        optional = [
            name for name in optional if is_leaf_type(get_named_type(type_.fields[name].type))
        ]
    count = draw(st.integers(0, min(2, len(optional))))
    chosen = [draw(st.sampled_from(optional)) for _ in range(count)]
    return {
        name: _value(draw, type_.fields[name].type, name, depth + 1)
        for name in dict.fromkeys([*required, *chosen])
    }


_PLAUSIBLE: dict[str, list[dict[str, Any]]] = {
    name: [arguments] for name, arguments in QUERY_ARGUMENTS.items()
}
for _call in CALLS:
    _PLAUSIBLE.setdefault(_call.mutation, []).append(_call.arguments)
for (_operation, _), (_, _, _arguments) in SITUATIONS.items():
    _PLAUSIBLE[_operation].append(_arguments)


def _arguments(draw: Draw, operation: str, root_field: GraphQLField) -> dict[str, Any]:
    """Draw the arguments of a root field: plausible ones, with a change, or random ones."""
    types = {name: argument.type for name, argument in root_field.args.items()}
    if operation not in _PLAUSIBLE or _once_in(draw, 4):
        optional = {
            name for name, each in root_field.args.items() if not is_required_argument(each)
        }
        return {
            name: _value(draw, type_, name)
            for name, type_ in types.items()
            if name not in optional or _once_in(draw, 2)
        }
    arguments = draw(st.sampled_from(_PLAUSIBLE[operation]))
    if types and not _once_in(draw, 3):
        name = draw(st.sampled_from(sorted(types)))
        return {**arguments, name: _changed(draw, types[name], name, arguments.get(name))}
    return dict(arguments)


def _changed(draw: Draw, type_: GraphQLInputType, name: str, value: Any) -> Any:
    """Return a copy of a value with another value in one place."""
    named = get_nullable_type(type_)
    if isinstance(named, GraphQLList) and isinstance(value, list) and value:
        place = draw(st.integers(0, len(value) - 1))
        changed = _changed(draw, named.of_type, name, value[place])
        return [*value[:place], changed, *value[place + 1 :]]
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        member = draw(st.sampled_from(sorted(named.fields)))
        changed = _changed(draw, named.fields[member].type, member, value.get(member))
        return {**value, member: changed}
    return _value(draw, type_, name)


def _pass(
    draw: Draw, document: _Document, root_field: GraphQLField, arguments: dict[str, Any]
) -> str:
    """Add the arguments to the document as variables or literals; return the text that passes them."""
    passed = []
    for name, value in arguments.items():
        argument = root_field.args[name]
        if _once_in(draw, _LITERAL):
            passed.append(f"{name}: {_literal(value, argument.type)}")
        else:
            variable = f"v{len(document.declared)}"
            document.declared.append(f"${variable}: {argument.type}")
            document.variables[variable] = value
            passed.append(f"{name}: ${variable}")
    return f"({', '.join(passed)})" if passed else ""


def _literal(value: Any, type_: GraphQLInputType | None) -> str:
    """Return a value as text of a document; enums have no quotes."""
    type_ = get_nullable_type(type_) if type_ else None
    if isinstance(value, dict):
        fields = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        members = (
            f"{name or '_'}: {_literal(each, fields[name].type if name in fields else None)}"
            for name, each in value.items()
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        of_type = type_.of_type if isinstance(type_, GraphQLList) else None
        return "[" + ", ".join(_literal(each, of_type) for each in value) + "]"
    if isinstance(value, str) and isinstance(type_, GraphQLEnumType):
        return value or '""'
    return json.dumps(value)


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
    if _once_in(draw, _FRAGMENT):
        fragment = f"f{len(document.fragments)}"
        document.fragments.append(f"fragment {fragment} on {named.name} {{ {body} }}")
        body = f"...{fragment}"
    elif _once_in(draw, _FRAGMENT):
        body = f"... on {named.name} {{ {body} }}"
    return f"{{ {body} }}"


def _field(
    draw: Draw, document: _Document, parent: GraphQLObjectType, name: str, depth: int
) -> str:
    selected = parent.fields[name]
    arguments = ""
    if selected.args and any(map(is_required_argument, selected.args.values())):
        values = {key: _value(draw, each.type, key) for key, each in selected.args.items()}
        arguments = _pass(draw, document, selected, values)
    directive = ""
    if _once_in(draw, _DIRECTIVE):
        directive = draw(
            st.sampled_from((" @include(if: true)", " @skip(if: true)", " @skip(if: 1)"))
        )
    alias = "other: " if _once_in(draw, _DIRECTIVE) else ""
    return f"{alias}{name}{arguments}{directive} {_selection(draw, document, selected.type, depth + 1)}"


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
    document = _Document(root.name.lower())
    for number in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        operation = draw(st.sampled_from(sorted(root.fields)))
        selected = root.fields[operation]
        arguments = _arguments(draw, operation, selected)
        passed = _pass(draw, document, selected, arguments)
        below = _selection(draw, document, selected.type)
        document.fields.append(f"r{number}: {operation}{passed} {below}")
    text = document.text()
    if _once_in(draw, _BROKEN):
        text = _broken(draw, text)
    caller = draw(st.sampled_from(("admin", "admin", "admin", *CALLERS)))
    return RandomRequest(caller, text, document.variables, draw(st.booleans()))
