"""Errors about the workflow: steps, skipping, consensus, locked assets."""

from __future__ import annotations

from typing import Any

from kili_emulator.errors.kili_error import (
    RESOLUTION_FAILURE,
    KiliError,
    business_error,
    invalid_argument,
)

_V1_ACCEPTS = (
    "a project with the V1 workflow accepts the label (`kili-emulator start --workflow V1` creates "
    "such projects)"
)
_AFTER_LABELING = (
    "name the step of the label (step_name of append_labels), or send the asset back first "
    f"(send_back_to_queue); {_V1_ACCEPTS}"
)
_ASSIGNED = "the asset is assigned to others: let them label it, or assign it to this user"

# The meaning of each lock reason, and the remedy (ours).
_LOCK_REMEDIES = {
    "AlreadyHaveLabelOnCurrentStep": "the user has labeled the asset on this step, but "
    f"other labels of the consensus are missing: wait for them; {_V1_ACCEPTS}",
    "AssetAlreadyAssigned": _ASSIGNED,
    "AssetAlreadyLocked": "another user is labeling the asset: wait until that user has submitted "
    "or closed it",
    "AssetInDoneStepStatus": f"the asset is labeled already: {_AFTER_LABELING}",
    "AssetInDoneStepStatusWithCorrectAction": "the user has labeled the asset already: "
    f"{_AFTER_LABELING}",
    "AssetInDoneStepStatusWithReviewAction": f"the asset is labeled already: {_AFTER_LABELING}",
    "AssetInNextStepWithCorrectAction": "the user has labeled the asset, which waits for its "
    f"review: {_AFTER_LABELING}",
    "BlockedByEnforceStepSeparation": "the user has worked on another step of the asset: let "
    "another user do this step, or turn enforceStepSeparation off",
    "LabelNotEditable": "the asset is not in the step that the label names: name its current step, "
    "or send the asset back to that step first (send_back_to_queue)",
    "NotAssignedWithAssignAction": _ASSIGNED,
    "NotInStepAssignees": "the asset waits for a label of the other type (DEFAULT or REVIEW), or "
    f"for an assignee of its step: {_AFTER_LABELING}",
}


def label_locked(operation: str, reason: str) -> KiliError:
    """The workflow does not let the user label the asset now (contract/workflow.md#lock-reasons).

    The name of the reason is the platform's, in ``extensions.context``; the sentences are ours.
    """
    error = business_error(
        "assetLocked",
        f"{operation} was not carried out: the workflow does not let this user label the asset.",
        f"{reason}: {_LOCK_REMEDIES[reason]}",
    )
    return KiliError(error.message, RESOLUTION_FAILURE, {"reason": reason})


def lock_remedy(answer: Any) -> tuple[str, str] | None:
    """Find an error of :func:`label_locked` in an answer of the API.

    Returns:
        the name of the lock reason, and its meaning with a remedy; ``None`` without such an error.
    """
    for error in answer.get("errors", ()) if isinstance(answer, dict) else ():
        context = error.get("extensions", {}).get("context")
        reason = context.get("reason") if isinstance(context, dict) else None
        if reason in _LOCK_REMEDIES:
            return reason, _LOCK_REMEDIES[reason]
    return None


def workflow_without_steps(operation: str) -> KiliError:
    """An operation on steps names a project with the V1 workflow."""
    return invalid_argument(operation, "the project has the V1 workflow, which has no steps")


def asset_status_not_settable(operation: str) -> KiliError:
    """The status of an asset is set, but follows from its step."""
    return invalid_argument(
        operation,
        "in a workflow with steps, the status of an asset follows from its step: leave status out",
    )


def step_incomplete(operation: str) -> KiliError:
    """A step lacks required members."""
    return invalid_argument(
        operation, "a step needs a name and a type, and a list of assignees cannot be empty"
    )


def step_member_fixed(operation: str, name: str) -> KiliError:
    """A member of a step that is fixed at creation is changed."""
    return invalid_argument(operation, f"the {name} of a step cannot change: create another step")


def step_member_not_allowed(operation: str, name: str, type_: str) -> KiliError:
    """A step gets a setting that only the other step type has."""
    return invalid_argument(operation, f"a step of type {type_} has no {name}: leave it out")


def step_group_unknown(operation: str, group_id: str) -> KiliError:
    """The group of a new step is not one of the project."""
    detail = f'stepGroupId must be the id of one of the project\'s groups, not "{group_id}"'
    return invalid_argument(operation, detail)


def send_back_step_unknown(operation: str, given: str, named: list[str]) -> KiliError:
    """The step that a review sends back to is unknown, or given by its name.

    Args:
        named: the ids of the steps whose name was given.
    """
    detail = f'sendBackStepId must be the id of a step of the project, not "{given}"'
    if named:
        detail += f", which is the name of the step with the id {' and '.join(named)}"
    return invalid_argument(operation, detail)


def step_group_missing(operation: str) -> KiliError:
    """A new step names none of the several groups of the project."""
    return invalid_argument(
        operation, "stepGroupId is missing: give the id of the group of the new step"
    )


def step_name_taken(operation: str, name: str) -> KiliError:
    """Two steps would have the same name."""
    return invalid_argument(
        operation, f'another step of the same group has the name "{name}": choose another name'
    )


def step_unknown(operation: str, name: str) -> KiliError:
    """A label names a step that its project does not have."""
    return invalid_argument(operation, f'the project has no step "{name}"')


def step_ambiguous(operation: str, name: str, ids: list[str]) -> KiliError:
    """A label names a step by a name that several steps have."""
    detail = f'the project has several steps named "{name}": give one of their ids as stepId'
    return invalid_argument(operation, f"{detail} ({', '.join(ids)})")


def steps_differ(operation: str) -> KiliError:
    """The stepId and the stepName of a label name different steps."""
    return invalid_argument(
        operation, "stepId and stepName name two different steps: give only one of them"
    )


def step_type_mismatch(operation: str, name: str, type_: str, label_type: str) -> KiliError:
    """The type of a label does not fit the step that it names."""
    detail = f'step "{name}" takes {type_} labels: name a step of type {label_type}, or none'
    return invalid_argument(operation, detail)


def first_step_not_labeling(operation: str) -> KiliError:
    """The first step of a workflow or of a group is a review step."""
    text = "the first step of a workflow, and of each group, must have the type DEFAULT"
    return invalid_argument(operation, text)


def first_step_not_deletable(operation: str) -> KiliError:
    """The first step of a workflow is deleted."""
    return invalid_argument(operation, "the first step of a workflow cannot be deleted")


def step_order_missing(operation: str, order: int) -> KiliError:
    """The orders of the steps of a group are not consecutive from 0.

    The sentence before the parenthesis is the platform's; the rest is ours.
    """
    return invalid_argument(
        operation,
        f"There must be continuity between step orders (missing {order}); delete steps only "
        "at the end of the workflow, or give the other steps consecutive orders in the same call",
    )


def send_back_step_not_earlier(operation: str, name: str) -> KiliError:
    """The step that a review sends back to is not an earlier one of the same group."""
    text = f'step "{name}" can send assets back only to an earlier step of its own group'
    return invalid_argument(operation, text)


def consensus_in_later_group(operation: str, name: str) -> KiliError:
    """A step other than the first one gets a consensus."""
    return invalid_argument(
        operation, f'only the labeling step of the first group can have consensus, not "{name}"'
    )


def second_honeypot_step(operation: str) -> KiliError:
    """A second step of a project uses honeypots."""
    return invalid_argument(operation, "only one step of a project can use honeypots")


def assignee_cannot_review(operation: str, user_id: str) -> KiliError:
    """A member with the role LABELER is assigned to a review step."""
    return invalid_argument(operation, f'"{user_id}" is a LABELER of the project and cannot review')


def consensus_deprecated(operation: str) -> KiliError:
    """A multi-step workflow gets the consensus argument of V1 (prefix and names from the SDK)."""
    return business_error(
        "deprecated",
        f"isUsedForConsensus of `{operation}` is for the V1 workflow.",
        "use `setAssetConsensus` in a multi-step workflow",
    )


def consensus_not_possible(operation: str, reason: str) -> KiliError:
    """The consensus of an asset cannot change; ``reason`` is one of the constants below."""
    return invalid_argument(operation, reason)


CONSENSUS_NEEDS_STEPS = (
    "the project has the V1 workflow: use isUsedForConsensus of updatePropertiesInAssets"
)
CONSENSUS_ASSET_STARTED = "a user has started to label the asset, or has labeled it"
CONSENSUS_NOT_ENABLED = "the labeling step has no consensus: set its consensusCoverage first"


def consensus_not_skipped(operation: str) -> KiliError:
    """An asset with consensus is skipped (contract/workflow.md#skip)."""
    return invalid_argument(operation, "an asset used for consensus cannot be skipped")


def labeled_asset_not_skippable(operation: str) -> KiliError:
    """A labeled asset is skipped."""
    return invalid_argument(
        operation, "the asset is labeled already: send it back to the queue first"
    )


def asset_not_skipped(operation: str) -> KiliError:
    """A user unskips an asset that is not skipped."""
    return invalid_argument(operation, "the asset is not skipped")


def honeypot_step_missing(operation: str) -> KiliError:
    """A honeypot is created, but no step uses honeypots."""
    return invalid_argument(
        operation, "no step of the project uses honeypots: set useHoneypot on one first"
    )


def mark_out_of_range(operation: str, name: str) -> KiliError:
    """A quality mark is not between 0 and 1."""
    return invalid_argument(operation, f"{name} must be between 0 and 1")
