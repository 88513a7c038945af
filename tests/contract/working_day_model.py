"""The model of a working day: a second implementation of the status rules.

The source is docs/contract (contract/workflow.md#steps and the headings around it,
contract/label.md#creation, contract/issue.md#issues, contract/what-calls-plugins.md#actions);
the model uses no code of the emulator. External ids identify assets. A method runs one action and
raises ``RefusedError`` if the action must not change anything. Expected events of the audit trail
are added to ``trail``, and objects without an id yet to ``unnamed``.

A V1 asset has a status. With steps, an asset has a step position, and its V1 status follows from
it. Coverages are only 0 or 100 percent, so that the outcome never depends on chance.
"""

from __future__ import annotations

from typing import Any

from tests.contract.working_day_documents import ROLE_FOR, Asset, Issue, RefusedError, require
from tests.contract.working_day_labels import LABEL, REVIEW, Labeling


class WorkingDay(Labeling):
    """A project, the users of ``PEOPLE``, and their actions."""

    # -- the project ------------------------------------------------------------------------

    def set_coverage(self, who: str, percent: int, on_step: bool) -> None:
        """Set the coverage of the review step, or of the project, which is the same with steps."""
        require(who, "ADMIN")
        if percent == self.coverage:
            return
        self.coverage = percent
        if not on_step:
            self.add_event("project.settings.updated", None, fields=["reviewCoverage"])
        if self.stepped:
            members = {"stepGroupId": "", "stepId": REVIEW, "stepName": REVIEW}
            self.add_event(
                "project.workflow.step.updated", None, **members, fields=["stepCoverage"]
            )

    def set_consensus_size(self, who: str, size: int, on_step: bool) -> None:
        """Set the number of labelers for consensus; no asset is drawn, but some move."""
        require(who, "ADMIN")
        if size == self.consensus_size:
            return
        waiting = [each for each in self.assets if self._waits_for_labelers(each)]
        self.consensus_size = size
        if not on_step:
            self.add_event("project.settings.updated", None, fields=["minConsensusSize"])
        if self.stepped:
            members = {"stepGroupId": "", "stepId": LABEL, "stepName": LABEL}
            fields = ["numberOfExpectedLabelsForConsensus"]
            self.add_event("project.workflow.step.updated", None, **members, fields=fields)
        for asset in self.assets:
            if asset.status == "TODO" and not asset.skipped:
                asset.consensus = False
        for asset in waiting:
            self._complete_labeling(asset)

    def set_archived(self, who: str, archived: bool) -> None:
        """Archive or restore a project; the work in it stays unchanged."""
        require(who, "ADMIN")
        if archived == self.archived:
            return
        self.archived = archived
        if archived:
            self.add_event("project.archived", None)
        else:
            self.add_event("project.settings.updated", None, fields=["archivedAt"])

    # -- assets -----------------------------------------------------------------------------

    def add_assets(self, who: str, names: list[str]) -> None:
        require(who, "TEAM_MANAGER")
        for name in names:
            start = (LABEL, "TO_DO") if self.stepped else (None, None)
            asset = Asset(name, *start)
            self.assets.append(asset)
            self.unnamed.append(asset)
            self.add_event("asset.created", asset)

    def delete_assets(self, who: str, names: list[str]) -> None:
        """Delete assets with their labels, issues and locks."""
        require(who, "TEAM_MANAGER")
        for asset in self._in_order(names):
            self.assets.remove(asset)
            self.issues = [each for each in self.issues if each.asset != asset.name]
            self.add_event("asset.deleted", asset)

    def _in_order(self, names: list[str]) -> list[Asset]:
        return [each for each in self.assets if each.name in names]

    def set_priority(self, who: str, names: list[str], priority: int) -> set[str]:
        """Set the priority of assets without work; return the names of the assets that decline."""
        require(who, "TEAM_MANAGER")
        served = set()
        for asset in self._in_order(names):
            waits = asset.step_status if self.stepped else asset.status
            if not asset.skipped and waits in ("TO_DO", "REWORK", "TODO", "ONGOING"):
                served.add(asset.name)
                self._change(asset, "priority", priority)
        return set(names) - served

    def _change(self, asset: Asset, member: str, value: Any) -> None:
        names = {"consensus": "isUsedForConsensus"}
        if getattr(asset, member) != value:
            setattr(asset, member, value)
            self.add_event("asset.updated", asset, fields=[names.get(member, member)])

    def set_status(self, who: str, name: str, status: str) -> None:
        """Set the V1 status; with steps, the status follows from the step."""
        require(who, "TEAM_MANAGER")
        if self.stepped and status != self.asset(name).status:
            raise RefusedError
        self._change(self.asset(name), "status", status)

    def assign(self, who: str, names: list[str], people: list[str]) -> set[str]:
        """Assign users; users with work stay. Return the names of the assets that decline."""
        require(who, "TEAM_MANAGER")
        declined = set()
        for asset in self._in_order(names):
            if asset.authors_in_progress() & set(asset.assignees) - set(people):
                declined.add(asset.name)
            elif asset.assignees != people:
                asset.assignees = people
                self.add_event("asset.workflow.assigned", asset)
        return declined

    def set_consensus(self, who: str, name: str, active: bool) -> None:
        require(who, "TEAM_MANAGER")
        asset = self.asset(name)
        if not self.stepped:
            waited = self._waits_for_labelers(asset)
            self._change(asset, "consensus", active)
            if waited:
                self._complete_labeling(asset)
            return
        if (asset.step, asset.step_status) != (LABEL, "TO_DO") or self.consensus_size == 1:
            raise RefusedError
        if asset.consensus != active:
            asset.consensus = active
            verb = "activated" if active else "deactivated"
            self.add_event(f"asset.workflow.step.consensus.{verb}", asset, stepId=LABEL)

    # -- the way through the workflow -------------------------------------------------------

    def skip(self, who: str, name: str) -> None:
        asset = self.asset(name)
        if asset.consensus:
            raise RefusedError
        if asset.skipped:
            return
        if self.stepped:
            if asset.step_status == "DONE":
                raise RefusedError
            self._move(asset, asset.step, "SKIPPED")
        asset.skipped = True
        self._unlock(asset, who)
        self.add_event("asset.skipped", asset, skipped=True, status="SKIPPED")

    def label_and_skip(self, who: str, name: str, type_: str) -> None:
        """Skip an asset with a label, as older clients do; with steps, it completes no step."""
        self.add_label(who, name, type_, moves=not self.stepped)
        self._unlock(self.asset(name), who)
        self.skip(who, name)

    def unskip(self, who: str, name: str) -> None:
        asset = self.asset(name)
        if not asset.skipped:
            raise RefusedError
        self._restore(asset)

    def add_to_review(self, who: str, names: list[str]) -> set[str]:
        """Add labeled assets to review; return the names of the assets that decline."""
        require(who, "REVIEWER")
        moved = set()
        for asset in self._in_order(names):
            if asset.skipped or not asset.latest():
                is_ready = asset.status == "LABELED" and not self.stepped and not asset.skipped
            elif self.stepped:
                is_ready = (asset.step, asset.step_status) == (LABEL, "DONE")
            else:
                is_ready = asset.status in ("LABELED", "ONGOING")
            if not is_ready:
                continue
            moved.add(asset.name)
            asset.status = "TO_REVIEW"
            if self.stepped:
                self._set_to_review(asset)
        return set(names) - moved

    def send_back(self, who: str, names: list[str]) -> set[str]:
        """Send labeled assets back; return the names of the assets that decline."""
        require(who, "REVIEWER")
        moved = set()
        for asset in self._in_order(names):
            is_labeled = asset.status in ("LABELED", "TO_REVIEW", "REVIEWED")
            if asset.skipped or not is_labeled:
                continue
            moved.add(asset.name)
            asset.status = "ONGOING"
            latest = asset.latest()
            if self.stepped:
                verb = "rejected" if asset.step == REVIEW else "revisionStarted"
                ways = {"newStepId": LABEL, "previousStepId": asset.step}
                self._move(asset, LABEL, "REWORK")
                self.add_event(f"label.workflow.{verb}", asset, labelId=latest, **ways)
            if latest:
                latest.sent_back = True
        return set(names) - moved

    # -- issues -----------------------------------------------------------------------------

    def open_issue(
        self, who: str, name: str, type_: str, label_id: str | None, text: str | None
    ) -> None:
        """Open an issue; a user's label makes them the assignee (contract/issue.md#issues)."""
        require(who, ROLE_FOR[type_])
        asset, label = self.label(label_id) if label_id else (self.asset(name), None)
        is_work = label is not None and label.type not in ("PREDICTION", "INFERENCE")
        assignee = label.author if label and is_work and type_ == "ISSUE" else None
        before = [each.number for each in self.issues if each.type == type_]
        issue = Issue(name, type_, max(before, default=-1) + 1, who, assignee)
        issue.comments += [text] if text else []
        self.issues.append(issue)
        self.unnamed.append(issue)
        optional = {"assigneeId": assignee} if assignee else {}
        noun = type_.lower()
        self.add_event(f"asset.{noun}.created", asset, **{f"{noun}Id": issue}, **optional)

    def comment(self, who: str, issue_id: str, text: str) -> None:
        issue = self.issue(issue_id)
        issue.comments.append(text)
        issue.seen = issue.seen or who != issue.author

    def set_issue_status(self, who: str, issue_id: str, status: str) -> None:
        """Set any status; users other than author and assignee must be reviewers."""
        issue = self.issue(issue_id)
        if who not in (issue.author, issue.assignee):
            require(who, "REVIEWER")
        if status == issue.status:
            return
        issue.status = status
        issue.seen = issue.seen or who != issue.author
        verb = {"SOLVED": "resolved", "CANCELLED": "cancelled"}.get(status)
        if verb:
            noun = issue.type.lower()
            self.add_event(f"asset.{noun}.{verb}", self.asset(issue.asset), **{f"{noun}Id": issue})
