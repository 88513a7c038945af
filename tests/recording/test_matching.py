"""The rule by which values of a request are compared with recorded ones."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from kili_emulator.recording.matching import Bindings, same_document
from kili_emulator.recording.placeholders import ClientNames

ONE, TWO = "cmx3mdlkj001c0q5pxvjqibyv", "cmx3mdlkj001f0q5pn5vvw40g"
NOW = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)


@pytest.fixture
def names() -> ClientNames:
    return ClientNames(lambda: NOW, "http://127.0.0.1:5000")


def test_an_id_in_a_mutation_is_named(names: ClientNames) -> None:
    names.note_request({"data": {"idArray": [ONE, TWO]}}, is_mutation=True)

    assert names.recorded([TWO, f"assets/{ONE}/content"]) == ["${id-2}", "assets/${id-1}/content"]


@pytest.mark.parametrize("value", ["0" * 32, "8f0e7a52-5c1d-4d1a-9f4e-2b1d3c4e5f60", ONE])
def test_each_form_of_ids_is_named(names: ClientNames, value: str) -> None:
    names.note_request({"data": value}, is_mutation=True)

    assert names.recorded(value) == "${id-1}"


def test_ids_of_answers_and_queries_stay(names: ClientNames) -> None:
    names.note_answer({"data": {"id": ONE}})
    names.note_request({"where": {"id": TWO}}, is_mutation=False)
    names.note_request({"data": [ONE, TWO], "where": {"id": "0" * 32}}, is_mutation=True)

    assert names.recorded([ONE, TWO, "0" * 32]) == [ONE, TWO, "0" * 32]


def test_paths_of_uploads_are_named_although_a_query_has_them(names: ClientNames) -> None:
    names.note_request({"filePaths": [f"assets/{ONE}"]}, is_mutation=False)

    assert names.recorded(ONE) == "${id-1}"


def test_only_present_times_are_named(names: ClientNames) -> None:
    times = ["2026-01-05T09:01:00.123Z", "2026-01-05T10:00:01+01:00", "2020-01-05T09:01:00Z"]
    names.note_request({"data": times}, is_mutation=True)

    assert names.recorded(times) == ["${time-1}", "${time-2}", "2020-01-05T09:01:00Z"]


def test_texts_that_look_like_names_are_distinguished(names: ClientNames) -> None:
    texts = ["${id-1}", "$${id-1}", "costs $${ and ${x}", "http://127.0.0.1:5000/x"]
    bindings = Bindings({"server": "http://127.0.0.1:6000"})

    recorded = names.recorded(texts)

    assert bindings.filled(recorded) == [*texts[:3], "http://127.0.0.1:6000/x"]
    assert bindings.accept(recorded[:3], texts[:3])


def test_a_name_stands_for_one_value() -> None:
    bindings = Bindings({})

    assert bindings.accept({"a": "x/${id-1}", "b": "${id-1}"}, {"a": f"x/{ONE}", "b": ONE})
    assert not bindings.accept("${id-1}", TWO)
    assert not bindings.accept("${id-2}", ONE)
    assert bindings.filled("${id-1}") == ONE


def test_a_refused_value_binds_nothing() -> None:
    bindings = Bindings({})

    assert not bindings.accept(["${id-1}", "a"], [ONE, "b"])
    assert bindings.accept(["${id-1}", "a"], [TWO, "a"])


def test_a_name_stands_for_values_of_its_kind_only() -> None:
    assert not Bindings({}).accept("${id-1}", "one")
    assert not Bindings({}).accept("${time-1}", ONE)
    assert Bindings({}).accept("${time-1}", "2030-01-05T09:01:00.123Z")


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [(1, True), (0, False), (0, None), ("1", 1), ([], {}), ({"a": None}, {}), ([1, 2], [2, 1])],
)
def test_other_values_are_refused(recorded: object, sent: object) -> None:
    assert not Bindings({}).accept(recorded, sent)


def test_the_place_of_a_secret_matches_any_text() -> None:
    assert Bindings({}).accept("the key ***, again", "the key a-b, again")
    assert not Bindings({}).accept("the key ***, again", "the key a-b")


def test_documents_are_equal_if_fields_have_another_order() -> None:
    assert same_document("query { a { id, name } }", "query{a{name id}}")
    assert not same_document("query { a { id } }", "query { a { id name } }")


def test_a_uuid_that_begins_like_a_cuid_is_matched_whole() -> None:
    uuid = "c66a9919d460428daa95b741a679af9c"
    bindings = Bindings({})
    assert bindings.accept("${id-1}", uuid)
    assert bindings.filled("${id-1}") == uuid
