"""GraphQL documents: validation, limits, and the cache of parsed documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import GraphQLError

from kili_emulator.api.executable_schema import executable_schema
from kili_emulator.api.graphql_documents import GraphQLDocumentCache
from kili_emulator.app import Emulator
from tests.hostile.graphql_documents import ACCEPTED, REFUSED
from tests.kit.wire import Wire

NOT_PARSED = (
    "characters, more than the limit",
    "tokens",
    "levels of brackets",
    "nested too deeply",
    "A number in the document",
)


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_document_beyond_a_limit_is_refused_and_the_message_names_the_limit(
    wire: Wire, text: str, reason: str
) -> None:
    answer = wire.post({"query": text})
    assert answer.status_code == 400
    assert answer.json().keys() == {"errors"}
    error, *_ = answer.json()["errors"]
    assert reason in error["message"]
    is_unread = any(each in reason for each in NOT_PARSED)
    code = "GRAPHQL_PARSE_FAILED" if is_unread else "GRAPHQL_VALIDATION_FAILED"
    assert error["extensions"] == {"code": code}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_a_document_within_the_limits_is_valid(wire: Wire, text: str) -> None:
    body = (
        {"query": text, "operationName": "q0"} if text.startswith("query q0") else {"query": text}
    )
    assert "errors" not in wire.post(body).json()


def test_limits_do_not_apply_to_variables(wire: Wire) -> None:
    query = "query($w: AssetWhere!) { countAssets(where: $w) }"
    where = {"project": {"id": "none"}, "externalIdIn": ["x" * 100] * 50_000}
    answer = wire.post({"query": query, "variables": {"w": where}})
    assert answer.json() == {"data": {"countAssets": 0}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("query($x: Int) { me { id } }", 'Variable "$x" is never used.'),
        ("query A($x: Int) { me { id } }", 'Variable "$x" is never used in operation "A".'),
        (
            "{ projects(where: {id: $x}, first: 1, skip: 0) { id } }",
            'Variable "$x" is not defined.',
        ),
        (
            "query($x: Int) { projects(where: {id: $x}, first: 1, skip: 0) { id } }",
            'Variable "$x" of type "Int" used in position expecting type "ID".',
        ),
        (
            "query($x: User) { projects(where: {id: $x}, first: 1, skip: 0) { id } }",
            'Variable "$x" cannot be non-input type "User".',
        ),
    ],
)
def test_wrong_use_of_a_variable_is_a_validation_error(
    wire: Wire, query: str, message: str
) -> None:
    answer = wire.post({"query": query, "variables": {"x": None}})
    assert answer.status_code == 400
    error, *_ = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, "GRAPHQL_VALIDATION_FAILED")
    assert error["locations"]


def test_missing_value_of_a_variable_is_no_validation_error(wire: Wire) -> None:
    query = "query($x: Int!) { projects(where: {}, first: 1, skip: $x) { id } }"
    (error,) = wire.post({"query": query}).json()["errors"]
    assert error["message"] == 'Variable "$x" of required type "Int!" was not provided.'
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}


# What is kept


def test_document_cache_is_limited_in_bytes() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_cache_bytes=1_000_000)
    texts = [f"{{ me {{ id }} }} #{'x' * 50_000}{number}" for number in range(60)]
    for text in texts:
        assert documents.faults(text) == []
    assert 0 < documents.size <= 1_000_000
    kept = documents.find(texts[-1])
    assert documents.find(texts[-1]) is kept
    assert documents.find(texts[0]) is not documents.find(texts[1])


def test_document_cache_is_limited_in_number() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_documents=3)
    texts = [f"{{ a{number}: me {{ id }} }}" for number in range(10)]
    first, *_, last = [documents.find(text) for text in texts]
    assert len(documents) == 3
    assert documents.find(texts[-1]) is last
    assert documents.find(texts[0]) is not first


def test_errors_of_the_validation_count_for_the_size_of_the_document_cache() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_cache_bytes=1_000_000)
    for number in range(100):
        unknown = " ".join(f"unknown{number}_{each}" for each in range(50))
        assert documents.faults(f"{{ me {{ {unknown} }} }}")
    sizes = [documents.find(text).size for text in documents]
    assert sum(sizes) == documents.size <= 1_000_000
    assert min(sizes) > 100_000


def test_answer_that_is_kept_counts_for_the_size_of_the_document_cache() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_cache_bytes=100_000)
    texts = [f"{{ a{number}: __schema {{ queryType {{ name }} }} }}" for number in range(10)]
    for text in texts:
        documents.keep_body(text, documents.find(text), b"x" * 40_000)
    assert len(documents) == 2
    assert 80_000 < documents.size <= 100_000


def test_least_recently_used_document_is_evicted_first() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_cache_bytes=10_000)
    first, second, third = (f"{{ a{number}: me {{ id }} }}" for number in range(3))
    kept = documents.find(first)
    second_kept = documents.find(second)
    assert documents.find(first) is kept
    documents.find(third)
    assert documents.find(first) is kept
    assert documents.find(second) is not second_kept


def test_document_larger_than_the_cache_is_read() -> None:
    documents = GraphQLDocumentCache(executable_schema(), max_cache_bytes=100)
    assert documents.faults("{ me { id } }") == []
    assert documents.size == 0


def test_document_that_cannot_be_parsed_is_not_cached() -> None:
    documents = GraphQLDocumentCache(executable_schema())
    with pytest.raises(GraphQLError):
        documents.find("{ me {")
    assert documents.size == 0
