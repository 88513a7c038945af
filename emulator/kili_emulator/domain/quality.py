"""Marks of labels, assets, members and projects (contract/quality.md#marks-of-labels-and-assets).

Those of labels and assets are stored, and brought up to date after each change of an asset's labels
by :func:`refresh_marks`. Those of members and projects are means, worked out when they are read.

The platform computes marks a moment after the answer, here they are there with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from kili_emulator.domain.documents import AssetDoc, LabelDoc, MemberDoc, ProjectDoc
from kili_emulator.domain.payloads import asset_payload
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.quality import Mark, Rule, agreement
from kili_emulator.rules.workflow import SUBMITTED

# The label types that marks depend on.
COMPARED_LABEL_TYPES = (*SUBMITTED, "INFERENCE")

# A label's mark → the event that tells of it. There is none for an inference's.
_EVENTS = {
    "honeypotMark": "asset.analytics.honeypot.computed",
    "reviewScore": "asset.analytics.reviewScore.computed",
}
_CONSENSUS_EVENT = "asset.analytics.consensus.computed"

_CACHED_MARKS = 512


@lru_cache(_CACHED_MARKS)
def _compute_mark(
    texts: tuple[str, ...], json_interface: str, input_type: str, rule: Rule
) -> Mark | None:
    """How far responses agree; what was compared once is known when the next label is added."""
    jobs = parse_json_interface(json_interface, "updatePropertiesInProject")
    return agreement([json.loads(each) for each in texts], jobs, input_type, rule=rule)


@dataclass(frozen=True)
class Score:
    """A label's mark, and the labels that it was compared with."""

    label: LabelDoc
    others: Sequence[LabelDoc]
    mark: Mark


class _AssetLabels:
    """The labels of one asset, in creation order, to be compared with one another."""

    def __init__(self, view: View, asset: AssetDoc) -> None:
        project = view.projects.require(asset["projectId"])
        self.asset = asset
        self.all = view.labels.find("asset", asset["id"])
        self._has_steps = project["workflowVersion"] != "V1"
        self._project = project

    def mark(self, labels: Iterable[LabelDoc], rule: Rule) -> Mark | None:
        texts = tuple(each["jsonResponse"] for each in labels)
        project = self._project
        return _compute_mark(texts, project["jsonInterface"], project["inputType"], rule)

    def of_type(self, *types: str) -> list[LabelDoc]:
        return [each for each in self.all if each["labelType"] in types]

    def consensus(self) -> list[LabelDoc]:
        """What is compared for consensus: each labeler's newest label of the labeling step."""
        submitted = self.of_type("DEFAULT")
        if not self.asset["isUsedForConsensus"] or not submitted:
            return []
        step_id = submitted[0]["stepId"]
        newest = _newest_per((each for each in submitted if each["stepId"] == step_id), "authorId")
        return newest if len(newest) > 1 else []

    def ground_truth(self) -> LabelDoc | None:
        """A honeypot's right answer: its honeypot label, or in V1 the last review."""
        if not self.asset["isHoneypot"]:
            return None
        labels = [each for each in self.all if each["isHoneypot"]]
        if not self._has_steps:
            labels = self.of_type("REVIEW")
        return labels[-1] if labels else None

    def consensus_scores(self) -> list[Score]:
        """Each label that is compared for consensus, against each of the others."""
        labels = self.consensus()
        return self._scores(
            ((label, [each for each in labels if each is not label]) for label in labels),
            "consensus",
        )

    def honeypot_scores(self) -> list[Score]:
        """Each submitted label of a honeypot against its right answer."""
        ground_truth = self.ground_truth()
        if not ground_truth:
            return []
        return self._scores(
            ((each, [ground_truth]) for each in self.of_type("DEFAULT")), "honeypot"
        )

    def review_scores(self) -> list[Score]:
        """Each label that was reviewed, against the last review of it.

        In V1, what looks like the review of a honeypot is its right answer.
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
        """Each label of a person against what models say, as long as it was the newest one."""
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
        self, compared: Iterable[tuple[LabelDoc, Sequence[LabelDoc]]], rule: Rule
    ) -> list[Score]:
        results = []
        for label, others in compared:
            marks = [self.mark((label, each), rule) for each in others]
            mark = _mean_mark([each for each in marks if each])
            if mark:
                results.append(Score(label, others, mark))
        return results


def refresh_marks(tx: Transaction, asset: AssetDoc) -> None:
    """Make the marks of an asset and its labels say what is true now, and tell of the new ones.

    A mark that somebody set on an asset by hand stays until one can be computed.

    Args:
        asset: the asset, after its labels, its consensus or its honeypot changed.
    """
    labels = _AssetLabels(tx, tx.assets.require(asset["id"]))
    consensus = labels.consensus()
    scores = {
        "consensusMark": labels.consensus_scores(),
        "honeypotMark": labels.honeypot_scores(),
        "inferenceMark": labels.inference_scores(),
        "reviewScore": labels.review_scores(),
    }
    previous_marks = {name for name in scores for each in labels.all if each.get(name) is not None}
    changed = {name: _store_label_marks(tx, labels.all, name, scores[name]) for name in scores}
    asset_consensus_mark = labels.mark(consensus, "consensus") if consensus else None
    _store_asset_marks(tx, labels, asset_consensus_mark, scores, previous_marks)
    for name, subject in _EVENTS.items():
        for each in changed[name]:
            _emit_mark(tx, labels.asset, subject, [each.label, *each.others], each.mark)
    if asset_consensus_mark and changed["consensusMark"]:
        _emit_mark(tx, labels.asset, _CONSENSUS_EVENT, consensus, asset_consensus_mark)


def _store_label_marks(
    tx: Transaction, labels: list[LabelDoc], name: str, scores: list[Score]
) -> list[Score]:
    """Store what the labels' marks are now; those that are new or different."""
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
    consensus: Mark | None,
    scores: dict[str, list[Score]],
    previous_marks: set[str],
) -> None:
    """Store an asset's marks; what could never be computed is not touched."""
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
    tx: Transaction, asset: AssetDoc, subject: str, compared: Sequence[LabelDoc], mark: Mark
) -> None:
    """Tell of a new mark. The events name a step: a V1 project has none, and no such event."""
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
    """The newest label of each author or model, in creation order."""
    newest: dict[Any, LabelDoc] = {}
    for each in labels:
        newest.pop(each[member], None)
        newest[each[member]] = each
    return list(newest.values())


def _mean_mark(marks: Sequence[Mark]) -> Mark | None:
    if len(marks) == 1:
        return marks[0]
    value = mean(each.value for each in marks)
    if value is None:
        return None
    return Mark(value, mean_per_category(each.per_category for each in marks) or {})


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that there are; ``None`` if there is none."""
    numbers = [each for each in values if each is not None]
    return min(1.0, sum(numbers) / len(numbers)) if numbers else None


def mean_per_category(marks: Iterable[dict[str, float] | None]) -> dict[str, float] | None:
    """The mean for each category over what names it; ``None`` if nothing names any."""
    results: dict[str, list[float]] = defaultdict(list)
    for each in marks:
        for category, value in (each or {}).items():
            results[category].append(value)
    return {name: mean(values) or 0.0 for name, values in sorted(results.items())} or None


def project_mark(view: View, project: ProjectDoc, name: str) -> Any:
    """A mark of a project: the mean over its assets, if there is one."""
    return _MEANS[name](each.get(name) for each in view.assets.find("project", project["id"]))


def member_mark(view: View, member: MemberDoc, name: str) -> Any:
    """A mark of a member: the mean over the assets that they labeled.

    Of each asset, their newest label counts.
    """
    labels = view.labels.find("member", (member["projectId"], member["userId"]))
    return _MEANS[name](each.get(name) for each in labels if each["isLatestDefaultLabelForUser"])


_MEANS: dict[str, Callable[[Iterable[Any]], Any]] = {
    "consensusMark": mean,
    "consensusMarkPerCategory": mean_per_category,
    "honeypotMark": mean,
}
