"""Times and ids have one form in all answers, events and stored documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLOutputType, get_named_type

from kili_emulator import clock
from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.queries import QUERIES, QUERY_ARGUMENTS, run_query
from tests.contract.full_world.world import FullWorld
from tests.contract.schema import SCHEMA
from tests.kit.wire import selection_of
from tests.kit.world_time import advance

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ANY_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
ID = re.compile(r"c[a-z0-9]{24}")

# Tables whose ids are not made by the server.
NAMED_BY_PATH = ("files",)

# Rows that say another time than that of their making, and why.
OTHER_TIMES = {
    "steps": "the platform's steps have no time",
    "stepGroups": "nor have their groups",
    "labels of copyLabels": "copies have the times of what is copied",
}


def times(type_: GraphQLOutputType, value: Any) -> Iterator[tuple[str, str]]:
    """Iterate over the values of DateTime fields, each with the name of its field."""
    named = get_named_type(type_)
    if isinstance(value, list):
        for each in value:
            yield from times(type_, each)
    elif isinstance(value, dict) and "__typename" in value:
        yield from times(SCHEMA.type_map[value["__typename"]], {  # type: ignore[arg-type]
            name: each for name, each in value.items() if name != "__typename"
        })  # fmt: skip
    elif isinstance(value, dict) and isinstance(named, GraphQLObjectType):
        for name, each in value.items():
            field = named.fields[name]
            if get_named_type(field.type).name == "DateTime" and each is not None:
                yield f"{named.name}.{name}", each
            yield from times(field.type, each)


def texts(value: Any) -> Iterator[str]:
    """Iterate over all texts in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("query", QUERY_ARGUMENTS)
def test_query_returns_utc_times_with_milliseconds(full_world: FullWorld, query: str) -> None:
    answer = run_query(full_world, query, **full_world.fill(QUERY_ARGUMENTS[query]))
    for field, value in times(QUERIES[query].type, answer):
        assert TIME.fullmatch(value), field


# Types of which nothing is ever answered: conversations with models are not emulated.
NEVER_ANSWERED = {"ChatItem"}


def test_each_datetime_field_has_a_value_in_an_answer(full_world: FullWorld) -> None:
    seen = {
        field
        for query, arguments in QUERY_ARGUMENTS.items()
        for field, _ in times(
            QUERIES[query].type, run_query(full_world, query, **full_world.fill(arguments))
        )
    }
    assert seen == {
        f"{type_.name}.{name}"
        for type_ in SCHEMA.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if get_named_type(field.type).name == "DateTime" and type_.name not in NEVER_ANSWERED
    }


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_mutation_answers_emits_and_stores_times_and_ids_in_their_form(
    full_world: FullWorld, call: Call
) -> None:
    advance(full_world.wire.emulator.world, timedelta(days=1))
    assert SCHEMA.mutation_type is not None
    type_ = SCHEMA.mutation_type.fields[call.mutation].type
    fields = selection_of(type_, 2)[1:-1] or None
    known = {each["id"] for table in full_world.export().values() for each in table}
    answer = full_world.wire.call(
        call.mutation, selection=fields, **full_world.fill(call.arguments)
    )
    for field, value in times(type_, answer):
        assert TIME.fullmatch(value), field
    for table, documents in full_world.export().items():
        for each in documents:
            if each["id"] not in known:
                check_row(f"{table} of {call.mutation}", table, each)


def test_all_stored_documents_have_times_and_ids_in_their_form(full_world: FullWorld) -> None:
    for table, documents in full_world.export().items():
        assert documents, table
        for each in documents:
            check_row(table, table, each)


def check_row(what: str, table: str, row: dict[str, Any]) -> None:
    """Check the form of a row's id, of its times, and of the times in its event payload."""
    if table in NAMED_BY_PATH:
        return
    assert ID.fullmatch(row["id"]), what
    if what not in OTHER_TIMES and table not in OTHER_TIMES:
        made = clock.parse_time(row["createdAt"]).timestamp()
        assert int(row["id"][1:9], 36) == round(made * 1000), what
    for text in texts({"payload": row.get("payload"), **{
        name: value for name, value in row.items() if name.endswith("At")
    }}):  # fmt: skip
        assert TIME.fullmatch(text) or not ANY_TIME.match(text), what
