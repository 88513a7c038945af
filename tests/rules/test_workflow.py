"""The V1 workflow, by status and label type (contract/workflow.md#v1-statuses)."""

from __future__ import annotations

from typing import get_args

import pytest

from kili_emulator.rules import workflow
from kili_emulator.rules.workflow import LabelType, Status

TODO: Status = "TODO"
ONGOING: Status = "ONGOING"
LABELED: Status = "LABELED"
TO_REVIEW: Status = "TO_REVIEW"
REVIEWED: Status = "REVIEWED"

STATUSES: tuple[Status, ...] = get_args(Status)

AFTER: dict[LabelType, dict[Status, Status]] = {
    "DEFAULT": {
        TODO: LABELED,
        ONGOING: LABELED,
        LABELED: LABELED,
        TO_REVIEW: TO_REVIEW,
        REVIEWED: REVIEWED,
    },
    "REVIEW": dict.fromkeys(STATUSES, REVIEWED),
    "AUTOSAVE": {status: ONGOING if status == TODO else status for status in STATUSES},
    "PREDICTION": {status: status for status in STATUSES},
    "INFERENCE": {status: status for status in STATUSES},
}
CASES = [
    (status, label_type, new)
    for label_type, pairs in AFTER.items()
    for status, new in pairs.items()
]


def test_cases_cover_every_status_and_label_type() -> None:
    assert set(AFTER) == set(get_args(LabelType))
    assert all(set(pairs) == set(STATUSES) for pairs in AFTER.values())
    assert len(CASES) == 25


@pytest.mark.parametrize(("status", "label_type", "new"), CASES)
def test_label_sets_the_status_of_the_asset(
    status: Status, label_type: LabelType, new: Status
) -> None:
    assert workflow.after_label(status, label_type) == new


@pytest.mark.parametrize(("status", "label_type", "new"), CASES)
def test_draw_for_review_counts_only_when_labeling_completes(
    status: Status, label_type: LabelType, new: Status
) -> None:
    completes = label_type == "DEFAULT" and status in (TODO, ONGOING)
    drawn = workflow.after_label(status, label_type, is_drawn_for_review=lambda: True)

    assert drawn == (TO_REVIEW if completes else new)


@pytest.mark.parametrize(
    ("status", "has_label", "new"),
    [
        (TODO, False, None),
        (TODO, True, None),
        (ONGOING, False, None),
        (ONGOING, True, TO_REVIEW),
        (LABELED, True, TO_REVIEW),
        (TO_REVIEW, True, None),
        (REVIEWED, True, None),
    ],
)
def test_only_started_asset_with_a_label_is_added_to_review(
    status: Status, new: Status | None, *, has_label: bool
) -> None:
    assert workflow.after_add_to_review(status, has_label=has_label) == new


@pytest.mark.parametrize(
    ("status", "new"),
    [
        (TODO, None),
        (ONGOING, None),
        (LABELED, ONGOING),
        (TO_REVIEW, ONGOING),
        (REVIEWED, ONGOING),
    ],
)
def test_asset_with_finished_labels_is_sent_back_to_ongoing(
    status: Status, new: Status | None
) -> None:
    assert workflow.after_send_back(status) == new


def test_asset_that_was_sent_back_can_be_labeled_and_reviewed() -> None:
    status = workflow.after_label(TODO, "DEFAULT", is_drawn_for_review=lambda: True)
    sent_back = workflow.after_send_back(status)
    assert (status, sent_back) == (TO_REVIEW, ONGOING)

    again = workflow.after_label(ONGOING, "DEFAULT")
    assert workflow.after_label(again, "REVIEW") == REVIEWED
