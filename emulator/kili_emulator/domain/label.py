"""Labels: the responses of people and models for assets.

See contract/label.md#label-types, contract/label.md#creation.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain import label_document, lock, quality, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.label_batch import LabelBatch
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import permissions
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.workflow import MODEL_TYPES, LabelType


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
    batch = LabelBatch(tx, operation, label_type, move_assets=move_assets)
    for row in rows:
        asset = tx.assets.get(row["assetID"])
        if not asset or (project_id and asset["projectId"] != project_id):
            raise errors.access_denied()
        if overwrite:
            batch.delete_overwritten(asset, row.get("modelName"))
    added_ids = [batch.add(row) for row in rows]
    batch.finish()
    return [tx.labels.require(label_id) for label_id in added_ids]


def insert_honeypot_label(
    tx: Transaction, operation: str, asset: AssetDoc, response: str
) -> LabelDoc:
    """Add the right answer of a honeypot: a REVIEW label that belongs to no step.

    Raises:
        KiliError: the response does not fit the interface.
    """
    project = tx.projects.require(asset["projectId"])
    labels = tx.labels.find("asset", asset["id"])
    row = {"assetID": asset["id"], "jsonResponse": response}
    label = label_document.build_label(
        tx, operation, project, tx.actor.user, "REVIEW", row, labels=labels
    )
    label["isHoneypot"] = True
    label_document.insert_label(tx, asset, labels, label)
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
        asset, labels = _asset_and_labels(tx, label["assetId"])
        labels = label_document.clear_references(tx, asset["id"], labels, {label_id})
        label_document.refresh_latest_marks(tx, asset, labels, label["authorId"])
        quality.refresh_marks(tx, asset)
    return label_ids


def _asset_and_labels(tx: Transaction, asset_id: str) -> tuple[AssetDoc, list[LabelDoc]]:
    return tx.assets.require(asset_id), tx.labels.find("asset", asset_id)


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
        label_document.refresh_latest_marks(tx, *_asset_and_labels(tx, asset_id), author_id)


def _have_same_interface(operation: str, first: ProjectDoc, second: ProjectDoc) -> bool:
    first_jobs, second_jobs = (
        parse_json_interface(each["jsonInterface"], operation) for each in (first, second)
    )
    return first["inputType"] == second["inputType"] and first_jobs == second_jobs
