"""Random values of the input types of the schema, for Hypothesis.

``<name>`` stands for the id of the object with this name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_required_input_field,
)
from hypothesis import strategies as st

from tests.kit.responses import EASY_JSON, RED_JSON
from tests.kit.world_content import INTERFACE

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
_BOX = {
    "mid": "m",
    "type": "rectangle",
    "categories": [{"name": "OBJECT_A"}],
    "boundingPoly": [{"normalizedVertices": [{"x": 0, "y": 1}, {"x": 9}]}],
}
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
    json.dumps({"JOB_0": {"annotations": [_BOX]}}),
)
_INTERFACES = (json.dumps(INTERFACE), '{"jobs": {}}', "{}", "[]", '{"jobs": {"A": {"mlTask": 1}}}')
_SEARCHES = (
    "JOB_0.OBJECT_A.count > 0",
    "(JOB_0.OBJECT_A.count >= 1 OR CLASSIFICATION_JOB.EASY.count == 1) AND A.B.count < 9",
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

# How often a value is null or has a wrong type: once in this number of cases.
_NULL, _WRONG_TYPE = 12, 40
_DEPTH = 3


def once_in(draw: Draw, cases: int) -> bool:
    return bool(draw(st.integers(0, cases - 1)) == cases - 1)


def draw_value(draw: Draw, type_: GraphQLInputType, name: str, depth: int = 0) -> Any:
    """Draw a value of an input type, or rarely null or a value of another type."""
    if once_in(draw, _WRONG_TYPE):
        return draw(st.sampled_from(_WRONG))
    if not is_non_null_type(type_) and once_in(draw, _NULL):
        return None
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        size = draw(st.integers(0, 2))
        return [draw_value(draw, type_.of_type, name, depth) for _ in range(size)]
    if isinstance(type_, GraphQLInputObjectType):
        return _input_object(draw, type_, depth)
    return draw(_leaf(type_, name))


def _leaf(type_: GraphQLInputType, name: str) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if type_.name == "String":
        return _text(name)
    return st.sampled_from(_OF_SCALAR[type_.name])


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
        name: draw_value(draw, type_.fields[name].type, name, depth + 1)
        for name in dict.fromkeys([*required, *chosen])
    }


def changed_value(draw: Draw, type_: GraphQLInputType, name: str, value: Any) -> Any:
    """Return a copy of a value with another value in one place."""
    named = get_nullable_type(type_)
    if isinstance(named, GraphQLList) and isinstance(value, list) and value:
        place = draw(st.integers(0, len(value) - 1))
        changed = changed_value(draw, named.of_type, name, value[place])
        return [*value[:place], changed, *value[place + 1 :]]
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        member = draw(st.sampled_from(sorted(named.fields)))
        changed = changed_value(draw, named.fields[member].type, member, value.get(member))
        return {**value, member: changed}
    return draw_value(draw, type_, name)


def literal(value: Any, type_: GraphQLInputType | None) -> str:
    """Return a value as text of a document; enums have no quotes."""
    type_ = get_nullable_type(type_) if type_ else None
    if isinstance(value, dict):
        fields = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        members = (
            f"{name or '_'}: {literal(each, fields[name].type if name in fields else None)}"
            for name, each in value.items()
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        of_type = type_.of_type if isinstance(type_, GraphQLList) else None
        return "[" + ", ".join(literal(each, of_type) for each in value) + "]"
    if isinstance(value, str) and isinstance(type_, GraphQLEnumType):
        return value or '""'
    return json.dumps(value)
