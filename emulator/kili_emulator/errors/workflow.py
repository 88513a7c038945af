"""What is refused about the workflow: steps, skipping, consensus, locked assets."""

from __future__ import annotations

from typing import Any

from kili_emulator.errors.kili_error import (
    RESOLUTION_FAILURE,
    KiliError,
    business_error,
    invalid_argument,
)

_IN_WHICH_PROJECTS = (
    "projects with the V1 workflow take it (`kili-emulator start --workflow V1` creates them)"
)
_AFTER_LABELING = (
    "name the step that the label is of (step_name in append_labels), or send the asset back first "
    f"(send_back_to_queue); {_IN_WHICH_PROJECTS}"
)
_ASSIGNED = "the asset is assigned to others: let them label it, or assign it to this user"

# What each lock reason means, and what to do (ours).
_LOCK_REMEDIES = {
    "AlreadyHaveLabelOnCurrentStep": "the user has labeled the asset on this step, and others of "
    f"the consensus are still to do so; {_IN_WHICH_PROJECTS}",
    "AssetAlreadyAssigned": _ASSIGNED,
    "AssetAlreadyLocked": "somebody else is labeling the asset: wait until they have submitted or "
    "left it",
    "AssetInDoneStepStatus": f"the asset is labeled already: {_AFTER_LABELING}",
    "AssetInDoneStepStatusWithCorrectAction": "the user has labeled the asset already: "
    f"{_AFTER_LABELING}",
    "AssetInDoneStepStatusWithReviewAction": f"the asset is labeled already: {_AFTER_LABELING}",
    "AssetInNextStepWithCorrectAction": "the user has labeled the asset, which waits for its "
    f"review: {_AFTER_LABELING}",
    "BlockedByEnforceStepSeparation": "the user has worked on another step of the asset: let "
    "somebody else do this one, or turn enforceStepSeparation off",
    "LabelNotEditable": "the label names a step at which the asset is not: name its current step, "
    "or send the asset back to the other one first (send_back_to_queue)",
    "NotAssignedWithAssignAction": _ASSIGNED,
    "NotInStepAssignees": "the asset waits for a label of the other type (DEFAULT or REVIEW), or "
    f"for somebody who is assigned to its step: {_AFTER_LABELING}",
}


def label_locked(operation: str, reason: str) -> KiliError:
    """The workflow does not let the user label the asset now (contract/workflow.md#lock-reasons).

    The reason's name is the platform's, and clients find it in ``extensions.context``; the
    sentences are ours.
    """
    error = business_error(
        "assetLocked",
        f"{operation} was not carried out: the workflow does not let this user label the asset.",
        f"{reason}: {_LOCK_REMEDIES[reason]}",
    )
    return KiliError(error.message, RESOLUTION_FAILURE, {"reason": reason})


def lock_remedy(answer: Any) -> tuple[str, str] | None:
    """What :func:`label_locked` said in an answer of the API.

    Returns:
        the reason's name, and what it means and what to do; ``None`` where nothing is locked.
    """
    for error in answer.get("errors", ()) if isinstance(answer, dict) else ():
        context = error.get("extensions", {}).get("context")
        reason = context.get("reason") if isinstance(context, dict) else None
        if reason in _LOCK_REMEDIES:
            return reason, _LOCK_REMEDIES[reason]
    return None


def workflow_without_steps(operation: str) -> KiliError:
    """Something about steps is asked of a V1 project."""
    return invalid_argument(operation, "the project has the V1 workflow, which has no steps")


def asset_status_not_settable(operation: str) -> KiliError:
    """An asset's status is to be set where it follows from its step."""
    return invalid_argument(
        operation, "in a workflow with steps an asset's status follows from its step"
    )


def step_incomplete(operation: str) -> KiliError:
    """A step lacks what it needs."""
    return invalid_argument(
        operation, "a step needs a name, a type, and where assignees are given at least one"
    )


def step_member_fixed(operation: str, name: str) -> KiliError:
    """A step is to become what it is not."""
    return invalid_argument(operation, f"the {name} of a step cannot change: create another step")


def step_member_not_allowed(operation: str, name: str, type_: str) -> KiliError:
    """A setting of one type of steps is given for the other."""
    return invalid_argument(operation, f"a step of type {type_} has no {name}: leave it out")


def step_group_unknown(operation: str, group_id: str) -> KiliError:
    """A step is to be created in a group that its project does not have."""
    detail = f'stepGroupId must be the id of one of the project\'s groups, not "{group_id}"'
    return invalid_argument(operation, detail)


def send_back_step_unknown(operation: str, given: str, named: list[str]) -> KiliError:
    """A review is to send back to a step that its project does not have, or by a name.

    Args:
        named: the ids of the steps whose name was given.
    """
    detail = f'sendBackStepId must be the id of a step of the project, not "{given}"'
    if named:
        detail += f", which is the name of the step with the id {' and '.join(named)}"
    return invalid_argument(operation, detail)


def step_group_missing(operation: str) -> KiliError:
    """A step is to be created in one of several groups."""
    return invalid_argument(
        operation, "stepGroupId is missing: say in which group to create the step"
    )


def step_name_taken(operation: str, name: str) -> KiliError:
    """Two steps would have the same name."""
    return invalid_argument(operation, f'a step of the same group is named "{name}" already')


def step_unknown(operation: str, name: str) -> KiliError:
    """A label names a step that its project does not have."""
    return invalid_argument(operation, f'the project has no step "{name}"')


def step_ambiguous(operation: str, name: str, ids: list[str]) -> KiliError:
    """A label names a step by a name that steps of several groups have."""
    detail = f'the project has several steps named "{name}": give one of their ids as stepId'
    return invalid_argument(operation, f"{detail} ({', '.join(ids)})")


def steps_differ(operation: str) -> KiliError:
    """A label names two steps, one by its id and another one by its name."""
    return invalid_argument(
        operation, "stepId and stepName name two different steps: give one of them only"
    )


def step_type_mismatch(operation: str, name: str, type_: str, label_type: str) -> KiliError:
    """A label is for a step of the other type."""
    detail = f'step "{name}" takes {type_} labels: name a step of type {label_type}, or none'
    return invalid_argument(operation, detail)


def first_step_not_labeling(operation: str) -> KiliError:
    """A workflow, or a group of its steps, would begin with a review."""
    text = "the first step of a workflow must be one of type DEFAULT, and so that of each group"
    return invalid_argument(operation, text)


def first_step_not_deletable(operation: str) -> KiliError:
    """The step that every asset begins with cannot be deleted."""
    return invalid_argument(operation, "the first step of a workflow cannot be deleted")


def step_order_missing(operation: str, order: int) -> KiliError:
    """The orders of a group's steps would not be 0, 1, 2 and so on.

    The sentence up to the parenthesis is the platform's, the rest is ours.
    """
    return invalid_argument(
        operation,
        f"There must be continuity between step orders (missing {order}); delete steps from the "
        "end of the workflow only, or give the steps that stay consecutive orders in the same call",
    )


def send_back_step_not_earlier(operation: str, name: str) -> KiliError:
    """A review step would send assets back to a step that comes later, or is of another group."""
    text = f'step "{name}" can send assets back to an earlier step only, of its own group'
    return invalid_argument(operation, text)


def consensus_in_later_group(operation: str, name: str) -> KiliError:
    """Consensus is for the labeling step of the first group: the first step."""
    return invalid_argument(
        operation, f'consensus is for the labeling step of the first group, not for "{name}"'
    )


def second_honeypot_step(operation: str) -> KiliError:
    """One step of a project at most works with honeypots."""
    return invalid_argument(operation, "one step of a project at most can use honeypots")


def assignee_cannot_review(operation: str, user_id: str) -> KiliError:
    """A labeler is to review."""
    return invalid_argument(operation, f'"{user_id}" is a LABELER of the project and cannot review')


def consensus_deprecated(operation: str) -> KiliError:
    """Consensus is set the older way in a multi-step workflow (prefix and names from the SDK)."""
    return business_error(
        "deprecated",
        f"isUsedForConsensus of `{operation}` is for the V1 workflow.",
        "use `setAssetConsensus` in a multi-step workflow",
    )


def consensus_not_possible(operation: str, why: str) -> KiliError:
    """Consensus cannot be set on an asset now."""
    return invalid_argument(operation, why)


CONSENSUS_NEEDS_STEPS = (
    "the project has the V1 workflow: use isUsedForConsensus of updatePropertiesInAssets"
)
CONSENSUS_ASSET_STARTED = "somebody has begun to label the asset, or has labeled it"
CONSENSUS_NOT_ENABLED = "the labeling step has no consensus: set its consensusCoverage first"


def consensus_not_skipped(operation: str) -> KiliError:
    """An asset that several people label is to be skipped (contract/workflow.md#skip)."""
    return invalid_argument(operation, "an asset used for consensus cannot be skipped")


def labeled_asset_not_skippable(operation: str) -> KiliError:
    """An asset that is labeled is to be skipped."""
    return invalid_argument(
        operation, "the asset is labeled already: send it back to the queue first"
    )


def asset_not_skipped(operation: str) -> KiliError:
    """An asset that was not skipped is to come back."""
    return invalid_argument(operation, "the asset is not skipped")


def honeypot_step_missing(operation: str) -> KiliError:
    """A honeypot is made where no step uses them."""
    return invalid_argument(
        operation, "no step of the project uses honeypots: set useHoneypot on one first"
    )


def mark_out_of_range(operation: str, name: str) -> KiliError:
    """A mark is no mark."""
    return invalid_argument(operation, f"{name} must be between 0 and 1")
