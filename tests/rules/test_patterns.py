"""Patterns of ``searchQuery`` (contract/project.md#lists-and-search)."""

from __future__ import annotations

import pytest

from kili_emulator.rules.patterns import ilike


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("street", "street", True),
        ("street", "Street", True),
        ("STREET", "street", True),
        ("street", "a street", False),
        ("street", "streets", False),
        ("%street", "a street", True),
        ("%street", "a street scene", False),
        ("street%", "street scene", True),
        ("street%", "a street", False),
        ("%street%", "a street scene", True),
        ("%street%", "street", True),
        ("%street%", "road", False),
        ("s%t", "street", True),
        ("%", "", True),
        ("%", "any\nthing", True),
        ("", "", True),
        ("", "x", False),
        ("_", "x", True),
        ("_", "", False),
        ("_", "xy", False),
        ("s_reet", "street", True),
        ("a_b", "a\nb", True),
        ("street", "street\n", False),
        (r"100\%", "100%", True),
        (r"100\%", "1000", False),
        (r"a\_b", "a_b", True),
        (r"a\_b", "axb", False),
        (r"a\\b", r"a\b", True),
        (r"a\b", "ab", True),
        ("a\\", "a\\", True),
        ("(a.b)*[c]", "(A.B)*[C]", True),
        ("a.c", "abc", False),
        ("%É%", "un été", True),
    ],
)
def test_pattern_matches_the_whole_text_and_ignores_case(
    pattern: str, text: str, matches: bool
) -> None:
    assert ilike(pattern, text) is matches
