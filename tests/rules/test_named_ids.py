"""Which texts of a request could be ids."""

from __future__ import annotations

from kili_emulator.rules.named_ids import named_ids


def test_texts_of_arguments_count_whatever_their_depth() -> None:
    arguments = {"where": {"project": {"id": "a"}, "idIn": ["b", None, 1]}, "first": 2, "x": ""}
    assert named_ids(arguments) == {"a", "b"}


def test_literals_of_a_document_count_and_long_texts_do_not() -> None:
    long = "x" * 65
    query = f'{{ f(where: {{id: "c"}}, text: "{long}") {{ id }} }} # "d"'
    assert named_ids({"text": long}, query) == {"c"}


def test_a_request_without_arguments_names_nothing() -> None:
    assert named_ids(None) == set()
