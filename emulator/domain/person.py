"""What a labeler or reviewer does to an asset in the app, verb by verb (contract §5.6–5.8).

Each acts in a transaction as that person: opening the asset locks it, work in progress is saved as
an AUTOSAVE label, and what is submitted, reviewed, sent back or skipped frees it again. Beyond what
the API refuses, the app does not offer what another is at work on, what is done, or to submit what
lacks the required answers; a response that is given is taken as the API takes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator import errors
from emulator.domain import access, issue, label, labeling, lock, step, workflow
from emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from emulator.domain.payloads import CUSTOM_INTERFACE_CLICKED
from emulator.domain.world import Transaction
from emulator.rules import permissions
from emulator.rules import steps as step_rules
from emulator.rules.json_interface import parse_json_interface
from emulator.rules.json_response import check_json_response, parse_json_response
from emulator.rules.lock_reasons import LockReason
from emulator.rules.response import unanswered
from emulator.rules.steps import Place
from emulator.rules.workflow import SUBMITTED, LabelType

_SUBMIT, _SEND_BACK = "appendManyLabels", "sendAssetsBackToQueue"
_CORRECTABLE = (
    "AlreadyHaveLabelOnCurrentStep",
    "AssetInDoneStepStatusWithCorrectAction",
    "AssetInNextStepWithCorrectAction",
)


@dataclass(frozen=True)
class Work:
    """What a person puts into what they do.

    Attributes:
        response: the json response as text, if they say anything.
        seconds: how long it took them.
        correct: they change what they had done already.
        reason: why they skip.
        issue: what they have to say about work that they send back.
    """

    response: str | None = None
    seconds: float = 0
    correct: bool = False
    reason: str = ""
    issue: str | None = None


@dataclass(frozen=True)
class Done:
    """What came of it: ids."""

    label_id: str | None = None
    issue_id: str | None = None


def save(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Work on an asset and leave it open: it stays locked, with an AUTOSAVE label.

    Raises:
        KiliError: nothing is given to be saved, or as :func:`submit`.
    """
    if work.response is None:
        raise errors.save_needs_label()
    target = _opened(tx, target, "save", work)
    return Done(_autosave(tx, target, work.response, work.seconds))


def submit(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Label an asset: with the response given, or with what the person sees on opening it.

    That is what they autosaved or submitted last, or else the newest prediction, or else nothing.

    Raises:
        KiliError: the asset is not theirs to label now, or the response does not fit.
    """
    target = _opened(tx, target, "submit", work)
    response = work.response or _shown(tx, target)
    if work.response is None:
        _check_complete(tx, target, response)
    else:
        _autosave(tx, target, response)
    return Done(_add(tx, target, "DEFAULT", response, secondsToLabel=work.seconds))


def review(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Review the latest label of an asset: approve it as it is, or correct it.

    One that is labeled and was not drawn for review is taken into it.

    Raises:
        KiliError: there is nothing to review, or the asset is not theirs to review now.
    """
    access.require(tx, _SUBMIT, target["projectId"], permissions.LABEL_TYPE_ROLES["REVIEW"])
    latest = workflow.latest_label(tx, target)
    if latest is None:
        raise errors.nothing_to_review(target["externalId"])
    target = _opened(tx, _in_review(tx, target, correct=work.correct), "review", work)
    response = latest["jsonResponse"]
    if work.response is not None:
        response = work.response
        _autosave(tx, target, response)
    members = {"secondsToLabel": work.seconds, "referencedLabelId": latest["id"]}
    return Done(_add(tx, target, "REVIEW", response, **members))


def send_back(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Send an asset back to be labeled again, with an issue where there is something to say.

    Raises:
        KiliError: it is still to be labeled, somebody is at work on it, or they do not review.
    """
    access.require(tx, _SEND_BACK, target["projectId"])
    _check_unskipped(target)
    latest = workflow.latest_label(tx, target)
    if latest is None:
        raise errors.not_sent_back(target["externalId"])
    _lock(tx, target, "send-back")
    issue_id = None
    if work.issue:
        row = {"type": "ISSUE", "labelID": latest["id"], "text": work.issue}
        (opened,) = issue.create_issues(tx, "createIssues", [row])
        issue_id = opened["id"]
    moved, _ = workflow.send_back(tx, _SEND_BACK, [target])
    if not moved:
        raise errors.not_sent_back(target["externalId"])
    lock.on_submit(tx, moved[0], tx.actor.user)
    return Done(latest["id"], issue_id)


def skip(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Skip an asset that waits for the person's label.

    Raises:
        KiliError: it cannot be skipped, or is not theirs to label now.
    """
    workflow.skip(tx, "skipAsset", _opened(tx, target, "skip", work), work.reason)
    return Done()


def unskip(tx: Transaction, target: AssetDoc, _: Work) -> Done:
    """Bring a skipped asset back into the queue.

    Raises:
        KiliError: it is not skipped.
    """
    workflow.unskip(tx, "unskipAsset", target)
    return Done()


def click(tx: Transaction, target: AssetDoc, work: Work) -> Done:
    """Click on the button of the custom interface, the asset being open: nothing is submitted.

    The handler gets the response given, or what the person sees; and the id of their latest label
    on the asset, if there is one.

    Raises:
        KiliError: somebody else is at work on it, or the response does not fit.
    """
    access.require(tx, _SUBMIT, target["projectId"])
    held = any(each["authorId"] == tx.actor.user_id for each in lock.locks_of(tx, target))
    _lock(tx, target, "click")
    own = _own_work(tx, target)
    response = work.response or _shown(tx, target)
    project = tx.projects.the(target["projectId"])
    jobs = parse_json_interface(project["jsonInterface"], _SUBMIT)
    value = parse_json_response(response)
    check_json_response(value, jobs, project["inputType"])
    label_id = own[-1]["id"] if own else None
    clicked = {
        "assetId": target["id"],
        "labelId": label_id,
        "jsonResponse": value,
    }
    tx.emit(CUSTOM_INTERFACE_CLICKED, clicked, project_id=target["projectId"], internal=True)
    if not held:
        lock.on_submit(tx, target, tx.actor.user)
    return Done(label_id)


VERBS = {
    "submit": submit,
    "review": review,
    "save": save,
    "send-back": send_back,
    "skip": skip,
    "unskip": unskip,
    "click": click,
}

# What the app brings up by itself where no asset is named: the type of label that it waits for.
QUEUED: dict[str, LabelType] = {
    "submit": "DEFAULT",
    "save": "DEFAULT",
    "skip": "DEFAULT",
    "review": "REVIEW",
}


def next_asset(tx: Transaction, project: ProjectDoc, label_type: LabelType) -> AssetDoc | None:
    """The asset that the app brings up next: by priority, then by age (contract §5.8)."""
    waiting = sorted(tx.assets.find("project", project["id"]), key=lambda each: -each["priority"])
    return next((each for each in waiting if _waits(tx, each, label_type)), None)


def _waits(tx: Transaction, target: AssetDoc, label_type: LabelType) -> bool:
    if target["skipped"]:
        return False
    if label_type == "REVIEW" and not target["stepId"] and target["status"] != "TO_REVIEW":
        return False
    return why_not(tx, target, label_type) is None


def why_not(tx: Transaction, target: AssetDoc, label_type: LabelType) -> LockReason | None:
    """Why the person cannot work on an asset now; ``None`` if they can."""
    if target["stepId"]:
        return labeling.why_not(tx, target, tx.actor.user, label_type)
    project, user = tx.projects.the(target["projectId"]), tx.actor.user
    if labeling.is_locked(tx, project, target, user):
        return "AssetAlreadyLocked"
    if label_type == "REVIEW":
        return None
    return _why_not_labeled(tx, project, target)


def _why_not_labeled(tx: Transaction, project: ProjectDoc, target: AssetDoc) -> LockReason | None:
    """The same, of labeling in the V1 workflow, in the words of the other."""
    user = tx.actor.user
    own = _own_label(tx, target)
    if target["status"] in ("TO_REVIEW", "REVIEWED"):
        return "NotInStepAssignees"
    if target["status"] == "LABELED":
        return "AssetInDoneStepStatusWithCorrectAction" if own else "AssetInDoneStepStatus"
    waits = workflow.missing_labelers(tx, project, target) > 0
    if own and waits and not own["isSentBackToQueue"]:
        return "AlreadyHaveLabelOnCurrentStep"
    if target["assigneeIds"] and user["id"] not in target["assigneeIds"]:
        may_assign = access.role_in(tx, user, project) in ("ADMIN", "TEAM_MANAGER")
        return "NotAssignedWithAssignAction" if may_assign else "AssetAlreadyAssigned"
    return None


def _opened(tx: Transaction, target: AssetDoc, verb: str, work: Work) -> AssetDoc:
    """The asset, locked for the person, where they may work on it."""
    label_type = QUEUED[verb]
    access.require(tx, _SUBMIT, target["projectId"], permissions.LABEL_TYPE_ROLES[label_type])
    _check_unskipped(target)
    is_reviewed = target["status"] in ("TO_REVIEW", "REVIEWED") and label_type != "REVIEW"
    if not target["stepId"] and is_reviewed:
        raise errors.asset_in_review(target["externalId"])
    reason = why_not(tx, target, label_type)
    if work.correct and reason in _CORRECTABLE:
        target = _reopened(tx, target, label_type, reason)
    elif reason:
        raise errors.person_locked_out(verb, target["externalId"], tx.actor.user["email"], reason)
    elif work.correct:
        raise errors.correction_needless(target["externalId"])
    return _lock(tx, target, verb)


def _lock(tx: Transaction, target: AssetDoc, verb: str) -> AssetDoc:
    """The asset, open before the person."""
    project, user = tx.projects.the(target["projectId"]), tx.actor.user
    if labeling.is_locked(tx, project, target, user):
        reason: LockReason = "AssetAlreadyLocked"
        raise errors.person_locked_out(verb, target["externalId"], user["email"], reason)
    lock.on_autosave(tx, target, user)
    return target


def _check_unskipped(target: AssetDoc) -> None:
    if target["skipped"]:
        raise errors.asset_skipped(target["externalId"])


def _reopened(
    tx: Transaction, target: AssetDoc, label_type: LabelType, reason: LockReason | None
) -> AssetDoc:
    """The asset back where the person did their work, which they are about to change."""
    place = workflow.place_of(target)
    if place is None:  # where a further label is the change
        return target
    steps = step.steps_of(tx, target["projectId"])
    home = step_rules.the_step(steps, place.step_id)
    if reason == "AssetInNextStepWithCorrectAction":
        home = step_rules.labeling_step(steps, home)
    if home["type"] != label_type:
        raise errors.correction_needless(target["externalId"])
    own = _own_label(tx, target)
    target = workflow.move(tx, target, Place(home["id"], "REWORK"))
    ways = {"newStepId": home["id"], "previousStepId": place.step_id}
    about = {"labelId": own["id"]} if own else {}
    workflow.tell(tx, "label.workflow.revisionStarted", target, **about, **ways)
    return target


def _in_review(tx: Transaction, target: AssetDoc, *, correct: bool) -> AssetDoc:
    """The asset where its review is due."""
    _check_unskipped(target)
    place = workflow.place_of(target)
    if place is None:
        if target["status"] in ("TODO", "ONGOING"):
            raise errors.awaits_label(target["externalId"])
        return target
    current = step_rules.the_step(step.steps_of(tx, target["projectId"]), place.step_id)
    if current["type"] == "REVIEW" and (place.status != "DONE" or correct):
        return target
    if place.status != "DONE":
        raise errors.awaits_label(target["externalId"])
    moved, _ = workflow.add_to_review(tx, "addAssetsToReview", [target])
    if moved:
        return moved[0]
    if current["type"] == "REVIEW":
        return target  # which is reviewed: opening it tells what else there is to do
    raise errors.not_reviewable(target["externalId"])


def _own_label(tx: Transaction, target: AssetDoc) -> LabelDoc | None:
    """The newest label that the person submitted."""
    labels = workflow.submitted_labels(tx, target)
    own = [each for each in labels if each["authorId"] == tx.actor.user_id]
    return own[-1] if own else None


def _shown(tx: Transaction, target: AssetDoc) -> str:
    """What the person sees on opening an asset: their own work, or else a prediction (§6.2)."""
    own = _own_work(tx, target)
    labels = tx.labels.find("asset", target["id"])
    seen = own or [each for each in labels if each["labelType"] == "PREDICTION"]
    return str(seen[-1]["jsonResponse"]) if seen else "{}"


def _own_work(tx: Transaction, target: AssetDoc) -> list[LabelDoc]:
    """What the person saved and submitted of an asset."""
    labels = tx.labels.find("author", (target["id"], tx.actor.user_id))
    return [each for each in labels if each["labelType"] in (*SUBMITTED, "AUTOSAVE")]


def _check_complete(tx: Transaction, target: AssetDoc, text: str) -> None:
    """Check that there is an answer to each required job: the app submits nothing less."""
    project = tx.projects.the(target["projectId"])
    jobs = parse_json_interface(project["jsonInterface"], _SUBMIT)
    missing = unanswered(parse_json_response(text), jobs, project["inputType"])
    if missing:
        raise errors.jobs_unanswered(missing)


def _autosave(tx: Transaction, target: AssetDoc, response: str, seconds: float = 0) -> str:
    return _add(tx, target, "AUTOSAVE", response, secondsToLabel=seconds)


def _add(
    tx: Transaction, target: AssetDoc, label_type: LabelType, response: str, **members: Any
) -> str:
    row = {"assetID": target["id"], "jsonResponse": response, **members}
    (added,) = label.append_labels(tx, _SUBMIT, label_type, [row])
    return str(added["id"])
