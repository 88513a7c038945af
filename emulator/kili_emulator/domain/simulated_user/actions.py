"""The actions of a labeler or reviewer in the app, each on one asset.

See contract/simulated-user.md#commands.

An action runs in a transaction whose actor is the simulated user. The action opens and locks the
asset, and saves a given response as an AUTOSAVE label; submit, review, send-back and skip unlock
the asset at the end. The app refuses more than the API does: assets on which another user
works, finished assets, and labels without an answer to each required job. A given response passes
the checks of the API, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import issue, label, lock, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc
from kili_emulator.domain.simulated_user.opening import (
    SUBMIT,
    check_not_skipped,
    lock_asset,
    move_to_review,
    open_asset,
)
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import permissions
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.json_response import check_json_response, parse_json_response
from kili_emulator.rules.response import find_unanswered_jobs
from kili_emulator.rules.subjects import CUSTOM_INTERFACE_CLICKED
from kili_emulator.rules.workflow import SUBMITTED, LabelType

_SEND_BACK = "sendAssetsBackToQueue"


@dataclass(frozen=True)
class ActionInput:
    """The input of an action.

    Attributes:
        response: the json response as text, if one is given.
        seconds: the time that the user needed.
        correct: the action changes a label that the user has submitted before.
        reason: the reason for skipping.
        issue: the text of an issue about a label that is sent back.
    """

    response: str | None = None
    seconds: float = 0
    correct: bool = False
    reason: str = ""
    issue: str | None = None


@dataclass(frozen=True)
class ActionResult:
    """The ids of the label and the issue that an action added or used, or ``None``."""

    label_id: str | None = None
    issue_id: str | None = None


def save(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Begin to label an asset and leave it open: it stays locked, with an AUTOSAVE label.

    Raises:
        KiliError: no response is given; otherwise as :func:`submit`.
    """
    if action_input.response is None:
        raise errors.save_label_missing()
    asset = open_asset(tx, asset, "save", correct=action_input.correct)
    return ActionResult(_autosave(tx, asset, action_input.response, action_input.seconds))


def submit(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Submit a label with the given response, or with the one that the app shows at the start.

    The app shows the response that the user autosaved or submitted last, else the newest
    prediction, else an empty one.

    Raises:
        KiliError: the user cannot label the asset now, or the response does not fit the interface.
    """
    asset = open_asset(tx, asset, "submit", correct=action_input.correct)
    response = action_input.response or _shown_response(tx, asset)
    if action_input.response is None:
        _check_complete(tx, asset, response)
    else:
        _autosave(tx, asset, response)
    return ActionResult(
        _append_label(tx, asset, "DEFAULT", response, secondsToLabel=action_input.seconds)
    )


def review(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Review the latest label of an asset: approve it, or correct it with the given response.

    A labeled asset that was not drawn for review is moved to the review first.

    Raises:
        KiliError: the asset has no label to review, or the user cannot review it now.
    """
    tx.access.require_project(SUBMIT, asset["projectId"], permissions.LABEL_TYPE_ROLES["REVIEW"])
    latest = workflow.latest_label(tx, asset)
    if latest is None:
        raise errors.nothing_to_review(asset["externalId"])
    asset = open_asset(
        tx,
        move_to_review(tx, asset, correct=action_input.correct),
        "review",
        correct=action_input.correct,
    )
    response = latest["jsonResponse"]
    if action_input.response is not None:
        response = action_input.response
        _autosave(tx, asset, response)
    members = {"secondsToLabel": action_input.seconds, "referencedLabelId": latest["id"]}
    return ActionResult(_append_label(tx, asset, "REVIEW", response, **members))


def send_back(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Send an asset back to be labeled again, with an issue if its text is given.

    Raises:
        KiliError: the asset is not labeled, another user has locked it, or the user's role does
            not allow it.
    """
    tx.access.require_project(_SEND_BACK, asset["projectId"])
    check_not_skipped(asset)
    latest = workflow.latest_label(tx, asset)
    if latest is None:
        raise errors.nothing_to_send_back(asset["externalId"])
    lock_asset(tx, asset, "send-back")
    issue_id = None
    if action_input.issue:
        row = {"type": "ISSUE", "labelID": latest["id"], "text": action_input.issue}
        (opened,) = issue.create_issues(tx, "createIssues", [row])
        issue_id = opened["id"]
    moved, _ = workflow.send_back(tx, _SEND_BACK, [asset])
    if not moved:
        raise errors.nothing_to_send_back(asset["externalId"])
    lock.on_submit(tx, moved[0], tx.actor.user)
    return ActionResult(latest["id"], issue_id)


def skip(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Skip an asset that waits for a label of the user.

    Raises:
        KiliError: the asset cannot be skipped, or the user cannot label it now.
    """
    workflow.skip(
        tx,
        "skipAsset",
        open_asset(tx, asset, "skip", correct=action_input.correct),
        action_input.reason,
    )
    return ActionResult()


def unskip(tx: Transaction, asset: AssetDoc, _: ActionInput) -> ActionResult:
    """Bring a skipped asset back into the queue.

    Raises:
        KiliError: the asset is not skipped.
    """
    workflow.unskip(tx, "unskipAsset", asset)
    return ActionResult()


def click(tx: Transaction, asset: AssetDoc, action_input: ActionInput) -> ActionResult:
    """Click on the button of the custom interface in an open asset; nothing is submitted.

    The handler gets the given response, else the one that the app shows, and the id of the user's
    latest label on the asset, or ``None``.

    Raises:
        KiliError: another user has locked the asset, or the response does not fit the interface.
    """
    tx.access.require_project(SUBMIT, asset["projectId"])
    was_locked = any(each["authorId"] == tx.actor.user_id for each in lock.locks_of(tx, asset))
    lock_asset(tx, asset, "click")
    own_labels = _own_labels(tx, asset)
    response = action_input.response or _shown_response(tx, asset)
    project = tx.projects.require(asset["projectId"])
    jobs = parse_json_interface(project["jsonInterface"], SUBMIT)
    value = parse_json_response(response)
    check_json_response(value, jobs, project["inputType"])
    label_id = own_labels[-1]["id"] if own_labels else None
    payload = {
        "assetId": asset["id"],
        "labelId": label_id,
        "jsonResponse": value,
    }
    tx.emit(CUSTOM_INTERFACE_CLICKED, payload, project_id=asset["projectId"], internal=True)
    if not was_locked:
        lock.on_submit(tx, asset, tx.actor.user)
    return ActionResult(label_id)


ACTIONS = {
    "submit": submit,
    "review": review,
    "save": save,
    "send-back": send_back,
    "skip": skip,
    "unskip": unskip,
    "click": click,
}


def _shown_response(tx: Transaction, asset: AssetDoc) -> str:
    """Return the response that the app shows when it opens an asset: see :func:`submit`.

    See contract/simulated-user.md#commands.
    """
    labels = tx.labels.find("asset", asset["id"])
    predictions = [each for each in labels if each["labelType"] == "PREDICTION"]
    shown = _own_labels(tx, asset) or predictions
    return str(shown[-1]["jsonResponse"]) if shown else "{}"


def _own_labels(tx: Transaction, asset: AssetDoc) -> list[LabelDoc]:
    """Return the labels of an asset that the user saved or submitted."""
    labels = tx.labels.find("author", (asset["id"], tx.actor.user_id))
    return [each for each in labels if each["labelType"] in (*SUBMITTED, "AUTOSAVE")]


def _check_complete(tx: Transaction, asset: AssetDoc, text: str) -> None:
    """Check that a response answers each required job, as the app demands."""
    project = tx.projects.require(asset["projectId"])
    jobs = parse_json_interface(project["jsonInterface"], SUBMIT)
    missing = find_unanswered_jobs(parse_json_response(text), jobs, project["inputType"])
    if missing:
        raise errors.jobs_unanswered(missing)


def _autosave(tx: Transaction, asset: AssetDoc, response: str, seconds: float = 0) -> str:
    return _append_label(tx, asset, "AUTOSAVE", response, secondsToLabel=seconds)


def _append_label(
    tx: Transaction, asset: AssetDoc, label_type: LabelType, response: str, **members: Any
) -> str:
    row = {"assetID": asset["id"], "jsonResponse": response, **members}
    (added,) = label.append_labels(tx, SUBMIT, label_type, [row])
    return str(added["id"])
