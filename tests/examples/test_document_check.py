"""The example ``document_check``: it checks the entities that are marked in a document."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.example_emulator import ExampleEmulator, load_module

pytestmark = pytest.mark.filterwarnings("ignore:Field .* requested")

NAME = "document_check"
TITLES = {"Invoices": "Review 1 TO_DO", "Invoices, V1": "TO_REVIEW"}
GOOD = "GB82 WEST 1234 5698 7654 32"


def entity(category: str, content: str, mid: str | None = None) -> dict[str, Any]:
    marked = {"beginOffset": 0, "content": content, "categories": [{"name": category}]}
    return {**marked, "mid": mid} if mid else marked


def entities(*marked: dict[str, Any]) -> dict[str, Any]:
    return {"ENTITIES": {"annotations": list(marked)}}


def place(example_emulator: ExampleEmulator, title: str, name: str) -> str:
    asset = example_emulator.asset(title, name, "status", "currentStep.name", "currentStep.status")
    step = asset["currentStep"]
    return f"{step['name']} {step['status']}" if step else str(asset["status"])


def metadata(example_emulator: ExampleEmulator, title: str, name: str) -> str:
    """Return the stored metadata: the SDK reads text that is not JSON as ``{}``."""
    asset = example_emulator.asset(title, name, "jsonMetadata")
    assert asset["jsonMetadata"] == {}
    return str(example_emulator.emulator.world.view.assets.require(asset["id"])["jsonMetadata"])


@pytest.mark.parametrize("title", TITLES)
def test_each_wrong_entity_gets_an_issue_and_the_document_goes_to_review(
    example_emulator: ExampleEmulator, title: str
) -> None:
    response = entities(
        entity("IBAN", GOOD, "a"),
        entity("IBAN", GOOD.replace("82", "28"), "b"),
        entity("DATE", "2024-02-30"),
        entity("NAME", "2024-02-30", "d"),
    )
    example_emulator.emulator.submit(title, "invoice-1", response)
    assert example_emulator.issues(title) == [
        ("b", "The check digits of 'GB28 WEST 1234 5698 7654 32' are wrong"),
        (None, "'2024-02-30' is no date"),
    ]
    assert place(example_emulator, title, "invoice-1") == TITLES[title]
    assert metadata(example_emulator, title, "invoice-1") == "2 of 4 entities are right"
    assert example_emulator.log_lines(title) == [
        "2 of 4 entities are right",
        "2 issues: sent to review",
    ]


@pytest.mark.parametrize(
    ("title", "done"), [("Invoices", "Label DONE"), ("Invoices, V1", "LABELED")]
)
def test_document_with_correct_entities_stays_labeled(
    example_emulator: ExampleEmulator, title: str, done: str
) -> None:
    example_emulator.emulator.submit(
        title, "invoice-2", entities(entity("DATE", "2024-02-29", "a"))
    )
    assert example_emulator.issues(title) == []
    assert place(example_emulator, title, "invoice-2") == done
    assert metadata(example_emulator, title, "invoice-2") == "1 of 1 entities are right"


@pytest.mark.parametrize(
    ("category", "content", "problem"),
    [
        ("IBAN", GOOD, None),
        ("IBAN", "de75512108001245126199", None),
        ("IBAN", "12345678", "'12345678' does not look like an IBAN"),
        ("DATE", "yesterday", "'yesterday' is no date"),
        ("NAME", "anybody", None),
    ],
)
def test_each_category_has_its_check(category: str, content: str, problem: str | None) -> None:
    assert load_module(NAME, "checks").problem(entity(category, content)) == problem
