"""``docs/lint-rules.md``: each example breaks its rule and no other, or none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kili_emulator.lint.catalogue import GROUPS, RULES
from kili_emulator.lint.rule import BASES
from tests.kit.lint_rules_page import ENTRY, PAGE, Example, examples, render_page

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = list(examples(TEXT))


def name(example: Example) -> str:
    return f"{example.code}-{'fails' if example.fails else 'passes'}"


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_example_has_the_findings_of_the_page(example: Example, tmp_path: Path) -> None:
    found = [
        (each.code, str(Path(each.file).relative_to(tmp_path).as_posix()), each.line)
        for each in example.lint(tmp_path)
    ]
    if not example.fails:
        assert found == []
        return
    file, line = example.place
    assert found == [(example.code, file or found[0][1], line)]


def test_each_rule_has_an_entry_with_both_examples() -> None:
    codes = [rule.code for rule in RULES]

    assert [each["code"] for each in ENTRY.finditer(TEXT)] == codes
    assert {each.code for each in EXAMPLES if each.fails} == set(codes)
    assert {each.code for each in EXAMPLES if not each.fails} == set(codes)


def test_page_is_up_to_date() -> None:
    assert render_page(TEXT) == TEXT, "run: python -m tests.kit.lint_rules_page"


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"KP\d{3}", each) and each[:3] in GROUPS for each in codes)
    assert all(rule.basis in BASES for rule in RULES)


def test_notes_are_the_rules_about_code_that_works_on_the_platform() -> None:
    notes = {rule.code for rule in RULES if rule.severity == "note"}

    about_this_machine = {"KP304"}
    advice = {"KP205", "KP401", "KP404", "KP504", "KP706", "KP708", "KP709", "KP710", "KP711"}
    assert notes == about_this_machine | advice
