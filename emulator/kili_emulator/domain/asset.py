"""Assets: add, change and delete them, and read their metadata.

See contract/asset.md#creation, contract/asset.md#updates, contract/asset.md#deletion.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kili_emulator import errors
from kili_emulator.domain import (
    asset_content,
    asset_metadata,
    assignment,
    quality,
    step,
    workflow,
)
from kili_emulator.domain.documents import AssetDoc, ProjectDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.repository import D, Repository, changed_members
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules import workflow as rules
from kili_emulator.rules.external_ids import find_unbalanced_bracket

_MARKS = ("consensusMark", "honeypotMark")
_PLAIN_MEMBERS = ("pageResolutions", "priority", "resolution", "status")


def create_assets(
    tx: Transaction, operation: str, project_id: str, rows: list[dict[str, Any]]
) -> list[AssetDoc]:
    """Add assets to a project, in the order of ``rows``.

    Args:
        rows: the keys of :func:`asset_content.build_members`, and optionally ``externalId``
            (default: the id), ``id`` (a new one if missing or empty), ``jsonMetadata``, ``status``
            and ``isHoneypot``.

    Raises:
        KiliError: the project is unknown, an id or external id exists already, or a value is
            refused.
    """
    project = tx.access.require_project(operation, project_id)
    batch = _NewAssets(tx, operation, project, rows)
    return [batch.create(row) for row in rows]


class _NewAssets:
    """The assets that a request adds to a project; what they share is found once."""

    def __init__(
        self, tx: Transaction, operation: str, project: ProjectDoc, rows: list[dict[str, Any]]
    ) -> None:
        self._tx = tx
        self._operation = operation
        self._project = project
        self._steps = step.steps_of(tx, project["id"])
        self._position = step.entry_position(self._steps)
        names = (row.get("externalId") or row.get("id") for row in rows)
        self._taken_external_ids = {
            each for each in names if tx.assets.count("externalId", (project["id"], each))
        }

    def create(self, row: dict[str, Any]) -> AssetDoc:
        """Add an asset, and emit its event."""
        tx, operation, project = self._tx, self._operation, self._project
        asset_id = row.get("id") or tx.new_id()
        if tx.assets.get(asset_id):
            raise errors.asset_exists(operation, "id", asset_id)
        external_id = row.get("externalId") or asset_id
        self._take_external_id(external_id)
        if project["workflowVersion"] != "V1" and row.get("status") not in (None, "TODO"):
            raise errors.asset_status_not_settable(operation)
        target = asset_content.ContentTarget(tx, operation, project, asset_id)
        asset = tx.assets.insert(
            {
                "id": asset_id,
                "projectId": project["id"],
                "externalId": external_id,
                **asset_content.build_members(target, row),
                **asset_metadata.members_from_metadata(target, row.get("jsonMetadata") or "{}"),
                **rules.initial_state(row.get("status")),
                **self._position,
                "isUsedForConsensus": step.draw_for_consensus(tx, project, self._steps),
                "isHoneypot": bool(row.get("isHoneypot")),
                "createdAt": tx.now,
                "updatedAt": tx.now,
            }
        )
        tx.emit("asset.created", asset_payload(asset), project_id=project["id"])
        return asset

    def _take_external_id(self, external_id: str) -> None:
        _check_brackets(self._operation, external_id)
        if external_id in self._taken_external_ids:
            raise errors.asset_exists(self._operation, "external id", external_id)
        self._taken_external_ids.add(external_id)


def _check_brackets(operation: str, external_id: str) -> None:
    bracket = find_unbalanced_bracket(external_id)
    if bracket:
        raise errors.external_id_bracket_unbalanced(operation, external_id, bracket)


def _check_external_id(tx: Transaction, operation: str, asset: AssetDoc) -> None:
    """Check that an external id is well formed, and that no other asset of the project has it."""
    external_id = asset["externalId"]
    _check_brackets(operation, external_id)
    if tx.assets.count("externalId", (asset["projectId"], external_id)) > 1:
        raise errors.asset_exists(operation, "external id", external_id)


def update_assets(
    tx: Transaction, updates: Iterable[tuple[list[AssetDoc], dict[str, Any]]]
) -> list[AssetDoc]:
    """Change properties of assets (contract/asset.md#updates).

    External ids are checked after all updates, so that two assets can exchange their external ids.

    Args:
        updates: for each update, the selected assets and the members to change. All assets are
            selected before the first change.

    Returns:
        the changed assets, in the order of the updates.

    Raises:
        KiliError: an update selects no asset, or a value is refused.
    """
    operation = "updatePropertiesInAssets"
    ids = []
    for assets, data in list(updates):
        if not assets:
            raise errors.access_denied()
        for each in assets:
            _update_asset(tx, operation, tx.assets.require(each["id"]), data)
            ids.append(each["id"])
    changed = [tx.assets.require(each) for each in ids]
    for each in changed:
        _check_external_id(tx, operation, each)
    return changed


def _update_asset(tx: Transaction, operation: str, asset: AssetDoc, data: dict[str, Any]) -> None:
    project = tx.access.require_project(operation, asset["projectId"])
    before = asset_content.content_digests(tx, asset)
    was_waiting = workflow.waits_for_labelers(tx, project, asset)
    changes: dict[str, Any] = {
        **_content_changes(
            asset_content.ContentTarget(tx, operation, project, asset["id"]), asset, data
        ),
        **{name: data[name] for name in _PLAIN_MEMBERS if name in data},
        **_status_and_mark_changes(operation, project, asset, data),
    }
    _check_sizes(operation, changes)
    if "externalId" in data:
        changes["externalId"] = data["externalId"] or asset["id"]
    after = asset_content.content_digests(tx, {**asset, **changes})
    rewritten_members = [name for name in before if before[name] != after[name]]
    asset = change(tx, asset, changes, rewritten_members)
    if changes.keys() & {"isHoneypot", "isUsedForConsensus"}:
        quality.refresh_marks(tx, asset)
        asset = tx.assets.require(asset["id"])
    if was_waiting and "status" not in changes:
        asset = workflow.advance_waiting(tx, project, asset)
    _assign(tx, operation, project, asset, data)


def _assign(
    tx: Transaction, operation: str, project: ProjectDoc, asset: AssetDoc, data: dict[str, Any]
) -> None:
    """Set or clear the assignees of an asset, if the update has ``toBeLabeledBy`` or a reset."""
    if data.get("shouldResetToBeLabeledBy"):
        workflow.set_assignees(tx, asset, [])
    elif "toBeLabeledBy" in data:
        ids = assignment.find_member_ids(tx, operation, project, data["toBeLabeledBy"])
        workflow.set_assignees(tx, asset, ids)


def _status_and_mark_changes(
    operation: str, project: ProjectDoc, asset: AssetDoc, data: dict[str, Any]
) -> dict[str, Any]:
    """Return the changes of quality marks, consensus and honeypot that an update makes.

    Raises:
        KiliError: a mark is not between 0 and 1; or the update sets the status of an asset in a
            workflow with steps; or the update sets ``isUsedForConsensus`` outside a V1 project.
    """
    if asset["stepId"] and data.get("status", asset["status"]) != asset["status"]:
        raise errors.asset_status_not_settable(operation)
    for name in _MARKS:
        if not 0 <= data.get(name, 0) <= 1:
            raise errors.mark_out_of_range(operation, name)
    if "isUsedForConsensus" in data and project["workflowVersion"] != "V1":
        raise errors.consensus_deprecated(operation)
    members = (*_MARKS, "isHoneypot", "isUsedForConsensus")
    return {name: data[name] for name in members if name in data}


def _content_changes(
    target: asset_content.ContentTarget, asset: AssetDoc, data: dict[str, Any]
) -> dict[str, Any]:
    """Return the members that are computed from a new content, JSON content or metadata."""
    changes: dict[str, Any] = {}
    if "content" in data:
        changes |= asset_content.members_from_content(target, data["content"])
    if "jsonContent" in data:
        changes |= asset_content.members_from_json_content(target, data["jsonContent"])
    if "jsonMetadata" in data:
        changes |= asset_metadata.members_from_metadata(target, data["jsonMetadata"])
    updated_asset = {**asset, **changes}
    if changes and not (updated_asset["content"] or updated_asset["jsonContent"]):
        raise errors.content_missing(target.operation)
    return changes


def _check_sizes(operation: str, changes: dict[str, Any]) -> None:
    pages = changes.get("pageResolutions") or []
    resolutions = [*pages, *filter(None, [changes.get("resolution")])]
    if any(each["width"] <= 0 or each["height"] <= 0 for each in resolutions):
        raise errors.resolution_not_positive(operation)
    numbers = [each["pageNumber"] for each in pages]
    if len(set(numbers)) < len(numbers) or any(number < 1 for number in numbers):
        raise errors.page_numbers_invalid(operation)


def change(
    tx: Transaction, asset: AssetDoc, members: dict[str, Any], rewritten_members: Iterable[str] = ()
) -> AssetDoc:
    """Change members of an asset, and emit ``asset.updated`` if a member has a new value.

    Args:
        rewritten_members: members that keep their value, a reference to a file, while the bytes of
            the file have changed. The event names these members as well.
    """
    changes = changed_members(asset, members)
    fields = sorted({*changes, *rewritten_members})
    if not fields:
        return asset
    asset = tx.assets.change(asset, **changes, updatedAt=tx.now)
    payload = {**asset_payload(asset), "fields": fields}
    tx.emit("asset.updated", payload, project_id=asset["projectId"])
    return asset


def set_priority(
    tx: Transaction, operation: str, assets: list[AssetDoc], priority: int
) -> workflow.MovedAndDeclined:
    """Set the priority of assets that wait for work.

    Returns:
        the assets that now have the priority, and the assets that were left unchanged because they
        are skipped or do not wait for work.
    """
    prioritized, declined = [], []
    for each in assets:
        tx.access.require_project(operation, each["projectId"])
        position = workflow.get_step_position(each)
        waits_for_work = (
            position.status in ("TO_DO", "REWORK")
            if position
            else each["status"] in rules.REMAINING
        )
        if each["skipped"] or not waits_for_work:
            declined.append(each)
        else:
            prioritized.append(change(tx, each, {"priority": priority}))
    return prioritized, declined


def delete_assets(tx: Transaction, operation: str, assets: list[AssetDoc]) -> None:
    """Delete assets with their labels, locks, issues and comments.

    Raises:
        KiliError: the actor may not delete one of the assets.
    """
    for asset in assets:
        tx.access.require_project(operation, asset["projectId"])
    issues = _find_dependents(tx.issues, "asset", assets)
    tx.comments.delete_all(_find_dependents(tx.comments, "issue", issues))
    tx.issues.delete_all(issues)
    tx.labels.delete_all(_find_dependents(tx.labels, "asset", assets))
    tx.locks.delete_all(_find_dependents(tx.locks, "asset", assets))
    tx.assets.delete_all(assets)
    for asset in assets:
        asset_content.delete_files(tx, asset)
        tx.emit("asset.deleted", asset_payload(asset), project_id=asset["projectId"])


def _find_dependents(
    table: Repository[D], index: str, owners: Iterable[Mapping[str, Any]]
) -> list[D]:
    """Return the documents of a table that belong to the owners, by an index of owner ids."""
    return [each for owner in owners for each in table.find(index, owner["id"])]


def image_content(view: View, asset: AssetDoc) -> str | None:
    """Return the content if it is a picture of the whole asset, as for images; else ``None``."""
    project = view.projects.require(asset["projectId"])
    return (asset["content"] or None) if project["inputType"] == "IMAGE" else None


def metadata(asset: AssetDoc) -> Any:
    """Return the parsed metadata; ``{}`` if they are not JSON (contract/asset.md#metadata)."""
    return asset_metadata.parse_metadata(asset["jsonMetadata"])


def metadata_values(assets: Iterable[AssetDoc], key: str) -> list[str]:
    """Return the distinct values of a metadata key; values other than texts as JSON texts."""
    metadata_objects = (metadata(each) for each in assets)
    values = [
        each[key]
        for each in metadata_objects
        if isinstance(each, dict) and each.get(key) is not None
    ]
    texts = (each if isinstance(each, str) else json.dumps(each) for each in values)
    return list(dict.fromkeys(texts))


def count_annotations(view: View, assets: Iterable[AssetDoc]) -> int:
    """Return the total number of annotations in all labels of the assets."""
    return sum(
        label["numberOfAnnotations"]
        for each in assets
        for label in view.labels.find("asset", each["id"])
    )
