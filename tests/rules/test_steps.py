"""The multi-step workflows, by step position.

See contract/workflow.md#steps, contract/workflow.md#status-of-an-asset-with-steps.
"""

from __future__ import annotations

from typing import Any, get_args

import pytest

from kili_emulator.rules import steps as rules
from kili_emulator.rules.steps import Step, StepPosition, StepStatus
from kili_emulator.rules.workflow import Status


def step(name: str, type_: str = "REVIEW", **members: Any) -> Step:
    coverage = 100 if type_ == "REVIEW" else None
    defaults = {"id": name, "type": type_, "stepCoverage": coverage, "sendBackStepId": None}
    return {**defaults, **members}


def step_position(text: str) -> StepPosition:
    """Return the step position for ``"Label DONE"``."""
    step_id, _, status = text.partition(" ")
    return StepPosition(step_id, status)  # type: ignore[arg-type]


LABEL = step("Label", "DEFAULT")
TWO_REVIEWS = [LABEL, step("First"), step("Second", sendBackStepId="First")]
TWO_GROUPS = [LABEL, step("Check"), step("Refine", "DEFAULT"), step("Recheck")]
PLACES = [
    f"{each['id']} {status}"
    for each in TWO_REVIEWS
    for status in get_args(StepStatus)
    if status not in rules.FORMER_STATUS_NAMES
]


def always(_: int) -> bool:
    return True


def never(_: int) -> bool:
    return False


def test_an_asset_starts_with_the_first_step() -> None:
    assert rules.start(TWO_REVIEWS) == step_position("Label TO_DO")


@pytest.mark.parametrize("before", PLACES)
def test_autosave_sets_the_step_in_progress(before: str) -> None:
    step_id, status = before.split()
    begins = status in ("TO_DO", "REWORK")
    expected = f"{step_id} IN_PROGRESS" if begins else before
    assert rules.after_autosave(step_position(before)) == step_position(expected)


@pytest.mark.parametrize(
    ("before", "drawn", "not_drawn"),
    [
        ("Label TO_DO", "First TO_DO", "Label DONE"),
        ("Label IN_PROGRESS", "First TO_DO", "Label DONE"),
        ("Label REWORK", "First TO_DO", "Label DONE"),
        ("Label PARTIALLY_DONE", "First TO_DO", "Label DONE"),
        ("First TO_DO", "Second TO_DO", "First DONE"),
        ("First REWORK", "Second TO_DO", "First DONE"),
        ("Second TO_DO", "Second DONE", "Second DONE"),
        ("Second IN_PROGRESS", "Second DONE", "Second DONE"),
    ],
)
def test_a_label_completes_its_step(before: str, drawn: str, not_drawn: str) -> None:
    at = step_position(before)
    assert rules.after_submit(TWO_REVIEWS, at, missing=0, draw=always) == step_position(drawn)
    assert rules.after_submit(TWO_REVIEWS, at, missing=0, draw=never) == step_position(not_drawn)


def test_review_is_drawn_with_the_coverage_of_the_next_step() -> None:
    asked: list[int] = []
    steps = [LABEL, step("First", stepCoverage=35)]
    rules.after_submit(
        steps, step_position("Label TO_DO"), missing=0, draw=lambda n: bool(asked.append(n))
    )
    assert asked == [35]


def test_label_of_an_incomplete_consensus_does_not_complete_the_step() -> None:
    after = rules.after_submit(TWO_REVIEWS, step_position("Label TO_DO"), missing=1, draw=always)
    assert after == step_position("Label PARTIALLY_DONE")


@pytest.mark.parametrize(
    ("before", "drawn", "not_drawn"),
    [
        ("Label TO_DO", "Check TO_DO", "Refine TO_DO"),
        ("Check TO_DO", "Refine TO_DO", "Refine TO_DO"),
        ("Refine TO_DO", "Recheck TO_DO", "Refine DONE"),
        ("Recheck TO_DO", "Recheck DONE", "Recheck DONE"),
    ],
)
def test_asset_not_drawn_for_review_moves_to_the_next_group(
    before: str, drawn: str, not_drawn: str
) -> None:
    at = step_position(before)
    assert rules.after_submit(TWO_GROUPS, at, missing=0, draw=always) == step_position(drawn)
    assert rules.after_submit(TWO_GROUPS, at, missing=0, draw=never) == step_position(not_drawn)


USES: dict[str, dict[str, rules.LabelUse]] = {
    # step that the label names → where the asset stands → what the label means
    "Label": {
        **dict.fromkeys([e for e in PLACES if e.startswith("Label ")], "WORK"),
        "Label DONE": "CORRECTION",
        "First TO_DO": "CORRECTION",
    },
    "First": {
        **dict.fromkeys([e for e in PLACES if e.startswith("First ")], "WORK"),
        "Label DONE": "REVIEW_OF_DONE",
        "First DONE": "CORRECTION",
        "Second TO_DO": "CORRECTION",
    },
    "Second": {
        **dict.fromkeys([e for e in PLACES if e.startswith("Second ")], "WORK"),
        "First DONE": "REVIEW_OF_DONE",
        "Second DONE": "CORRECTION",
    },
}


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("named", USES)
def test_use_of_a_label_depends_on_its_step_id(at: str, named: str) -> None:
    assert rules.classify_label_use(TWO_REVIEWS, step_position(at), named) == USES[named].get(at)


@pytest.mark.parametrize("at", PLACES)
def test_label_without_a_step_id_is_work_on_the_current_step(at: str) -> None:
    assert rules.classify_label_use(TWO_REVIEWS, step_position(at), None) == "WORK"


def test_asset_waiting_for_labeling_in_the_next_group_can_be_corrected() -> None:
    assert (
        rules.classify_label_use(TWO_GROUPS, step_position("Refine TO_DO"), "Check") == "CORRECTION"
    )
    assert rules.classify_label_use(TWO_GROUPS, step_position("Refine TO_DO"), "Label") is None
    assert rules.classify_label_use(TWO_GROUPS, step_position("Check DONE"), "Refine") is None


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("named", USES)
def test_correction_does_not_move_the_asset(at: str, named: str) -> None:
    step_id, status = at.split()
    moves = step_id == named and status != "DONE"
    assert rules.advances_asset(step_position(at), named) is moves


@pytest.mark.parametrize("before", PLACES)
def test_only_asset_done_before_a_review_step_is_added_to_review(before: str) -> None:
    expected = {"Label DONE": "First TO_DO", "First DONE": "Second TO_DO"}.get(before)
    after = rules.after_add_to_review(TWO_REVIEWS, step_position(before))
    assert after == (step_position(expected) if expected else None)


def test_asset_before_a_labeling_step_is_not_added_to_review() -> None:
    assert rules.after_add_to_review(TWO_GROUPS, step_position("Check DONE")) is None


@pytest.mark.parametrize("before", PLACES)
def test_asset_in_review_or_done_is_sent_back(before: str) -> None:
    step_id, status = before.split()
    target = {"First": "Label REWORK", "Second": "First REWORK"}.get(step_id)
    if step_id == "Label" and status == "DONE":
        target = "Label REWORK"
    if status == "SKIPPED":
        target = None
    after = rules.after_send_back(TWO_REVIEWS, step_position(before))
    assert after == (step_position(target) if target else None)


def test_review_sends_back_to_the_labeling_step_of_its_group() -> None:
    after = rules.after_send_back(TWO_GROUPS, step_position("Recheck TO_DO"))
    assert after == step_position("Refine REWORK")


@pytest.mark.parametrize("before", PLACES)
def test_asset_accepts_work_unless_done_or_skipped(before: str) -> None:
    expected = before.split()[1] not in ("DONE", "SKIPPED")
    assert rules.accepts_work(step_position(before)) is expected


MIRROR: dict[str, Status] = {
    "Label TO_DO": "TODO",
    "Label IN_PROGRESS": "ONGOING",
    "Label PARTIALLY_DONE": "ONGOING",
    "Label REWORK": "ONGOING",
    "Label DONE": "LABELED",
    "First TO_DO": "TO_REVIEW",
    "First IN_PROGRESS": "TO_REVIEW",
    "First PARTIALLY_DONE": "TO_REVIEW",
    "First REWORK": "ONGOING",
    "First DONE": "REVIEWED",
    "Second TO_DO": "TO_REVIEW",
    "Second IN_PROGRESS": "TO_REVIEW",
    "Second PARTIALLY_DONE": "TO_REVIEW",
    "Second REWORK": "ONGOING",
    "Second DONE": "REVIEWED",
}


@pytest.mark.parametrize("at", PLACES)
def test_v1_status_follows_from_the_step_position(at: str) -> None:
    expected = MIRROR.get(at, "LABELED")  # a skipped asset keeps the one that it had
    assert rules.v1_status(TWO_REVIEWS, step_position(at), "LABELED") == expected


def test_v1_status_in_the_labeling_step_of_a_later_group_is_not_todo() -> None:
    assert rules.v1_status(TWO_GROUPS, step_position("Refine TO_DO"), "REVIEWED") == "ONGOING"
    assert rules.v1_status(TWO_GROUPS, step_position("Refine DONE"), "ONGOING") == "LABELED"
