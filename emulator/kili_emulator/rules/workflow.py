"""The V1 workflow: the status of an asset after each operation.

See contract/workflow.md#v1-statuses.

The functions are pure: they take a status and return the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypedDict

from kili_emulator.rules.client_version import version_numbers

Status = Literal["TODO", "ONGOING", "LABELED", "TO_REVIEW", "REVIEWED"]
StepStatus = Literal[
    "TO_DO", "IN_PROGRESS", "PARTIALLY_DONE", "REWORK", "DONE", "SKIPPED", "DOING", "REDO"
]
LabelType = Literal["DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"]

# The types of the labels that people submit.
SUBMITTED: tuple[LabelType, ...] = ("DEFAULT", "REVIEW")

# The types of the labels that models make.
MODEL_TYPES: tuple[LabelType, ...] = ("PREDICTION", "INFERENCE")

# The statuses that the computed counts of a project count as remaining, and as reviewed.
REMAINING: tuple[Status, ...] = ("TODO", "ONGOING")
REVIEWED: tuple[Status, ...] = ("REVIEWED",)


@dataclass(frozen=True)
class NewWorkflow:
    """The workflow of a new project.

    Attributes:
        version: V1, V2 or V3.
        groups: the names of the groups of steps of a V3 project.
    """

    version: str = "V1"
    groups: tuple[str, ...] = ("Group 1",)


V1 = NewWorkflow()

# The first client with operations on steps (contract/client.md#generations).
_FIRST_WITH_STEPS = (2, 166)


def version_for(client_version: str | None) -> str:
    """Return the workflow version of new projects (contract/workflow.md#workflow-versions).

    Args:
        client_version: the version of the client that creates the project; a client that states no
            version gets V1.
    """
    return "V2" if version_numbers(client_version) >= _FIRST_WITH_STEPS else "V1"


class AssetState(TypedDict):
    """The members of an asset that hold its position in the workflow and its quality marks.

    ``stepId`` and ``stepStatus`` are ``None`` in a V1 project.
    """

    status: Status
    skipped: bool
    skipReason: str | None
    priority: int
    assigneeIds: list[str]
    isHoneypot: bool
    isUsedForConsensus: bool
    stepId: str | None
    stepStatus: StepStatus | None
    consensusMark: float | None
    consensusMarkPerCategory: dict[str, float] | None
    honeypotMark: float | None
    inferenceMark: float | None


def initial_state(status: Status | None = None) -> AssetState:
    """Return the state of a new asset, on which nobody has worked.

    Args:
        status: the first V1 status of the asset, if it is not TODO.
    """
    return {
        "status": status or "TODO",
        "skipped": False,
        "skipReason": None,
        "priority": 0,
        "assigneeIds": [],
        "isHoneypot": False,
        "isUsedForConsensus": False,
        "stepId": None,
        "stepStatus": None,
        "consensusMark": None,
        "consensusMarkPerCategory": None,
        "honeypotMark": None,
        "inferenceMark": None,
    }


# (status, label type) → the status after the label; all other pairs keep the status
_AFTER_LABEL: dict[tuple[Status, LabelType], Status] = {
    ("TODO", "AUTOSAVE"): "ONGOING",
    ("TODO", "DEFAULT"): "LABELED",
    ("ONGOING", "DEFAULT"): "LABELED",
    ("TODO", "REVIEW"): "REVIEWED",
    ("ONGOING", "REVIEW"): "REVIEWED",
    ("LABELED", "REVIEW"): "REVIEWED",
    ("TO_REVIEW", "REVIEW"): "REVIEWED",
}


def after_label(
    status: Status,
    label_type: LabelType,
    *,
    missing: int = 0,
    is_drawn_for_review: Callable[[], bool] = lambda: False,
) -> Status:
    """Return the status after a label was added.

    Args:
        status: the status of the asset before.
        label_type: the type of the new label.
        missing: the number of labelers for whom consensus still waits.
        is_drawn_for_review: returns whether the review coverage of the project picks the asset; it
            is called only for a DEFAULT label that completes the labeling.
    """
    new = _AFTER_LABEL.get((status, label_type), status)
    if new != "LABELED" or status == "LABELED":
        return new
    if missing > 0:
        return "ONGOING"
    return "TO_REVIEW" if is_drawn_for_review() else "LABELED"


def after_add_to_review(status: Status, *, has_label: bool) -> Status | None:
    """Return the status after "add to review"; ``None`` if it does not apply.

    Args:
        has_label: whether a user submitted a label: an ONGOING asset with a label (for example one
            that was sent back) also moves to TO_REVIEW.
    """
    return "TO_REVIEW" if status == "LABELED" or (status == "ONGOING" and has_label) else None


def after_send_back(status: Status) -> Status | None:
    """Return the status after "send back to queue"; ``None`` if it does not apply."""
    return "ONGOING" if status in ("LABELED", "TO_REVIEW", "REVIEWED") else None
