"""The texts of a request that may be ids."""

from __future__ import annotations

from kili_emulator.rules.named_ids import named_ids


def test_texts_of_arguments_are_named_ids_at_any_depth() -> None:
    arguments = {"where": {"project": {"id": "a"}, "idIn": ["b", None, 1]}, "first": 2, "x": ""}
    assert named_ids(arguments) == {"a", "b"}


def test_literals_of_a_document_are_named_ids_and_long_texts_are_not() -> None:
    long = "x" * 65
    query = f'{{ f(where: {{id: "c"}}, text: "{long}") {{ id }} }} # "d"'
    assert named_ids({"text": long}, query) == {"c"}


def test_request_without_arguments_has_no_named_ids() -> None:
    assert named_ids(None) == set()
