"""The time of patterns and readers of foreign text is proportional to the length of the text."""

from __future__ import annotations

import re

import pytest

from tests.hostile.attacks import attacks
from tests.hostile.probe import outcomes


@pytest.mark.parametrize("kind", ["patterns", "texts"])
def test_hostile_text_takes_little_cpu_time(kind: str) -> None:
    found = outcomes(kind)
    assert len(found) > 30
    assert {name: outcome for name, outcome in found.items() if outcome != "ok"} == {}


@pytest.mark.parametrize(
    ("pattern", "attack"),
    [
        (r"(^|\s+)#.*$", " " * 60_000 + "x"),
        (r"(\d+)\s+\d+\s+R", "0" * 60_000 + "x"),
        (r"/Kids\s*\[([^\]]*)\]", "/Kids [" * 8_571),
        (r"(a|aa)+b", "a" * 60_000),
        (r"x(y+)+z", "x" + "y" * 60_000),
    ],
)
def test_attacks_are_derived_from_the_structure_of_a_pattern(pattern: str, attack: str) -> None:
    is_made = attack in set(attacks(re.compile(pattern)))
    assert is_made
