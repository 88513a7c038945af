"""The V1 workflow: where an asset goes when something happens to it.

See contract/workflow.md#v1-statuses.

Pure: statuses in, statuses out. The table is the whole rule; a pair that is not in it leaves the
status as it is.
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

# The label types with which people say something about an asset.
SUBMITTED: tuple[LabelType, ...] = ("DEFAULT", "REVIEW")

# Those that say what a model makes of it.
MODEL_TYPES: tuple[LabelType, ...] = ("PREDICTION", "INFERENCE")

STATUSES: tuple[Status, ...] = ("TODO", "ONGOING", "LABELED", "TO_REVIEW", "REVIEWED")

# How the computed counts of a project read the statuses.
REMAINING: tuple[Status, ...] = ("TODO", "ONGOING")
REVIEWED: tuple[Status, ...] = ("REVIEWED",)


@dataclass(frozen=True)
class NewWorkflow:
    """The workflow of a new project.

    Attributes:
        version: V1, V2 or V3.
        groups: the names of a V3 project's groups of steps.
    """

    version: str = "V1"
    groups: tuple[str, ...] = ("Group 1",)


V1 = NewWorkflow()

# The first client with operations on steps (contract/client.md#generations).
_FIRST_WITH_STEPS = (2, 166)


def version_for(client_version: str | None) -> str:
    """The workflow that new projects have for a client (contract/workflow.md#workflow-versions).

    Args:
        client_version: what the client says of itself; one that says nothing gets V1.
    """
    return "V2" if version_numbers(client_version) >= _FIRST_WITH_STEPS else "V1"


class AssetState(TypedDict):
    """The members of an asset that say where it stands in the workflow, and its marks.

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
    """The members that say where a new asset stands, with nobody at work on it yet.

    Args:
        status: where it starts in V1, if not at the beginning.
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
    """The status after a label was added.

    Args:
        status: the asset's status before.
        label_type: the type of the new label.
        missing: how many labelers consensus still waits for.
        is_drawn_for_review: whether the project's review coverage picks this asset; asked only for a
            DEFAULT label that completes the labeling.
    """
    new = _AFTER_LABEL.get((status, label_type), status)
    if new != "LABELED" or status == "LABELED":
        return new
    if missing > 0:
        return "ONGOING"
    return "TO_REVIEW" if is_drawn_for_review() else "LABELED"


def after_add_to_review(status: Status, *, has_label: bool) -> Status | None:
    """The status after "add to review", or ``None`` where it does not apply.

    Args:
        has_label: somebody submitted a label; an ONGOING asset (sent back, say) then moves too.
    """
    return "TO_REVIEW" if status == "LABELED" or (status == "ONGOING" and has_label) else None


def after_send_back(status: Status) -> Status | None:
    """The status after "send back to queue", or ``None`` where it does not apply."""
    return "ONGOING" if status in ("LABELED", "TO_REVIEW", "REVIEWED") else None
