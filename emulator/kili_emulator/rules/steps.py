"""The multi-step workflows, V2 and V3: the way of an asset from step to step.

See contract/workflow.md#steps.

The functions are pure. They take the documents of the steps of a project in workflow order (in a
V3 project, group after group) and the position of an asset, and return its new position. If the
coverage of the next review step does not pick an asset, the asset moves to the labeling step of the
next group, which takes every asset; without a next group, the asset is DONE on its present step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypedDict

from kili_emulator.rules.workflow import Status, StepStatus

StepType = Literal["DEFAULT", "REVIEW"]


class Step(TypedDict):
    """A step of a workflow; ``stepGroupId`` is ``None`` in a V2 project.

    ``assigneeIds`` is ``None`` if every member of the project works on the step. Coverages are
    percentages.
    """

    id: str
    name: str
    type: StepType
    order: int
    stepGroupId: str | None
    assigneeIds: list[str] | None
    stepCoverage: int | None
    consensusCoverage: int | None
    numberOfExpectedLabelsForConsensus: int | None
    sendBackStepId: str | None
    useHoneypot: bool


Steps = Sequence[Step]
Draw = Callable[[int | None], bool]
LabelUse = Literal["WORK", "CORRECTION", "REVIEW_OF_DONE"]

# former name, used by clients up to 26.1 → step status
FORMER_STATUS_NAMES: dict[str, StepStatus] = {"DOING": "IN_PROGRESS", "REDO": "REWORK"}

_WAITING = ("TO_DO", "IN_PROGRESS", "REWORK", "PARTIALLY_DONE")


class StepPosition(NamedTuple):
    """The position of an asset in the workflow: its step, and its status on this step."""

    step_id: str
    status: StepStatus


def start(steps: Steps) -> StepPosition:
    """Return the position of a new asset."""
    return StepPosition(steps[0]["id"], "TO_DO")


def require_step(steps: Steps, step_id: str) -> Step:
    """Return the step with this id, which must exist."""
    for step in steps:
        if step["id"] == step_id:
            return step
    raise KeyError(step_id)


def next_step(steps: Steps, step_id: str) -> Step | None:
    """Return the step after this one; ``None`` for the last step."""
    index = [step["id"] for step in steps].index(step_id)
    return steps[index + 1] if index + 1 < len(steps) else None


def classify_label_use(
    steps: Steps, step_position: StepPosition, step_id: str | None
) -> LabelUse | None:
    """Return how a label for a step is used, given the position of the asset.

    See contract/workflow.md#labels-that-name-a-step.

    Args:
        step_id: the step that the label names, if it names one.

    Returns:
        WORK: the label does the work of the present step of the asset. CORRECTION: the label
        changes the completed work of the named step, and the asset keeps its position (DONE on the
        named step, or TO_DO on the step after it). REVIEW_OF_DONE: the label moves the asset, which
        is DONE, to the named step, the next review. ``None``: the asset has not reached the named
        step, or is too far beyond it for a correction.
    """
    if step_id in (None, step_position.step_id):
        is_done = step_id is not None and step_position.status == "DONE"
        return "CORRECTION" if is_done else "WORK"
    following = next_step(steps, str(step_id))
    if following and following["id"] == step_position.step_id and step_position.status == "TO_DO":
        return "CORRECTION"
    review = after_add_to_review(steps, step_position)
    return "REVIEW_OF_DONE" if review and review.step_id == step_id else None


def is_earlier_step(steps: Steps, step_position: StepPosition, step_id: str) -> bool:
    """Return whether a step comes before the present step of the asset."""
    ids = [step["id"] for step in steps]
    return ids.index(step_id) < ids.index(step_position.step_id)


def advances_asset(step_position: StepPosition, step_id: str | None) -> bool:
    """Return whether an accepted label of a step advances the asset; a correction does not."""
    return step_id == step_position.step_id and step_position.status != "DONE"


def after_autosave(step_position: StepPosition) -> StepPosition:
    """Return the position after an autosave: a waiting asset is now in progress."""
    if step_position.status in ("TO_DO", "REWORK"):
        return StepPosition(step_position.step_id, "IN_PROGRESS")
    return step_position


def after_submit(
    steps: Steps, step_position: StepPosition, *, missing: int, draw: Draw
) -> StepPosition:
    """Return the position after a submitted label.

    Args:
        missing: the number of labelers for whom consensus still waits.
        draw: returns whether the asset is picked, given a coverage in percent.
    """
    if missing > 0:
        return StepPosition(step_position.step_id, "PARTIALLY_DONE")
    following = next_step(steps, step_position.step_id)
    if following and following["type"] == "REVIEW" and not draw(following["stepCoverage"]):
        following = _next_labeling_step(steps, step_position.step_id)
    return (
        StepPosition(following["id"], "TO_DO")
        if following
        else StepPosition(step_position.step_id, "DONE")
    )


def _next_labeling_step(steps: Steps, step_id: str) -> Step | None:
    later = steps[[step["id"] for step in steps].index(step_id) + 1 :]
    return next((step for step in later if step["type"] == "DEFAULT"), None)


def after_add_to_review(steps: Steps, step_position: StepPosition) -> StepPosition | None:
    """Return the position on the next review step; ``None`` if the asset cannot move there."""
    following = next_step(steps, step_position.step_id)
    if step_position.status != "DONE" or following is None or following["type"] != "REVIEW":
        return None
    return StepPosition(following["id"], "TO_DO")


def after_send_back(steps: Steps, step_position: StepPosition) -> StepPosition | None:
    """Return the position after "send back"; ``None`` if the asset cannot be sent back.

    A review step sends back to its ``sendBackStepId`` or its labeling step. On a labeling step only
    a DONE asset can be sent back, to the same step.
    """
    step = require_step(steps, step_position.step_id)
    if step_position.status == "SKIPPED":
        return None
    if step["type"] == "REVIEW":
        return StepPosition(step["sendBackStepId"] or labeling_step(steps, step)["id"], "REWORK")
    return StepPosition(step["id"], "REWORK") if step_position.status == "DONE" else None


def labeling_step(steps: Steps, step: Step) -> Step:
    """Return the nearest labeling step at or before a step."""
    before = steps[: [each["id"] for each in steps].index(step["id"]) + 1]
    return [each for each in before if each["type"] == "DEFAULT"][-1]


def accepts_work(step_position: StepPosition) -> bool:
    """Return whether a user can work on the asset at this position."""
    return step_position.status in _WAITING


def v1_status(steps: Steps, step_position: StepPosition, before: Status) -> Status:
    """Return the status of the V1 workflow that corresponds to a position.

    See contract/workflow.md#status-of-an-asset-with-steps.

    Args:
        before: the present V1 status, which a skipped asset keeps.
    """
    step = require_step(steps, step_position.step_id)
    if step_position.status == "SKIPPED":
        return before
    if step_position.status == "REWORK":
        return "ONGOING"
    if step["type"] == "REVIEW":
        return "REVIEWED" if step_position.status == "DONE" else "TO_REVIEW"
    if step_position.status == "TO_DO":
        return "TODO" if step["id"] == steps[0]["id"] else "ONGOING"
    return "LABELED" if step_position.status == "DONE" else "ONGOING"
