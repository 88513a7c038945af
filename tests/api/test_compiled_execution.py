"""The compiled execution gives the answers of the GraphQL library, on random documents and values.

The library executes each document field by field, without the compiled completion.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ariadne import InterfaceType, ObjectType, make_executable_schema
from graphql import (
    ExecutionContext,
    GraphQLSchema,
    Undefined,
    execute_sync,
    get_introspection_query,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import format_error
from kili_emulator.api.executable_schema import executable_schema
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.api.execution_context import PlatformExecutionContext
from kili_emulator.api.parsed_document import ParsedDocument
from kili_emulator.api.scalars import SCALARS
from kili_emulator.api.value_completion import complete_leaf
from kili_emulator.api.variable_values import InputConverters
from kili_emulator.app import Emulator
from kili_emulator.domain.world import Actor
from tests.contract.annotated_labels import annotate
from tests.kit.random_documents import VARIABLES, documents
from tests.kit.wire import Wire


class LibraryExecution(ExecutionContext):
    """The execution of the library, except that whole floats become integers."""

    complete_leaf_value = staticmethod(complete_leaf)  # type: ignore[assignment]


def library_answer(
    schema: GraphQLSchema, text: str, context: Any, variables: dict[str, Any], root: Any = None
) -> dict[str, Any]:
    result = execute_sync(
        schema,
        parse(text),
        root_value=root,
        context_value=context,
        variable_values=variables,
        execution_context_class=LibraryExecution,
    )
    errors = [format_error(each) for each in result.errors or ()]
    if errors and not any("path" in each for each in errors):
        return {"errors": errors}
    return {"data": result.data, **({"errors": errors} if errors else {})}


def written(answer: dict[str, Any]) -> str:
    """Return an answer as text, which also shows the order of members."""
    return json.dumps(answer)


# Values that resolvers return, right and wrong

SDL = """
scalar DateTime
scalar JSON
scalar PageSize
type Query { one: Node, some: [Node!], must: Node!, nested: [[Node]!], shapes: [Shape!]! }
enum Color { RED BLUE }
interface Shape { id: ID! color: Color }
type Circle implements Shape { id: ID! color: Color radius: Float! }
type Square implements Shape { id: ID! color: Color! side: Int label: String! }
type Node {
  id: ID!
  name: String
  title: String!
  count: Int
  size: Float!
  ratio: Float
  done: Boolean!
  color: Color
  at: DateTime
  data: JSON
  next: Node
  parent: Node!
  children: [Node!]!
  maybe: [Node]
  tags: [String!]
  computed: String!
  risky: Int
  shape: Shape
  odd: Node
}
"""


class DefectError(Exception):
    """An error of a resolver."""


@dataclass
class Attributes:
    """A source that has attributes instead of members."""

    id: Any
    name: Any = None
    size: Any = 1.0
    parent: Any = None

    def title(self, _: Any) -> str:
        return f"title of {self.id}"


node = ObjectType("Node")


@node.field("computed")
def computed(owner: Any, _: Any) -> Any:
    return owner["name"] if isinstance(owner, dict) else owner.name


@node.field("risky")
def risky(owner: Any, _: Any) -> Any:
    if owner["count"] == 2:  # an object with attributes has no count: a defect
        raise DefectError("two is refused")
    return DefectError("three is an error") if owner["count"] == 3 else owner["count"]


@node.field("odd")
def odd(owner: Any, _: Any) -> Any:
    return owner["odd"] if isinstance(owner, dict) else None


SMALL_SCHEMA = make_executable_schema(
    SDL,
    *SCALARS,
    node,
    InterfaceType("Shape", lambda value, *_: value["kind"]),
)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -7, 2**31, -(2**31), 2**60 + 1, -(2**60) - 1),
    *(0.0, 2.5, 3.0, 1e300, float("inf"), "", "RED", "PURPLE", "x"),
    *(
        [],
        [None],
        [5],
        [{}],
        {},
        (),
        "text",
        lambda *_: "called",
        Undefined,
        ValueError("returned"),
    ),
)
LEAVES = {
    "id": st.sampled_from(["a", "b", 5]),
    "name": st.none() | st.text("xyz", max_size=2),
    "title": st.sampled_from(["t", "u"]),
    "count": st.sampled_from([None, 1, 2, 3, 4.0]),
    "size": st.sampled_from([0.0, 1.5, 2, 2**60 + 1]),
    "ratio": st.sampled_from([None, 1e300, -0.0, 1]),
    "done": st.booleans(),
    "color": st.sampled_from([None, "RED", "BLUE"]),
    "at": st.sampled_from([None, "2020-01-01T00:00:00.000Z"]),
    "data": st.sampled_from([None, 1.0, {"a": [1.0, None]}, "text", False]),
    "tags": st.sampled_from([None, [], ["a"], ("a", "b"), {"k": "v"}.values()]),
}
SHAPES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["Circle", "Square", "Circle", "Square", "Node", "Line", None]),
        "id": LEAVES["id"],
        "color": LEAVES["color"],
        "radius": LEAVES["size"],
        "side": LEAVES["count"],
        "label": LEAVES["name"],
    }
)
ATTRIBUTES = st.builds(Attributes, LEAVES["id"], LEAVES["name"], LEAVES["size"])


def with_flaw(value: dict[str, Any], flaw: tuple[str, Any] | None) -> dict[str, Any]:
    return value if flaw is None else {**value, flaw[0]: flaw[1]}


def nodes_around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = {
        **LEAVES,
        "next": st.none() | inner,
        "parent": inner,
        "children": st.lists(inner, max_size=2),
        "maybe": st.none() | st.lists(st.none() | inner, max_size=2),
        "shape": st.none() | SHAPES,
        "odd": st.none() | inner,
    }
    flaws = (
        st.none() | st.none() | st.tuples(st.sampled_from(sorted(members)), st.sampled_from(ODD))
    )
    return st.builds(with_flaw, st.fixed_dictionaries(members), flaws)


NODES = st.recursive(
    nodes_around(ATTRIBUTES), lambda inner: nodes_around(inner | ATTRIBUTES), max_leaves=6
)
ROOTS = st.fixed_dictionaries(
    {
        "one": st.none() | NODES,
        "some": st.none() | st.lists(NODES, max_size=3),
        "must": NODES,
        "nested": st.lists(st.lists(st.none() | NODES, max_size=2), max_size=2),
        "shapes": st.lists(SHAPES, max_size=3),
    }
)
SMALL_ROOTS = {"one": "Node", "some": "Node", "must": "Node", "nested": "Node", "shapes": "Shape"}


PLAIN: dict[str, Any] = {
    "id": "a",
    "name": "n",
    "title": "t",
    "count": 1,
    "size": 1.5,
    "ratio": 2.0,
    "done": True,
    "color": "RED",
    "at": "2020",
    "data": {"a": 1.0},
    "tags": ["a"],
    "next": Attributes("q"),
    "parent": Attributes("p"),
    "children": [],
    "maybe": [None],
    "shape": {"kind": "Circle", "id": "s", "color": "RED", "radius": 1.0},
    "odd": None,
}
ALL_LEAVES = "id name title count size ratio done color at data tags computed risky"
ALL_MEMBERS = f"""{ALL_LEAVES} odd {{ id }} parent {{ id }} next {{ name }} maybe {{ id }}
    children {{ id }} shape {{ __typename color ... on Circle {{ radius }} }}"""


def compiled_answer(
    document: ParsedDocument, root: dict[str, Any], variables: dict[str, Any]
) -> dict[str, Any]:
    operation = document.operation(None)
    assert operation is not None
    values = operation.variables.convert(variables)
    run = PlatformExecutionContext.begin(SMALL_SCHEMA, document, operation.node, values, None)  # type: ignore[arg-type]
    run.root_value = root
    return run.answer().content


@given(documents(SMALL_SCHEMA, SMALL_ROOTS), ROOTS, st.booleans())
def test_values_with_and_without_errors_are_completed_as_by_the_library(
    text: str, root: dict[str, Any], yes: bool
) -> None:
    document = ParsedDocument(SMALL_SCHEMA, InputConverters(), parse(text), 0)
    for value in (yes, yes, not yes):  # from the second time on with compiled selections
        variables = {"yes": value, "no": not value}
        expected = library_answer(SMALL_SCHEMA, text, None, variables, root)
        assert written(compiled_answer(document, root, variables)) == written(expected)


@pytest.mark.parametrize("member", sorted(PLAIN))
def test_each_member_with_an_odd_value_is_completed_as_by_the_library(member: str) -> None:
    text = f"{{ one {{ {ALL_MEMBERS} }} some {{ {ALL_LEAVES} }} }}"
    document = ParsedDocument(SMALL_SCHEMA, InputConverters(), parse(text), 0)
    for value in (*ODD, PLAIN[member]):
        flawed = {**PLAIN, member: value}
        root = {"one": flawed, "some": [PLAIN, flawed]}
        expected = library_answer(SMALL_SCHEMA, text, None, {}, root)
        assert written(compiled_answer(document, root, {})) == written(expected), value
        if value is PLAIN[member]:
            assert "errors" not in expected


def test_resolvers_of_values_without_errors_are_called_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[Any] = []
    field = SMALL_SCHEMA.type_map["Node"].fields["computed"]  # type: ignore[attr-defined]
    monkeypatch.setattr(field, "resolve", lambda owner, _: calls.append(owner) or "called")
    document = ParsedDocument(
        SMALL_SCHEMA, InputConverters(), parse(f"{{ some {{ {ALL_MEMBERS} }} }}"), 0
    )
    root = {"some": [{**PLAIN, "id": "first"}, {**PLAIN, "id": "second"}]}
    assert "errors" not in compiled_answer(document, root, {})
    assert [each["id"] for each in calls] == ["first", "second"]


# Documents over the schema of the platform

QUERY_ROOTS = {
    "me": "User",
    "projects(where: {}, first: 10, skip: 0)": "Project",
    "assets(where: {}, first: 20, skip: 0)": "Asset",
    "labels(where: {}, first: 20, skip: 0)": "Label",
    "issues(where: {}, first: 5, skip: 0)": "Issue",
    "annotations(where: {})": "Annotation",
    "projectUsers(where: {}, first: 5, skip: 0)": "ProjectUser",
    "organizations(where: {}, first: 5, skip: 0)": "Organization",
    'asset(id: "unknown")': "Asset",
    '__type(name: "Label")': "__Type",
}


@pytest.fixture(scope="module")
def context() -> Iterator[RequestContext]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        annotate(wire)
        wire.close()
        session = emulator.platform.registry.authenticate(emulator.key())
        assert session
        world, actor = session
        yield RequestContext(world, Actor(actor.user), str, str, "V1")


EXECUTOR = GraphQLExecutor()


@given(text=documents(executable_schema(), QUERY_ROOTS))
def test_documents_over_the_schema_are_answered_as_by_the_library(
    context: RequestContext, text: str
) -> None:
    expected = library_answer(EXECUTOR.schema, text, context, VARIABLES)
    for _ in range(2):  # the second time with compiled selections
        is_valid, answer = EXECUTOR.execute({"query": text, "variables": VARIABLES}, context)
        assert is_valid, answer
        assert written(answer) == written(expected)


INTROSPECTION = get_introspection_query()


def test_introspection_query_always_gets_the_same_answer(context: RequestContext) -> None:
    expected = library_answer(EXECUTOR.schema, INTROSPECTION, context, {})
    for name in (None, "IntrospectionQuery", None):
        answer = EXECUTOR.answer({"query": INTROSPECTION, "operationName": name}, context)
        assert (answer.is_valid, answer.has_errors) == (True, False)
        assert answer.content == json.loads(answer.body) == expected


def test_request_with_another_operation_name_is_refused_after_an_answer_was_kept(
    context: RequestContext,
) -> None:
    assert EXECUTOR.answer({"query": INTROSPECTION}, context).is_valid
    answer = EXECUTOR.answer({"query": INTROSPECTION, "operationName": "Other"}, context)
    assert not answer.is_valid
    (error,) = answer.content["errors"]
    assert error["message"] == 'Unknown operation named "Other".'


def test_answer_that_depends_on_the_world_is_not_kept(context: RequestContext) -> None:
    def count() -> int:
        fresh = RequestContext(context.world, context.actor, str, str, "V1")
        query = "{ __typename countProjects(where: {}) }"
        return int(EXECUTOR.execute({"query": query}, fresh)[1]["data"]["countProjects"])

    before = count()
    with context.world.transaction(context.actor) as tx:
        tx.projects.insert({**tx.projects.all()[0], "id": "another"})
    assert count() == before + 1
