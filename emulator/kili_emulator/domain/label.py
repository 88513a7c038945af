"""Labels: the responses of people and models for assets.

See contract/label.md#label-types, contract/label.md#creation.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain import label_document, labeling, lock, member, quality, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc, UserDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import latest_labels, permissions, subjects
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.workflow import MODEL_TYPES, SUBMITTED, LabelType

# The members of a label that is not the latest one of its author in any respect.
_NO_LATEST_MARKS: dict[str, bool] = dict.fromkeys((*latest_labels.MARKS, "isLastForStep"), False)


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
    """Add labels of one type, in the order of ``rows`` (contract/label.md#creation).

    Args:
        rows: ``assetID``, ``jsonResponse`` (JSON text), and optionally ``authorID``,
            ``modelName``, ``secondsToLabel``, ``clientVersion``, ``referencedLabelId``, and
            ``stepId`` or ``stepName``. A label that names a step can correct finished work of this
            step, or move a finished asset to its next review
            (contract/workflow.md#labels-that-name-a-step).
        project_id: the project to which all assets must belong, if the request names one.
        overwrite: first delete the labels of the asset that have the same type and model.
        move_assets: move the assets on in the workflow.

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
    if not overwritten:
        return
    tx.labels.delete_all(overwritten)
    _clear_references(tx, asset["id"], {each["id"] for each in overwritten})
    for author_id in {each["authorId"] for each in overwritten}:
        _refresh_latest_marks(tx, asset["id"], author_id)
    if label_type in quality.COMPARED_LABEL_TYPES:
        quality.refresh_marks(tx, asset)


def _append_label(
    tx: Transaction,
    operation: str,
    label_type: LabelType,
    row: dict[str, Any],
    *,
    move_assets: bool,
) -> str:
    """Add one label; return its id."""
    asset = tx.assets.require(row["assetID"])
    roles = permissions.LABEL_TYPE_ROLES[label_type]
    project = tx.access.require_project(operation, asset["projectId"], roles)
    author = _require_author(tx, operation, project, row.get("authorID"))
    requested_step_id = labeling.find_requested_step_id(tx, operation, project, row)
    step_id = labeling.resolve_step_id(tx, operation, asset, author, label_type, requested_step_id)
    _check_role(tx, operation, project, author, label_type)
    members = label_document.build_label(tx, operation, project, author, label_type, row)
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
    """Return the author of a label: the actor, or the user that the request names.

    Raises:
        KiliError: the actor may not label for other users, or the author is no project member.
    """
    if author_id is None or author_id == tx.actor.user_id:
        return tx.actor.user
    tx.access.require_project(operation, project["id"], permissions.LABEL_FOR_OTHERS_ROLES)
    user_and_role = member.find_user(tx, project, author_id)
    if not user_and_role:
        raise errors.access_denied()
    return user_and_role[0]


def _check_role(
    tx: Transaction, operation: str, project: ProjectDoc, author: UserDoc, label_type: LabelType
) -> None:
    """Check that the role of the author allows labels of this type, unless a model made them."""
    roles = permissions.LABEL_TYPE_ROLES[label_type]
    if label_type not in MODEL_TYPES and tx.access.role(project, author) not in roles:
        required_rights = f"an author with {permissions.names(roles)} in the project"
        raise errors.no_access_rights(operation, required_rights)


def _refresh_latest_marks(tx: Transaction, asset_id: str, author_id: str) -> None:
    """Update the "latest" marks and ``isLastForStep`` of an author's labels on an asset."""
    labels = tx.labels.find("author", (asset_id, author_id))
    asset = tx.assets.require(asset_id)
    has_steps = bool(asset["stepId"])
    latest_ids = latest_labels.latest_of_author(labels, has_steps=has_steps)
    submitted = (each for each in labels if latest_labels.is_submitted(each, has_steps=has_steps))
    last_ids = {
        (each["stepId"], each["labelType"]): each["id"]
        for each in submitted
        if each["stepId"] or not has_steps
    }.values()
    marked_ids = {*latest_ids.values(), *last_ids}
    for label in labels:
        marks = _NO_LATEST_MARKS
        if label["id"] in marked_ids:
            marks = {mark: label["id"] == label_id for mark, label_id in latest_ids.items()}
            marks["isLastForStep"] = label["id"] in last_ids
        if not marks.items() <= label.items():
            tx.labels.change(label, **marks)


def insert_honeypot_label(
    tx: Transaction, operation: str, asset: AssetDoc, response: str
) -> LabelDoc:
    """Add the right answer of a honeypot: a REVIEW label that belongs to no step.

    Raises:
        KiliError: the response does not fit the interface.
    """
    project = tx.projects.require(asset["projectId"])
    row = {"assetID": asset["id"], "jsonResponse": response}
    members = label_document.build_label(tx, operation, project, tx.actor.user, "REVIEW", row)
    label = tx.labels.insert({**members, "isHoneypot": True})
    _refresh_latest_marks(tx, asset["id"], tx.actor.user_id)
    if workflow.get_step_position(asset) is None:
        workflow.move_after_label(tx, project, label)
    return tx.labels.require(label["id"])


def update_label(tx: Transaction, label_id: str, data: dict[str, Any]) -> LabelDoc:
    """Change a label, on behalf of its author or of a reviewer.

    Args:
        data: the members to change: ``jsonResponse``, ``modelName``, ``secondsToLabel``,
            ``isSentBackToQueue``.

    Raises:
        KiliError: the label is unknown, the actor may not change it, or a value is refused.
    """
    operation = "updatePropertiesInLabel"
    label = tx.labels.get(label_id)
    if not label:
        raise errors.access_denied()
    is_author = label["authorId"] == tx.actor.user_id
    roles = permissions.LABEL_TYPE_ROLES[label["labelType"]] if is_author else None
    project = tx.access.require_project(operation, label["projectId"], roles)
    changes = dict(data)
    if "jsonResponse" in data:
        changes |= label_document.build_response_members(operation, project, data["jsonResponse"])
    if "secondsToLabel" in data:
        author = (label["assetId"], label["authorId"])
        others = [each for each in tx.labels.find("author", author) if each["id"] != label_id]
        seconds, total = label_document.compute_seconds(operation, data, others)
        changes |= {"secondsToLabel": seconds, "totalSecondsToLabel": total}
    tx.labels.change(label, **changes, updatedAt=tx.now)
    if "jsonResponse" in data:
        quality.refresh_marks(tx, tx.assets.require(label["assetId"]))
    payload = {**asset_payload(tx.assets.require(label["assetId"])), "labelId": label_id}
    tx.emit("label.workflow.edited", payload, project_id=project["id"])
    return tx.labels.require(label_id)


def delete_labels(tx: Transaction, label_ids: list[str]) -> list[str]:
    """Delete predictions and inferences (contract/label.md#changes-and-deletion).

    Returns:
        the distinct ids of the deleted labels.

    Raises:
        KiliError: a label is unknown, or was not made by a model.
    """
    operation, label_ids = "deleteLabels", list(dict.fromkeys(label_ids))
    for label_id in label_ids:
        label = tx.labels.get(label_id)
        if not label:
            raise errors.access_denied()
        tx.access.require_project(operation, label["projectId"])
        if label["labelType"] not in MODEL_TYPES:
            raise errors.label_not_by_model(operation, label_id)
        tx.labels.delete(label)
        _clear_references(tx, label["assetId"], {label_id})
        _refresh_latest_marks(tx, label["assetId"], label["authorId"])
        quality.refresh_marks(tx, tx.assets.require(label["assetId"]))
    return label_ids


def _clear_references(tx: Transaction, asset_id: str, label_ids: set[str]) -> None:
    """Remove the references to deleted labels from the labels and issues of an asset."""
    for label in tx.labels.find("asset", asset_id):
        if label["referencedLabelId"] in label_ids:
            tx.labels.change(label, referencedLabelId=None)
    for issue in tx.issues.find("asset", asset_id):
        if issue["labelId"] in label_ids:
            tx.issues.change(issue, labelId=None)


def append_to_labels(
    tx: Transaction, asset_id: str, label_type: LabelType, row: dict[str, Any], *, skipped: bool
) -> LabelDoc:
    """Add one label by the older mutation ``appendToLabels``, which can also skip the asset.

    In a workflow with steps, the label of a user who skips the asset does not move the asset on.

    Args:
        skipped: the labeler skips the asset.

    Raises:
        KiliError: as for :func:`append_labels`, or the project does not allow skipping.
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
    """Add one prediction per asset, as SDKs up to 2.126 do.

    Args:
        responses: a JSON text for each asset.
        models: a model name for each asset.

    Raises:
        KiliError: the lists differ in length; or as for :func:`append_labels`.
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
    """Add labels that are copies of others, with the author, time and response of the originals.

    The responses are checked only if the two projects have different json interfaces: responses
    that were valid when they were made may not fit an interface that has changed since.

    Args:
        source_project: the project of the originals.
        project: the project of the copies.

    Raises:
        KiliError: a response does not fit the other interface.
    """
    if not _have_same_interface(operation, source_project, project):
        for each in copies:
            label_document.build_response_members(operation, project, each["jsonResponse"])
    tx.labels.insert_all(copies)
    for asset_id, author_id in dict.fromkeys((e["assetId"], e["authorId"]) for e in copies):
        _refresh_latest_marks(tx, asset_id, author_id)


def _have_same_interface(operation: str, first: ProjectDoc, second: ProjectDoc) -> bool:
    first_jobs, second_jobs = (
        parse_json_interface(each["jsonInterface"], operation) for each in (first, second)
    )
    return first["inputType"] == second["inputType"] and first_jobs == second_jobs
