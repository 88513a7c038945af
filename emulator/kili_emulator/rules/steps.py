"""The multi-step workflows, V2 and V3: where an asset goes, step by step.

See contract/workflow.md#steps.

Pure: steps and places in, places out. A step is its document; the steps of a project come in their
order, those of a V3 project group after group. An asset that the coverage of the next review step
does not pick goes on to the next group, whose labeling step takes every asset; if there is none, it
stays where it is, done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from kili_emulator.rules.workflow import Status, StepStatus

StepType = Literal["DEFAULT", "REVIEW"]


class Step(TypedDict):
    """A step of a workflow; ``stepGroupId`` is ``None`` in a V2 project.

    ``assigneeIds`` is ``None`` where every member of the project works on the step. Coverages are
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

# Names that clients up to 26.1 use.
FORMER_STATUS_NAMES: dict[str, StepStatus] = {"DOING": "IN_PROGRESS", "REDO": "REWORK"}

_WAITING = ("TO_DO", "IN_PROGRESS", "REWORK", "PARTIALLY_DONE")


@dataclass(frozen=True)
class StepPosition:
    """Where an asset stands."""

    step_id: str
    status: StepStatus


def start(steps: Steps) -> StepPosition:
    """Where a new asset stands."""
    return StepPosition(steps[0]["id"], "TO_DO")


def require_step(steps: Steps, step_id: str) -> Step:
    """The step with that id."""
    return next(step for step in steps if step["id"] == step_id)


def next_step(steps: Steps, step_id: str) -> Step | None:
    """The step after another one."""
    index = [step["id"] for step in steps].index(step_id)
    return steps[index + 1] if index + 1 < len(steps) else None


def classify_label_use(
    steps: Steps, step_position: StepPosition, step_id: str | None
) -> LabelUse | None:
    """What a label means that is for a step, given where the asset stands.

    See contract/workflow.md#labels-that-name-a-step.

    Args:
        step_id: the step that the label names, if it names one.

    Returns:
        WORK: it does the work of the step where the asset stands. CORRECTION: it changes what is
        done on that step, and the asset stays where it is; it waits at most for the step after it.
        REVIEW_OF_DONE: it takes the asset, which is done, to that step, the next review. ``None``:
        the asset is not there yet, or too far beyond that step for a correction.
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
    """Whether a step comes before the one where the asset stands."""
    ids = [step["id"] for step in steps]
    return ids.index(step_id) < ids.index(step_position.step_id)


def advances_asset(step_position: StepPosition, step_id: str | None) -> bool:
    """Whether an accepted label of a step brings the asset on; a correction does not."""
    return step_id == step_position.step_id and step_position.status != "DONE"


def after_autosave(step_position: StepPosition) -> StepPosition:
    """Somebody is at work on the asset."""
    if step_position.status in ("TO_DO", "REWORK"):
        return StepPosition(step_position.step_id, "IN_PROGRESS")
    return step_position


def after_submit(
    steps: Steps, step_position: StepPosition, *, missing: int, draw: Draw
) -> StepPosition:
    """Where a submitted label brings the asset.

    Args:
        missing: how many labelers consensus still waits for.
        draw: whether an asset is among so many percent.
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
    """The next review step, or ``None`` where the asset cannot move on."""
    following = next_step(steps, step_position.step_id)
    if step_position.status != "DONE" or following is None or following["type"] != "REVIEW":
        return None
    return StepPosition(following["id"], "TO_DO")


def after_send_back(steps: Steps, step_position: StepPosition) -> StepPosition | None:
    """The step that a review step sends back to, or ``None`` for an asset still to be labeled."""
    step = require_step(steps, step_position.step_id)
    if step_position.status == "SKIPPED":
        return None
    if step["type"] == "REVIEW":
        return StepPosition(step["sendBackStepId"] or labeling_step(steps, step)["id"], "REWORK")
    return StepPosition(step["id"], "REWORK") if step_position.status == "DONE" else None


def labeling_step(steps: Steps, step: Step) -> Step:
    """The nearest labeling step at or before a step."""
    before = steps[: [each["id"] for each in steps].index(step["id"]) + 1]
    return [each for each in before if each["type"] == "DEFAULT"][-1]


def accepts_work(step_position: StepPosition) -> bool:
    """Whether somebody can work on the asset where it stands."""
    return step_position.status in _WAITING


def v1_status(steps: Steps, step_position: StepPosition, before: Status) -> Status:
    """The status of the older workflow that says the same.

    See contract/workflow.md#status-of-an-asset-with-steps.

    Args:
        before: the status so far, which a skipped asset keeps.
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
