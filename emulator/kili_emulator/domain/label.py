"""Labels: what people and models say about assets.

See contract/label.md#label-types, contract/label.md#creation.
"""

from __future__ import annotations

import math
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import access, labeling, lock, member, quality, workflow
from kili_emulator.domain.documents import (
    AssetDoc,
    LabelDoc,
    LabelMarks,
    LabelResponse,
    ProjectDoc,
    UserDoc,
)
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.repository import changed_members
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import latest_labels, permissions, subjects
from kili_emulator.rules.annotations import search_counts
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.json_response import check_json_response, parse_json_response
from kili_emulator.rules.workflow import MODEL_TYPES, SUBMITTED, LabelType

_NO_MARKS: LabelMarks = {
    "honeypotMark": None,
    "inferenceMark": None,
    "consensusMark": None,
    "reviewScore": None,
    "isLatestLabelForUser": False,
    "isLatestDefaultLabelForUser": False,
    "isLatestReviewLabelForUser": False,
    "isLatestPredictionLabelForUser": False,
}


def append_labels(
    tx: Transaction,
    operation: str,
    label_type: LabelType,
    rows: list[dict[str, Any]],
    *,
    project_id: str | None = None,
    overwrite: bool = False,
    move_assets: bool = True,
) -> list[LabelDoc]:
    """Add labels of one type, in order (contract/label.md#creation).

    Args:
        rows: ``assetID``, ``jsonResponse`` (JSON text), and where given ``authorID``,
            ``modelName``, ``secondsToLabel``, ``clientVersion``, ``referencedLabelId``; and
            ``stepId`` or ``stepName``: a label that names a step can correct what is done there,
            or take an asset that is done to its next review
            (contract/workflow.md#labels-that-name-a-step).
        project_id: the project that all assets must belong to, when the caller names one.
        overwrite: first delete the asset's labels of the same type and model.
        move_assets: the labels bring their assets on in the workflow.

    Raises:
        KiliError: an asset or author is unknown, the role does not allow the type, or a response
            does not fit the interface.
    """
    if overwrite and label_type not in MODEL_TYPES:
        raise errors.overwrite_not_allowed(operation)
    for row in rows:
        asset = tx.assets.get(row["assetID"])
        if not asset or (project_id and asset["projectId"] != project_id):
            raise errors.access_denied()
        if overwrite:
            _delete_overwritten(tx, asset, label_type, row.get("modelName"))
            quality.refresh_marks(tx, asset)
    added_ids = [
        _append_label(tx, operation, label_type, row, move_assets=move_assets) for row in rows
    ]
    return [tx.labels.require(label_id) for label_id in added_ids]


def _delete_overwritten(
    tx: Transaction, asset: AssetDoc, label_type: str, model: str | None
) -> None:
    overwritten = [
        each
        for each in tx.labels.find("asset", asset["id"])
        if (each["labelType"], each["modelName"]) == (label_type, model)
    ]
    tx.labels.delete_all(overwritten)
    _clear_references(tx, asset["id"], {each["id"] for each in overwritten})
    for author_id in {each["authorId"] for each in overwritten}:
        _refresh_latest_marks(tx, asset["id"], author_id)


def _append_label(
    tx: Transaction,
    operation: str,
    label_type: LabelType,
    row: dict[str, Any],
    *,
    move_assets: bool,
) -> str:
    """Add one label; its id."""
    asset = tx.assets.require(row["assetID"])
    roles = permissions.LABEL_TYPE_ROLES[label_type]
    project = access.require_project(tx, operation, asset["projectId"], roles)
    author = _require_author(tx, operation, project, row.get("authorID"))
    requested_step_id = labeling.find_requested_step_id(tx, operation, project, row)
    step_id = labeling.step_of_label(tx, operation, asset, author, label_type, requested_step_id)
    _check_role(tx, operation, project, author, label_type)
    members = _build_label(tx, operation, project, author, label_type, row)
    asset = workflow.move_to_step_of_label(tx, asset, step_id)
    label = tx.labels.insert({**members, "stepId": step_id})
    _refresh_latest_marks(tx, asset["id"], author["id"])
    subject = subjects.new_label_subject(label_type)
    payload = {**asset_payload(asset), "labelId": label["id"]}
    tx.emit(
        subject, payload, project_id=project["id"], internal=subject == subjects.LABEL_AUTOSAVED
    )
    if label_type == "AUTOSAVE":
        lock.on_autosave(tx, asset, author)
    elif label_type in SUBMITTED:
        lock.on_submit(tx, asset, author)
        member.join(tx, project, author)
    if move_assets:
        workflow.move_after_label(tx, project, label)
    if label_type in quality.COMPARED_LABEL_TYPES:
        quality.refresh_marks(tx, asset)
    return str(label["id"])


def _require_author(
    tx: Transaction, operation: str, project: ProjectDoc, author_id: str | None
) -> UserDoc:
    """The label's author: the actor, or whom a project administrator names."""
    if author_id is None or author_id == tx.actor.user_id:
        return tx.actor.user
    access.require_project(tx, operation, project["id"], permissions.LABEL_FOR_OTHERS_ROLES)
    user_and_role = member.find_user(tx, project, author_id)
    if not user_and_role:
        raise errors.access_denied()
    return user_and_role[0]


def _check_role(
    tx: Transaction, operation: str, project: ProjectDoc, author: UserDoc, label_type: LabelType
) -> None:
    """Check that who is named as the author could have done this work; models do no work."""
    roles = permissions.LABEL_TYPE_ROLES[label_type]
    if label_type not in MODEL_TYPES and access.role_in(tx, author, project) not in roles:
        required_rights = f"an author with {permissions.names(roles)} in the project"
        raise errors.no_access_rights(operation, required_rights)


def _build_label(
    tx: Transaction,
    operation: str,
    project: ProjectDoc,
    author: UserDoc,
    label_type: LabelType,
    row: dict[str, Any],
) -> LabelDoc:
    asset = tx.assets.require(row["assetID"])
    referenced = row.get("referencedLabelId")
    _check_referenced(tx, referenced, asset)
    before = tx.labels.find("author", (asset["id"], author["id"]))
    seconds, total = _compute_seconds(operation, row, before)
    return {
        "id": tx.new_id(),
        "assetId": asset["id"],
        "projectId": asset["projectId"],
        "authorId": author["id"],
        "stepId": None,
        "labelType": label_type,
        **_build_response_members(operation, project, row["jsonResponse"]),
        "modelName": row.get("modelName"),
        "secondsToLabel": seconds,
        "totalSecondsToLabel": total,
        "clientVersion": row.get("clientVersion") or 0,
        "version": len(before),
        "referencedLabelId": referenced,
        "isSentBackToQueue": False,
        "isHoneypot": False,
        "isLastForStep": False,
        **_NO_MARKS,
        "createdAt": tx.now,
        "updatedAt": tx.now,
    }


def _check_referenced(tx: Transaction, label_id: str | None, asset: AssetDoc) -> None:
    """Check that a label that another one refers to is a label of the same asset."""
    label = tx.labels.get(label_id) if label_id else None
    if label_id and (label is None or label["assetId"] != asset["id"]):
        raise errors.access_denied()


def _build_response_members(operation: str, project: ProjectDoc, text: str) -> LabelResponse:
    """A response that fits the interface, and what is counted in it."""
    response = parse_json_response(text)
    jobs = parse_json_interface(project["jsonInterface"], operation)
    input_type = project["inputType"]
    check_json_response(response, jobs, input_type)
    search = search_counts(response, input_type)
    return {
        "jsonResponse": text,
        "numberOfAnnotations": search["numberOfAnnotations"],
        "search": search,
    }


def _compute_seconds(
    operation: str, row: dict[str, Any], before: list[LabelDoc]
) -> tuple[float, int]:
    """The time of a label, and with it of all of the author's on the asset."""
    seconds = row.get("secondsToLabel") or 0
    if not math.isfinite(seconds):
        raise errors.seconds_out_of_range(operation)
    if seconds == int(seconds):
        seconds = int(seconds)
    total = round(sum(each["secondsToLabel"] for each in before) + seconds)
    if seconds < 0 or total > errors.MAX_SECONDS:
        raise errors.seconds_out_of_range(operation)
    return seconds, total


def _refresh_latest_marks(tx: Transaction, asset_id: str, author_id: str) -> None:
    """Make the "latest" marks of an author's labels on an asset say what is true now."""
    labels = tx.labels.find("author", (asset_id, author_id))
    asset = tx.assets.require(asset_id)
    latest_ids = latest_labels.latest_of_author(labels, has_steps=bool(asset["stepId"]))
    author_labels = [
        each
        for each in workflow.submitted_labels(tx, asset)
        if each["authorId"] == author_id and (each["stepId"] or not asset["stepId"])
    ]
    last_ids = {(each["stepId"], each["labelType"]): each["id"] for each in author_labels}.values()
    for label in labels:
        marks = {mark: label["id"] == label_id for mark, label_id in latest_ids.items()}
        marks["isLastForStep"] = label["id"] in last_ids
        if changed_members(label, marks):
            tx.labels.change(label, **marks)


def insert_honeypot_label(
    tx: Transaction, operation: str, asset: AssetDoc, response: str
) -> LabelDoc:
    """Add the right answer of a honeypot: a review that belongs to no step.

    Raises:
        KiliError: the response does not fit the interface.
    """
    project = tx.projects.require(asset["projectId"])
    row = {"assetID": asset["id"], "jsonResponse": response}
    members = _build_label(tx, operation, project, tx.actor.user, "REVIEW", row)
    label = tx.labels.insert({**members, "isHoneypot": True})
    _refresh_latest_marks(tx, asset["id"], tx.actor.user_id)
    if workflow.get_step_position(asset) is None:
        workflow.move_after_label(tx, project, label)
    return tx.labels.require(label["id"])


def update_label(tx: Transaction, label_id: str, data: dict[str, Any]) -> LabelDoc:
    """Change a label: its author may, and whoever reviews.

    Args:
        data: ``jsonResponse``, ``modelName``, ``secondsToLabel``, ``isSentBackToQueue``; those
            that are given.

    Raises:
        KiliError: the label is unknown or not the actor's to change, or a value is refused.
    """
    operation = "updatePropertiesInLabel"
    label = tx.labels.get(label_id)
    if not label:
        raise errors.access_denied()
    is_author = label["authorId"] == tx.actor.user_id
    roles = permissions.LABEL_TYPE_ROLES[label["labelType"]] if is_author else None
    project = access.require_project(tx, operation, label["projectId"], roles)
    changes = dict(data)
    if "jsonResponse" in data:
        changes |= _build_response_members(operation, project, data["jsonResponse"])
    if "secondsToLabel" in data:
        author = (label["assetId"], label["authorId"])
        others = [each for each in tx.labels.find("author", author) if each["id"] != label_id]
        seconds, total = _compute_seconds(operation, data, others)
        changes |= {"secondsToLabel": seconds, "totalSecondsToLabel": total}
    tx.labels.change(label, **changes, updatedAt=tx.now)
    if "jsonResponse" in data:
        quality.refresh_marks(tx, tx.assets.require(label["assetId"]))
    payload = {**asset_payload(tx.assets.require(label["assetId"])), "labelId": label_id}
    tx.emit("label.workflow.edited", payload, project_id=project["id"])
    return tx.labels.require(label_id)


def delete_labels(tx: Transaction, label_ids: list[str]) -> list[str]:
    """Delete predictions and inferences; the ids of those that are gone.

    See contract/label.md#changes-and-deletion.

    One that is named twice is one.

    Raises:
        KiliError: a label is unknown, or somebody made it.
    """
    operation, label_ids = "deleteLabels", list(dict.fromkeys(label_ids))
    for label_id in label_ids:
        label = tx.labels.get(label_id)
        if not label:
            raise errors.access_denied()
        access.require_project(tx, operation, label["projectId"])
        if label["labelType"] not in MODEL_TYPES:
            raise errors.label_not_by_model(operation, label_id)
        tx.labels.delete(label)
        _clear_references(tx, label["assetId"], {label_id})
        _refresh_latest_marks(tx, label["assetId"], label["authorId"])
        quality.refresh_marks(tx, tx.assets.require(label["assetId"]))
    return label_ids


def _clear_references(tx: Transaction, asset_id: str, label_ids: set[str]) -> None:
    """Let no label or issue of an asset name labels that are gone."""
    for label in tx.labels.find("asset", asset_id):
        if label["referencedLabelId"] in label_ids:
            tx.labels.change(label, referencedLabelId=None)
    for issue in tx.issues.find("asset", asset_id):
        if issue["labelId"] in label_ids:
            tx.issues.change(issue, labelId=None)


def append_to_labels(
    tx: Transaction, asset_id: str, label_type: LabelType, row: dict[str, Any], *, skipped: bool
) -> LabelDoc:
    """Add one label the older way, which can also say that the labeler skips the asset.

    In a workflow with steps, the label of who skips completes nothing: the asset stays where it is.

    Raises:
        KiliError: as :func:`append_labels`; or the project does not let assets be skipped.
    """
    operation, rows = "appendToLabels", [{**row, "assetID": asset_id}]
    before = tx.assets.get(asset_id)
    move_assets = not (skipped and before and before["stepId"])
    (label,) = append_labels(tx, operation, label_type, rows, move_assets=move_assets)
    if skipped:
        asset = tx.assets.require(asset_id)
        lock.on_submit(tx, asset, tx.users.require(label["authorId"]))
        workflow.skip(tx, operation, asset, None)
    return tx.labels.require(label["id"])


def create_predictions(
    tx: Transaction, assets: list[AssetDoc], responses: list[str], models: list[str]
) -> list[LabelDoc]:
    """Add one prediction per asset, the way clients up to 2.126 do.

    Raises:
        KiliError: the lists differ in length, or as :func:`append_labels`.
    """
    lengths = {
        "what where selects": len(assets),
        "jsonResponseArray": len(responses),
        "modelNameArray": len(models),
    }
    if len(set(lengths.values())) != 1:
        raise errors.lengths_differ("createPredictions", lengths)
    rows = [
        {"assetID": asset["id"], "jsonResponse": response, "modelName": model}
        for asset, response, model in zip(assets, responses, models, strict=True)
    ]
    return append_labels(tx, "createPredictions", "PREDICTION", rows)


def insert_copies(
    tx: Transaction,
    operation: str,
    copies: list[LabelDoc],
    *,
    source_project: ProjectDoc,
    project: ProjectDoc,
) -> None:
    """Add labels that are copies of others: who made them, when, and what they say stays as it is.

    An interface may have changed since they were made: their responses are checked only where that
    of their new project is another one than that of their own.

    Args:
        source_project: the project that they come from.
        project: the one that they go to.

    Raises:
        KiliError: a response does not fit the other interface.
    """
    if not _same_interface(operation, source_project, project):
        for each in copies:
            _build_response_members(operation, project, each["jsonResponse"])
    tx.labels.insert_all(copies)
    for asset_id, author_id in dict.fromkeys((e["assetId"], e["authorId"]) for e in copies):
        _refresh_latest_marks(tx, asset_id, author_id)


def _same_interface(operation: str, one: ProjectDoc, other: ProjectDoc) -> bool:
    jobs, others = (parse_json_interface(each["jsonInterface"], operation) for each in (one, other))
    return one["inputType"] == other["inputType"] and jobs == others
