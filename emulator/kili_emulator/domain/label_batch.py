"""The labels that a request adds: each author, step and asset of a batch is looked up once.

See contract/label.md#creation. A request with one label is a batch of one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kili_emulator import errors
from kili_emulator.domain import label_document, labeling, lock, member, quality, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc, UserDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction
from kili_emulator.rules import permissions, subjects
from kili_emulator.rules.workflow import MODEL_TYPES, SUBMITTED, LabelType


class _Origin(NamedTuple):
    """Who adds a label, where: the same for most labels of a batch.

    Attributes:
        requested_step_id: the step that the label names, if any.
    """

    project: ProjectDoc
    author: UserDoc
    requested_step_id: str | None


class LabelBatch:
    """The labels of one type that a request adds.

    Until :meth:`finish`, the labels of these assets change only through the batch.

    Args:
        move_assets: move the assets on in the workflow.
    """

    def __init__(
        self, tx: Transaction, operation: str, label_type: LabelType, *, move_assets: bool
    ) -> None:
        self._tx = tx
        self._operation = operation
        self._type: LabelType = label_type
        self._roles = permissions.LABEL_TYPE_ROLES[label_type]
        self._subject = subjects.new_label_subject(label_type)
        self._move_assets = move_assets
        self._origins: dict[tuple[str | None, ...], _Origin] = {}
        self._admitted_authors: set[tuple[str, str]] = set()  # with their projects
        self._joined_authors: set[tuple[str, str]] = set()
        self._labels: dict[str, list[LabelDoc]] = {}  # the labels of the assets by asset id
        self._compared_assets: dict[str, None] = {}  # the ids, in the order of the labels

    def delete_overwritten(self, asset: AssetDoc, model: str | None) -> None:
        """Delete the labels of an asset that have the type of the batch and this model."""
        tx, kind = self._tx, (self._type, model)
        labels = self._labels_of(asset["id"])
        deleted = [each for each in labels if (each["labelType"], each["modelName"]) == kind]
        if not deleted:
            return
        tx.labels.delete_all(deleted)
        ids = {each["id"] for each in deleted}
        kept = [each for each in labels if each["id"] not in ids]
        kept = label_document.clear_references(tx, asset["id"], kept, ids)
        for author_id in {each["authorId"] for each in deleted}:
            kept = label_document.refresh_latest_marks(tx, asset, kept, author_id)
        self._labels[asset["id"]] = kept
        self._note_compared(asset)

    def add(self, row: dict[str, Any]) -> str:
        """Add a label, and move its asset; return the id of the label.

        Args:
            row: as for :func:`kili_emulator.domain.label.append_labels`.

        Raises:
            KiliError: as for :func:`kili_emulator.domain.label.append_labels`.
        """
        tx, operation, type_ = self._tx, self._operation, self._type
        asset = tx.assets.require(row["assetID"])
        origin = self._find_origin(asset["projectId"], row)
        project, author, requested_step_id = origin
        labels = self._labels_of(asset["id"])
        step_id = labeling.resolve_step_id(
            tx, operation, asset, author, type_, requested_step_id, labels=labels
        )
        self._admit(origin)
        label = label_document.build_label(
            tx, operation, project, author, type_, row, labels=labels
        )
        asset = workflow.move_to_step_of_label(tx, asset, step_id)
        label["stepId"] = step_id
        self._labels[asset["id"]] = label_document.insert_label(tx, asset, labels, label)
        payload = {**asset_payload(asset), "labelId": label["id"]}
        is_internal = self._subject == subjects.LABEL_AUTOSAVED
        tx.emit(self._subject, payload, project_id=project["id"], internal=is_internal)
        self._follow_up(asset, label, origin)
        return label["id"]

    def finish(self) -> None:
        """Update the quality marks of the assets."""
        for asset_id in self._compared_assets:
            quality.refresh_marks(self._tx, self._tx.assets.require(asset_id))

    def _follow_up(self, asset: AssetDoc, label: LabelDoc, origin: _Origin) -> None:
        """Update the lock of the asset, its place in the workflow, and the members."""
        tx, (project, author, _) = self._tx, origin
        if self._type == "AUTOSAVE":
            lock.on_autosave(tx, asset, author)
        elif self._type in SUBMITTED:
            lock.on_submit(tx, asset, author)
            self._join(origin)
        if self._move_assets:
            asset = workflow.move_after_label(tx, project, label)
        self._note_compared(asset)

    def _labels_of(self, asset_id: str) -> list[LabelDoc]:
        """Return the present labels of an asset, in creation order."""
        if asset_id not in self._labels:
            self._labels[asset_id] = self._tx.labels.find("asset", asset_id)
        return self._labels[asset_id]

    def _note_compared(self, asset: AssetDoc) -> None:
        """Note an asset whose marks the batch may change."""
        if self._type in quality.COMPARED_LABEL_TYPES and quality.may_have_marks(
            asset, self._labels[asset["id"]]
        ):
            self._compared_assets[asset["id"]] = None

    def _find_origin(self, project_id: str, row: dict[str, Any]) -> _Origin:
        """Return the origin of a label.

        Raises:
            KiliError: the actor may not add the label, or it names no step of the project.
        """
        key = (project_id, row.get("authorID"), row.get("stepId"), row.get("stepName"))
        if key not in self._origins:
            tx, operation = self._tx, self._operation
            project = tx.access.require_project(operation, project_id, self._roles)
            author = self._require_author(project, row.get("authorID"))
            step_id = labeling.find_requested_step_id(tx, operation, project, row)
            self._origins[key] = _Origin(project, author, step_id)
        return self._origins[key]

    def _require_author(self, project: ProjectDoc, author_id: str | None) -> UserDoc:
        """Return the author of a label: the actor, or the user that the request names.

        Raises:
            KiliError: the actor may not label for other users, or the author is no project member.
        """
        tx = self._tx
        if author_id is None or author_id == tx.actor.user_id:
            return tx.actor.user
        roles = permissions.LABEL_FOR_OTHERS_ROLES
        tx.access.require_project(self._operation, project["id"], roles)
        user_and_role = member.find_user(tx, project, author_id)
        if not user_and_role:
            raise errors.access_denied()
        return user_and_role[0]

    def _admit(self, origin: _Origin) -> None:
        """Check that the role of the author allows labels of this type, unless a model made them.

        Raises:
            KiliError: the role does not allow them.
        """
        key = (origin.project["id"], origin.author["id"])
        if self._type in MODEL_TYPES or key in self._admitted_authors:
            return
        if self._tx.access.role(origin.project, origin.author) not in self._roles:
            required_rights = f"an author with {permissions.names(self._roles)} in the project"
            raise errors.no_access_rights(self._operation, required_rights)
        self._admitted_authors.add(key)

    def _join(self, origin: _Origin) -> None:
        """Make an author who is an administrator of the organization a member of the project."""
        key = (origin.project["id"], origin.author["id"])
        if key not in self._joined_authors:
            member.join(self._tx, origin.project, origin.author)
            self._joined_authors.add(key)
