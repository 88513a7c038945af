"""Actions that a simulated user cannot do (all ours).

The texts say what to do next, in the words of the commands.
"""

from __future__ import annotations

from collections.abc import Iterable

from kili_emulator.errors.kili_error import KiliError

_CORRECT = "change the label with --correct, or "
_CORRECTABLE = ("submit", "review")

# Where a text has {correct}, those who submit or review can correct what they have done.
_REASONS = {
    "AlreadyHaveLabelOnCurrentStep": "they have labeled it in this step, and it waits for the "
    "labels of others: {correct}act as somebody else",
    "AssetAlreadyAssigned": "it is assigned to others: act as one of them",
    "AssetAlreadyLocked": "somebody else is at work on it: wait until they have submitted",
    "AssetInDoneStepStatus": "it is done: have a reviewer send it back",
    "AssetInDoneStepStatusWithCorrectAction": "they have done it already: {correct}have a "
    "reviewer send the asset back",
    "AssetInDoneStepStatusWithReviewAction": "it is labeled already: review it, or send it back",
    "AssetInNextStepWithCorrectAction": "it waits for its review: {correct}have a reviewer "
    "review it",
    "BlockedByEnforceStepSeparation": "they have worked on it in another step, and the project "
    "keeps its steps apart: act as somebody else",
    "LabelNotEditable": "it is in another step by now",
    "NotAssignedWithAssignAction": "it is assigned to others: assign it to them first, or act as "
    "one of those",
    "NotInStepAssignees": "they do not work on the step in which it waits: review what waits in a "
    "review, and act as somebody who works on that step",
}


def project_archived(title: str) -> KiliError:
    """Nobody works in an archived project."""
    return KiliError(f'project "{title}" is archived: unarchive it first')


def user_not_member(email: str, title: str, project_id: str) -> KiliError:
    """The user has no part in the project."""
    return KiliError(
        f'{email} is no member of project "{title}": add them first, for example with '
        f'kili.append_to_roles("{project_id}", "{email}", role="LABELER")'
    )


def asset_missing(verb: str) -> KiliError:
    """What is done to an asset needs one."""
    return KiliError(f"{verb} needs an asset: give its id or external id")


def queue_empty(verb: str, email: str, title: str) -> KiliError:
    """Nothing waits for the user."""
    correct = "name one that is done with --asset and --correct, "
    return KiliError(
        f'nothing in project "{title}" waits for {email} to {verb}: '
        f"{correct if verb in _CORRECTABLE else ''}send one back with `kili-emulator send-back`, "
        "or begin anew with `kili-emulator reset`"
    )


def user_locked_out(verb: str, external_id: str, email: str, reason: str) -> KiliError:
    """The workflow does not let the user work on the asset now.

    Args:
        verb: what they want to do, as the command has it.
    """
    advice = _REASONS[reason].format(correct=_CORRECT if verb in _CORRECTABLE else "")
    text = f'{email} cannot work on asset "{external_id}": {advice} ({reason})'
    return KiliError(text, context={"reason": reason})


def asset_in_review(external_id: str) -> KiliError:
    """A label is submitted where a review is due."""
    return KiliError(
        f'asset "{external_id}" waits for its review or is reviewed: review it, or send it back'
    )


def nothing_to_review(external_id: str) -> KiliError:
    """An asset is reviewed, or sent back, that nobody has labeled."""
    return KiliError(f'asset "{external_id}" has no label that could be reviewed: submit one first')


def asset_not_labeled(external_id: str) -> KiliError:
    """An asset is reviewed that is to be labeled, once more or by others too."""
    return KiliError(f'asset "{external_id}" is still to be labeled: submit a label first')


def review_step_missing(external_id: str) -> KiliError:
    """No review follows where the asset is done."""
    return KiliError(f'asset "{external_id}" is done, and no review step follows: send it back')


def nothing_to_send_back(external_id: str) -> KiliError:
    """An asset is sent back that is still to be labeled."""
    return KiliError(f'asset "{external_id}" is still to be labeled: there is nothing to send back')


def asset_skipped(external_id: str) -> KiliError:
    """Somebody is to work on an asset that was skipped."""
    return KiliError(f'asset "{external_id}" is skipped: unskip it first')


def nothing_to_correct(external_id: str) -> KiliError:
    """A label is to be corrected that the user has not submitted, or that waits for them anyway."""
    return KiliError(
        f'nothing of theirs is to be corrected on asset "{external_id}": leave out --correct'
    )


def jobs_unanswered(jobs: Iterable[str]) -> KiliError:
    """The app does not let anybody submit without an answer to the required jobs."""
    return KiliError(
        f"the label has no answer to {', '.join(jobs)}, which the interface requires: "
        "give a json response with --label"
    )


def save_label_missing() -> KiliError:
    """Nothing is to be saved."""
    return KiliError("save needs what is to be saved: give a json response with --label")


CONTROL_USER_ACTION_INVALID = (
    "send a JSON object with project and user, and where needed {members}; {wrong}"
)
CONTROL_ACTION_UNKNOWN = 'people do not "{verb}": they {verbs}'
