"""The effect of labels on an asset, by the model of the status rules: ``working_day_model``."""

from __future__ import annotations

from tests.contract.working_day_documents import (
    PEOPLE,
    ROLE_FOR,
    SUBMITTED,
    Asset,
    Label,
    Project,
    RefusedError,
    require,
)

LABEL, REVIEW = "Label", "Review 1"
TYPE_OF = {LABEL: "DEFAULT", REVIEW: "REVIEW"}
FOLLOWING = {LABEL: REVIEW}

# contract/workflow.md#v1-statuses; other labels keep the status. ``_submitted_v1`` handles DEFAULT
# on TODO or ONGOING.
_AFTER_LABEL = {("TODO", "AUTOSAVE"): "ONGOING"} | {
    (status, "REVIEW"): "REVIEWED" for status in ("TODO", "ONGOING", "LABELED", "TO_REVIEW")
}

# contract/workflow.md#status-of-an-asset-with-steps; a skipped asset keeps its status.
V1_STATUS = {
    (LABEL, "TO_DO"): "TODO",
    (LABEL, "IN_PROGRESS"): "ONGOING",
    (LABEL, "PARTIALLY_DONE"): "ONGOING",
    (LABEL, "REWORK"): "ONGOING",
    (LABEL, "DONE"): "LABELED",
    (REVIEW, "TO_DO"): "TO_REVIEW",
    (REVIEW, "IN_PROGRESS"): "TO_REVIEW",
    (REVIEW, "DONE"): "REVIEWED",
}


class Labeling(Project):
    """A project whose assets users and models label."""

    def add_label(
        self,
        who: str,
        name: str,
        type_: str,
        *,
        author: str | None = None,
        model: str | None = None,
        moves: bool = True,
        step: str | None = None,
    ) -> None:
        """Add a label; administrators may name another author, who needs the role and access.

        Args:
            step: the step of the label, if the request names one.
        """
        require(who, ROLE_FOR[type_])
        if author not in (None, who):
            require(who, "ADMIN")
        if type_ not in ("PREDICTION", "INFERENCE"):
            require(author or who, ROLE_FOR[type_])
        if step and not self.stepped:
            raise RefusedError
        self._insert_label(author or who, self.asset(name), type_, model, moves=moves, named=step)

    def _insert_label(
        self,
        who: str,
        asset: Asset,
        type_: str,
        model: str | None,
        *,
        moves: bool,
        named: str | None = None,
    ) -> None:
        is_work = type_ in (*SUBMITTED, "AUTOSAVE")
        corrects = is_work and self._is_correction(asset, named)
        if self.stepped and is_work:
            if named and type_ not in ("AUTOSAVE", TYPE_OF[named]):
                raise RefusedError
            if corrects and self._cannot_correct(asset, who, str(named)):
                raise RefusedError
            if not corrects:
                self._prepare_for_label(asset, who, type_, named)
        step = (named or asset.step) if is_work else None
        label = Label(type_, who, model, step)
        asset.labels.append(label)
        self.unnamed.append(label)
        if type_ == "AUTOSAVE":
            self._lock(asset, who)
        else:
            self.add_event(f"label.workflow.created.{type_.lower()}", asset, labelId=label)
        if type_ in SUBMITTED:
            self._unlock(asset, who)
        if moves:
            self._move_after(asset, type_, corrects)

    def _is_correction(self, asset: Asset, named: str | None) -> bool:
        """Return whether the label corrects a finished step after which no work has begun.

        See contract/workflow.md#labels-that-name-a-step.
        """
        status = "TO_DO" if asset.skipped else asset.step_status
        at = (asset.step, status)
        return named is not None and at in ((named, "DONE"), (FOLLOWING.get(named), "TO_DO"))

    def _cannot_correct(self, asset: Asset, who: str, named: str) -> bool:
        own = asset.newest_of(who, SUBMITTED, named) is not None
        others = set(asset.holders) - {who}
        return bool(others) or (not own and PEOPLE[who] == "LABELER")

    def _prepare_for_label(self, asset: Asset, who: str, type_: str, named: str | None) -> None:
        """Prepare the asset for the label: a review with a step moves the asset to that step."""
        if named not in (None, asset.step):
            is_done = (asset.step, asset.step_status) == (LABEL, "DONE")
            if (named, type_) != (REVIEW, "REVIEW") or not is_done or set(asset.holders) - {who}:
                raise RefusedError
            self._set_to_review(asset)
        if self._is_locked_for(asset, who, type_):
            raise RefusedError

    def _set_to_review(self, asset: Asset) -> None:
        self._move(asset, REVIEW, "TO_DO")
        ways = {"newStepId": REVIEW, "previousStepId": LABEL}
        self.add_event("asset.workflow.setToNextStep", asset, **ways)

    def _move_after(self, asset: Asset, type_: str, corrects: bool) -> None:
        if asset.skipped and type_ not in SUBMITTED:
            return
        if asset.skipped:
            self._restore(asset)
        if corrects:
            return
        if self.stepped:
            self._step_after(asset, type_)
        elif type_ == "DEFAULT" and asset.status in ("TODO", "ONGOING"):
            asset.status = self._submitted_v1(asset)
        else:
            asset.status = _AFTER_LABEL.get((asset.status, type_), asset.status)

    def _is_locked_for(self, asset: Asset, who: str, type_: str) -> bool:
        """Return whether the workflow with steps keeps the user from labeling the asset now.

        See contract/workflow.md#lock-reasons.
        """
        status = "TO_DO" if asset.skipped else asset.step_status
        step_type = "DEFAULT" if asset.step == LABEL else "REVIEW"
        has_labeled = asset.newest_of(who, SUBMITTED, asset.step) is not None
        others = set(asset.holders) - {who}
        return (
            status == "DONE"
            or type_ not in ("AUTOSAVE", step_type)
            or (status == "PARTIALLY_DONE" and has_labeled)
            or len(others) >= max(1, self._missing_labelers(asset))
            or (asset.step == LABEL and bool(asset.assignees) and who not in asset.assignees)
            or (asset.step == REVIEW and PEOPLE[who] == "LABELER")
        )

    def _missing_labelers(self, asset: Asset) -> int:
        """Return the number of labelers that consensus still needs on the labeling step."""
        if not asset.consensus or asset.step == REVIEW:
            return 0
        labelers = {each.author for each in asset.labels if each.type == "DEFAULT"}
        return max(0, self.consensus_size - len(labelers))

    def _waits_for_labelers(self, asset: Asset) -> bool:
        """Return whether a labeled asset that was not sent back still needs other labelers."""
        latest = asset.latest()
        if self.stepped or not latest:
            return asset.step_status == "PARTIALLY_DONE"
        is_open = asset.status == "ONGOING" and not asset.skipped and not latest.sent_back
        return is_open and self._missing_labelers(asset) > 0

    def _complete_labeling(self, asset: Asset) -> None:
        """Move an asset that needs no more labelers, as after a label."""
        if self.stepped:
            self._step_after(asset, "DEFAULT")
        else:
            asset.status = self._submitted_v1(asset)

    def _submitted_v1(self, asset: Asset) -> str:
        if self._missing_labelers(asset):
            return "ONGOING"
        return "TO_REVIEW" if self.coverage else "LABELED"

    def _step_after(self, asset: Asset, type_: str) -> None:
        if type_ == "AUTOSAVE" and asset.step_status in ("TO_DO", "REWORK"):
            self._move(asset, asset.step, "IN_PROGRESS")
        if type_ == "REVIEW":
            self._move(asset, REVIEW, "DONE")
        if type_ == "DEFAULT" and self._missing_labelers(asset):
            self._move(asset, LABEL, "PARTIALLY_DONE")
        elif type_ == "DEFAULT":
            self._move(asset, *((REVIEW, "TO_DO") if self.coverage else (LABEL, "DONE")))

    def _move(self, asset: Asset, step: str | None, status: str) -> None:
        before = asset.step, asset.step_status
        if before == (step, status):
            return
        asset.step, asset.step_status = step, status
        if status != "SKIPPED":
            asset.status = V1_STATUS[str(step), status]
        if step != before[0]:
            ways = {"newStepId": step, "previousStepId": before[0]}
            self.add_event("asset.workflow.currentStep.changed", asset, **ways)
        payload = {"status": status, "stepId": step}
        self.add_event("asset.workflow.currentStep.statusChanged", asset, **payload)

    def _lock(self, asset: Asset, who: str) -> None:
        if who not in asset.holders:
            asset.holders.append(who)
            self.add_event("asset.workflow.lock.created", asset)

    def _unlock(self, asset: Asset, who: str) -> None:
        if who in asset.holders:
            asset.holders.remove(who)
            self.add_event("asset.workflow.lock.deleted", asset)

    def overwrite(self, who: str, name: str, type_: str, model: str) -> None:
        """Replace the labels of the same type and model by a new label of the model.

        See contract/label.md#creation.
        """
        require(who, ROLE_FOR[type_])
        asset = self.asset(name)
        asset.labels = [each for each in asset.labels if (each.type, each.model) != (type_, model)]
        self.add_label(who, name, type_, model=model)

    def edit_label(self, who: str, label_id: str, sent_back: bool) -> None:
        """Edit a label as its author with the role for its type, or as a reviewer."""
        asset, label = self.label(label_id)
        require(who, ROLE_FOR[label.type] if who == label.author else "REVIEWER")
        label.sent_back = sent_back
        self.add_event("label.workflow.edited", asset, labelId=label)

    def delete_label(self, who: str, label_id: str) -> None:
        """Delete a label of a model; other labels cannot be deleted."""
        require(who, "TEAM_MANAGER")
        asset, label = self.label(label_id)
        if label.type not in ("PREDICTION", "INFERENCE"):
            raise RefusedError
        asset.labels.remove(label)

    def _restore(self, asset: Asset) -> None:
        if self.stepped:
            self._move(asset, asset.step, "TO_DO")
        asset.skipped = False
        self.add_event("asset.unskipped", asset)
