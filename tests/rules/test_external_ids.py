"""Valid and invalid external ids of assets."""

from __future__ import annotations

import pytest

from kili_emulator.rules.external_ids import find_unbalanced_bracket


@pytest.mark.parametrize(
    "external_id", ["", "photo", "test[0]", "a(b)", "x{y}", "((a)[b])", "([)]", "a<b", "🙂[1]"]
)
def test_external_id_with_balanced_brackets_is_accepted(external_id: str) -> None:
    assert find_unbalanced_bracket(external_id) is None


@pytest.mark.parametrize(
    ("external_id", "bracket"),
    [
        ("test[0", "["),
        ("a)b", ")"),
        ("x{y", "{"),
        ("photo (1.jpg", "("),
        ("]0[", "]"),
        ("((a)", "("),
        ("[{(", "["),
        ("a[0]{", "{"),
    ],
)
def test_first_unbalanced_bracket_is_found(external_id: str, bracket: str) -> None:
    assert find_unbalanced_bracket(external_id) == bracket
