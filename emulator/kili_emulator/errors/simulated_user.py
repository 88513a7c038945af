"""Errors about actions that a simulated user cannot do (all ours).

The texts name the command or option that helps.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError

_CORRECT = "change the label with --correct, or "
_CORRECTABLE = ("submit", "review")

# {correct}: a hint for the actions that can correct an earlier label.
_REASONS = {
    "AlreadyHaveLabelOnCurrentStep": "the user has labeled it in this step, and it waits for the "
    "labels of others: {correct}act as another user",
    "AssetAlreadyAssigned": "it is assigned to other users: act as one of them",
    "AssetAlreadyLocked": "another user is labeling it: wait until that user has submitted",
    "AssetInDoneStepStatus": "it is done: let a reviewer send it back",
    "AssetInDoneStepStatusWithCorrectAction": "the user has labeled it already: {correct}let a "
    "reviewer send the asset back",
    "AssetInDoneStepStatusWithReviewAction": "it is labeled already: review it, or send it back",
    "AssetInNextStepWithCorrectAction": "it waits for its review: {correct}let a reviewer "
    "review it",
    "BlockedByEnforceStepSeparation": "the user has worked on it in another step, and the project "
    "separates its steps: act as another user",
    "LabelNotEditable": "it is in another step now: act as an assignee of that step",
    "NotAssignedWithAssignAction": "it is assigned to other users: assign it to this user first, "
    "or act as one of those",
    "NotInStepAssignees": "the user is not assigned to the step in which it waits: act as an "
    "assignee of that step, and use `review` if it is a review step",
}


def project_archived(title: str) -> KiliError:
    """The project is archived."""
    return KiliError(f'project "{title}" is archived: unarchive it first')


def user_not_member(email: str, title: str, project_id: str) -> KiliError:
    """The user is not a member of the project."""
    return KiliError(
        f'{email} is not a member of project "{title}": add the user first, for example with '
        f'kili.append_to_roles("{project_id}", "{email}", role="LABELER")'
    )


def asset_missing(verb: str) -> KiliError:
    """The action needs an asset, and none is given."""
    return KiliError(f"{verb} needs an asset: give its id or external id")


def queue_empty(verb: str, email: str, title: str) -> KiliError:
    """No asset waits for the user."""
    correct = "correct a finished one with --asset and --correct, "
    return KiliError(
        f'no asset in project "{title}" waits for {email} to {verb}: '
        f"{correct if verb in _CORRECTABLE else ''}send one back with `kili-emulator send-back`, "
        "or start again with `kili-emulator reset`"
    )


def user_locked_out(verb: str, external_id: str, email: str, reason: str) -> KiliError:
    """The workflow does not let the user work on the asset now.

    Args:
        verb: the name of the command, such as ``send-back``.
    """
    advice = _REASONS[reason].format(correct=_CORRECT if verb in _CORRECTABLE else "")
    text = f'{email} cannot work on asset "{external_id}": {advice} ({reason})'
    return KiliError(text, context={"reason": reason})


def asset_in_review(external_id: str) -> KiliError:
    """A label is submitted for an asset that waits for its review or is reviewed."""
    return KiliError(
        f'asset "{external_id}" waits for its review or is reviewed: review it, or send it back'
    )


def nothing_to_review(external_id: str) -> KiliError:
    """An asset without a label is reviewed or sent back."""
    return KiliError(f'asset "{external_id}" has no label to review: submit one first')


def asset_not_labeled(external_id: str) -> KiliError:
    """A user reviews an asset that still waits for a label."""
    return KiliError(f'asset "{external_id}" waits for a label: submit one first')


def review_step_missing(external_id: str) -> KiliError:
    """A done asset without a later review step is reviewed."""
    return KiliError(f'asset "{external_id}" is done and has no further review step: send it back')


def nothing_to_send_back(external_id: str) -> KiliError:
    """An asset is sent back that waits for a label."""
    return KiliError(
        f'asset "{external_id}" waits for a label already: there is nothing to send back'
    )


def asset_skipped(external_id: str) -> KiliError:
    """A user acts on a skipped asset."""
    return KiliError(f'asset "{external_id}" is skipped: unskip it first')


def nothing_to_correct(external_id: str) -> KiliError:
    """The user corrects an asset without a label of theirs, or one that waits for them anyway."""
    return KiliError(
        f'the user has no label to correct on asset "{external_id}": leave out --correct'
    )


def jobs_unanswered(jobs: Iterable[str]) -> KiliError:
    """The submitted label has no answer to required jobs."""
    return KiliError(
        f"the label has no answer to {', '.join(jobs)}, which the interface requires: "
        "give a json response (--label, or label= in Python), or an example (--example, "
        'or example="first")'
    )


def save_label_missing() -> KiliError:
    """The action ``save`` has no json response."""
    return KiliError("save needs a label: give a json response (--label, or label= in Python)")


CONTROL_USER_ACTION_INVALID = (
    "the body is invalid ({problem}): send a JSON object with project and user, and with {members} "
    "if the action needs them"
)
CONTROL_ACTION_UNKNOWN = 'unknown action "{verb}": give one of {verbs}'
