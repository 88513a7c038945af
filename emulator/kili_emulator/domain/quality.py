"""Marks of labels, assets, members and projects (contract/quality.md#marks-of-labels-and-assets).

The marks of labels and assets are stored; :func:`refresh_marks` updates them after each change of
an asset's labels. The marks of members and projects are means, computed when they are read.

The platform computes marks a moment after its answer to a client, the emulator before the answer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from kili_emulator.domain.documents import AssetDoc, LabelDoc, MemberDoc, ProjectDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.workflow import SUBMITTED

if TYPE_CHECKING:
    from kili_emulator.rules.quality import ComparisonRule, QualityMark

# The label types that marks depend on.
COMPARED_LABEL_TYPES = (*SUBMITTED, "INFERENCE")

# A label's mark → the event about it. An inference mark has no event.
_EVENTS = {
    "honeypotMark": "asset.analytics.honeypot.computed",
    "reviewScore": "asset.analytics.reviewScore.computed",
}
_LABEL_MARKS = ("consensusMark", "honeypotMark", "inferenceMark", "reviewScore")
_CONSENSUS_EVENT = "asset.analytics.consensus.computed"

_CACHED_MARKS = 512


@lru_cache(_CACHED_MARKS)
def _compute_mark(
    texts: tuple[str, ...], json_interface: str, input_type: str, rule: ComparisonRule
) -> QualityMark | None:
    """Compute how far responses agree; the cache keeps the marks of earlier comparisons."""
    from kili_emulator.rules.quality import measure_agreement

    jobs = parse_json_interface(json_interface, "updatePropertiesInProject")
    return measure_agreement([json.loads(each) for each in texts], jobs, input_type, rule=rule)


@dataclass(frozen=True)
class Score:
    """A label's mark, and the labels with which the label was compared."""

    label: LabelDoc
    others: Sequence[LabelDoc]
    mark: QualityMark


class _AssetLabels:
    """The labels of one asset, in creation order, and the comparisons between them."""

    def __init__(self, view: View, asset: AssetDoc, labels: list[LabelDoc]) -> None:
        project = view.projects.require(asset["projectId"])
        self.asset = asset
        self.all = labels
        self._has_steps = project["workflowVersion"] != "V1"
        self._project = project

    def mark(self, labels: Iterable[LabelDoc], rule: ComparisonRule) -> QualityMark | None:
        texts = tuple(each["jsonResponse"] for each in labels)
        project = self._project
        return _compute_mark(texts, project["jsonInterface"], project["inputType"], rule)

    def of_type(self, *types: str) -> list[LabelDoc]:
        return [each for each in self.all if each["labelType"] in types]

    def consensus(self) -> list[LabelDoc]:
        """Return the labels that consensus compares: each labeler's newest of the labeling step."""
        submitted = self.of_type("DEFAULT")
        if not self.asset["isUsedForConsensus"] or not submitted:
            return []
        step_id = submitted[0]["stepId"]
        newest = _newest_per((each for each in submitted if each["stepId"] == step_id), "authorId")
        return newest if len(newest) > 1 else []

    def ground_truth(self) -> LabelDoc | None:
        """Return a honeypot's right answer: its honeypot label, or in V1 the last review."""
        if not self.asset["isHoneypot"]:
            return None
        labels = [each for each in self.all if each["isHoneypot"]]
        if not self._has_steps:
            labels = self.of_type("REVIEW")
        return labels[-1] if labels else None

    def consensus_scores(self) -> list[Score]:
        """Score each label of the consensus against all others."""
        labels = self.consensus()
        return self._scores(
            ((label, [each for each in labels if each is not label]) for label in labels),
            "consensus",
        )

    def honeypot_scores(self) -> list[Score]:
        """Score each submitted label of a honeypot against the right answer."""
        ground_truth = self.ground_truth()
        if not ground_truth:
            return []
        return self._scores(
            ((each, [ground_truth]) for each in self.of_type("DEFAULT")), "honeypot"
        )

    def review_scores(self) -> list[Score]:
        """Score each reviewed label against its last review.

        In V1, the review of a honeypot is the honeypot's right answer, not a review.
        """
        if self.asset["isHoneypot"] and not self._has_steps:
            return []
        reviewed: dict[str, tuple[LabelDoc, list[LabelDoc]]] = {}
        submitted: dict[str, LabelDoc] = {}
        for each in self.all:
            if each["labelType"] == "DEFAULT":
                submitted[each["id"]] = each
            elif each["labelType"] == "REVIEW" and submitted and not each["isHoneypot"]:
                last = next(reversed(submitted))
                label = submitted.get(each["referencedLabelId"] or "", submitted[last])
                reviewed[label["id"]] = (label, [each])
        return self._scores(reviewed.values(), "reviewScore")

    def inference_scores(self) -> list[Score]:
        """Score each label of a person against the inferences that existed while it was newest."""
        human_labels: list[LabelDoc] = []
        inferences: list[LabelDoc] = []
        compared: dict[str, tuple[LabelDoc, list[LabelDoc]]] = {}
        for each in self.all:
            if each["labelType"] in SUBMITTED and not each["isHoneypot"]:
                human_labels.append(each)
            elif each["labelType"] == "INFERENCE":
                inferences.append(each)
            if human_labels and inferences:
                compared[human_labels[-1]["id"]] = (
                    human_labels[-1],
                    _newest_per(inferences, "modelName"),
                )
        return self._scores(compared.values(), "inference")

    def _scores(
        self, compared: Iterable[tuple[LabelDoc, Sequence[LabelDoc]]], rule: ComparisonRule
    ) -> list[Score]:
        results = []
        for label, others in compared:
            marks = [self.mark((label, each), rule) for each in others]
            mark = _mean_mark([each for each in marks if each])
            if mark:
                results.append(Score(label, others, mark))
        return results


def may_have_marks(asset: AssetDoc, labels: Sequence[LabelDoc]) -> bool:
    """Return whether an asset or its labels have marks that depend on the labels, or may get some.

    Args:
        labels: the labels of the asset.
    """
    return (
        _may_be_compared(asset, labels)
        or asset.get("inferenceMark") is not None
        or any(each.get(name) is not None for each in labels for name in _LABEL_MARKS)
    )


def _may_be_compared(asset: AssetDoc, labels: Sequence[LabelDoc]) -> bool:
    """Return whether a consensus, honeypot, review or inference may compare the labels."""
    return len(labels) > 1 and (
        asset["isUsedForConsensus"]
        or asset["isHoneypot"]
        or any(each["labelType"] in ("REVIEW", "INFERENCE") for each in labels)
    )


def refresh_marks(tx: Transaction, asset: AssetDoc) -> None:
    """Update the marks of an asset and its labels, and emit the events of the new marks.

    A mark that a client set on an asset stays until a mark can be computed.

    Args:
        asset: the asset, after a change of its labels, its consensus or its honeypot.
    """
    asset, all_labels = tx.assets.require(asset["id"]), tx.labels.find("asset", asset["id"])
    if not may_have_marks(asset, all_labels):
        return
    labels = _AssetLabels(tx, asset, all_labels)
    consensus = labels.consensus()
    scores = {
        "consensusMark": labels.consensus_scores(),
        "honeypotMark": labels.honeypot_scores(),
        "inferenceMark": labels.inference_scores(),
        "reviewScore": labels.review_scores(),
    }
    previous_marks = {name for name in scores for each in labels.all if each.get(name) is not None}
    changed = {
        name: _store_label_marks(tx, labels.all, name, scores[name])
        for name in scores
        if scores[name] or name in previous_marks
    }
    asset_consensus_mark = labels.mark(consensus, "consensus") if consensus else None
    _store_asset_marks(tx, labels, asset_consensus_mark, scores, previous_marks)
    for name, subject in _EVENTS.items():
        for each in changed.get(name, ()):
            _emit_mark(tx, labels.asset, subject, [each.label, *each.others], each.mark)
    if asset_consensus_mark and changed.get("consensusMark"):
        _emit_mark(tx, labels.asset, _CONSENSUS_EVENT, consensus, asset_consensus_mark)


def _store_label_marks(
    tx: Transaction, labels: list[LabelDoc], name: str, scores: list[Score]
) -> list[Score]:
    """Store the current marks of labels; return the scores that are new or different."""
    by_label = {each.label["id"]: each for each in scores}
    changed = []
    for label in labels:
        score = by_label.get(label["id"])
        value = score.mark.value if score else None
        members: dict[str, Any] = {name: value}
        if name == "consensusMark":
            members["consensusMarkPerCategory"] = score.mark.per_category if score else None
        if any(label.get(member) != each for member, each in members.items()):
            tx.labels.change(label, **members)
            if score:
                changed.append(score)
    return changed


def _store_asset_marks(
    tx: Transaction,
    labels: _AssetLabels,
    consensus: QualityMark | None,
    scores: dict[str, list[Score]],
    previous_marks: set[str],
) -> None:
    """Store an asset's marks; leave a mark alone that was never computed."""
    asset = labels.asset
    newest = {each["id"] for each in _newest_per(labels.of_type("DEFAULT"), "authorId")}
    honeypots = [e.mark.value for e in scores["honeypotMark"] if e.label["id"] in newest]
    inferences = scores["inferenceMark"]
    members: dict[str, Any] = {"inferenceMark": inferences[-1].mark.value if inferences else None}
    if honeypots or "honeypotMark" in previous_marks:
        members["honeypotMark"] = mean(honeypots)
    if consensus or "consensusMark" in previous_marks:
        members["consensusMark"] = consensus.value if consensus else None
        members["consensusMarkPerCategory"] = consensus.per_category if consensus else None
    if any(asset.get(name) != value for name, value in members.items()):
        tx.assets.change(asset, **members)


def _emit_mark(
    tx: Transaction, asset: AssetDoc, subject: str, compared: Sequence[LabelDoc], mark: QualityMark
) -> None:
    """Emit the event of a new mark; the event names a step, so a V1 project emits none."""
    steps = (each["stepId"] for each in reversed(compared))
    step_id = next(filter(None, steps), asset["stepId"])
    if step_id:
        payload = {
            **asset_payload(asset),
            "comparedLabelIds": [each["id"] for each in compared],
            "score": mark.value,
            "stepId": step_id,
        }
        tx.emit(subject, payload, project_id=asset["projectId"])


def _newest_per(
    labels: Iterable[LabelDoc], member: Literal["authorId", "modelName"]
) -> list[LabelDoc]:
    """Return the newest label of each author or model, in creation order."""
    newest: dict[Any, LabelDoc] = {}
    for each in labels:
        newest.pop(each[member], None)
        newest[each[member]] = each
    return list(newest.values())


def _mean_mark(marks: Sequence[QualityMark]) -> QualityMark | None:
    from kili_emulator.rules.quality import QualityMark

    if len(marks) == 1:
        return marks[0]
    value = mean(each.value for each in marks)
    if value is None:
        return None
    return QualityMark(value, mean_per_category(each.per_category for each in marks) or {})


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are not ``None``; ``None`` without any."""
    numbers = [each for each in values if each is not None]
    return min(1.0, sum(numbers) / len(numbers)) if numbers else None


def mean_per_category(marks: Iterable[dict[str, float] | None]) -> dict[str, float] | None:
    """Return the mean of each category over the marks that name it; ``None`` without any."""
    results: dict[str, list[float]] = defaultdict(list)
    for each in marks:
        for category, value in (each or {}).items():
            results[category].append(value)
    return {name: mean(values) or 0.0 for name, values in sorted(results.items())} or None


def project_mark(view: View, project: ProjectDoc, name: str) -> Any:
    """Return a mark of a project: the mean over its assets, or ``None``."""
    return _MEANS[name](each.get(name) for each in view.assets.find("project", project["id"]))


def member_mark(view: View, member: MemberDoc, name: str) -> Any:
    """Return a mark of a member: the mean over the assets that the member labeled, or ``None``.

    The member's newest label of each asset counts.
    """
    labels = view.labels.find("member", (member["projectId"], member["userId"]))
    return _MEANS[name](each.get(name) for each in labels if each["isLatestDefaultLabelForUser"])


_MEANS: dict[str, Callable[[Iterable[Any]], Any]] = {
    "consensusMark": mean,
    "consensusMarkPerCategory": mean_per_category,
    "honeypotMark": mean,
}
