"""Quality marks of labels, assets, members and projects.

See contract/quality.md#marks-of-labels-and-assets.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from kili_emulator.domain.quality import member_mark, project_mark, refresh_marks
from kili_emulator.domain.world import Actor, Transaction, World
from kili_emulator.storage.snapshot import Document

pytestmark = pytest.mark.made_up_documents

MARKS = ("consensusMark", "consensusMarkPerCategory", "honeypotMark")
ACTOR = Actor({"id": "me", "organizationId": "home"})
INTERFACE = {
    "jobs": {
        "ONE": {
            "mlTask": "CLASSIFICATION",
            "content": {"input": "radio", "categories": {"A": {}, "B": {}, "C": {}}},
        }
    }
}


class QualityProject:
    """A project with an asset, in a world of its own.

    Args:
        steps: whether its workflow has steps.
    """

    def __init__(self, *, steps: bool = False, **asset: Any) -> None:
        self.world = World("w", seed=1)
        self.step = "step" if steps else None
        with self.world.transaction(ACTOR) as tx:
            self.project = tx.projects.insert(
                {
                    "id": "project",
                    "organizationId": "home",
                    "inputType": "IMAGE",
                    "jsonInterface": json.dumps(INTERFACE),
                    "workflowVersion": "V2" if steps else "V1",
                }
            )
            self.add_asset(tx, "asset", **asset)

    def add_asset(self, tx: Transaction, name: str, **members: Any) -> Document:
        document = {
            "id": name,
            "projectId": "project",
            "externalId": name,
            "content": "",
            "jsonContent": "",
            "status": "TODO",
            "isHoneypot": False,
            "isUsedForConsensus": False,
            "stepId": self.step,
            "updatedAt": "then",
            **members,
        }
        return tx.assets.insert(document)

    def label(self, author: str, category: str, type_: str = "DEFAULT", **members: Any) -> str:
        """Add a label, refresh the marks of its asset, and return the id of the label."""
        with self.world.transaction(ACTOR) as tx:
            asset = tx.assets.require(members.get("assetId", "asset"))
            for each in tx.labels.find("author", (asset["id"], author)):
                tx.labels.change(each, isLatestDefaultLabelForUser=False)
            label = tx.labels.insert(
                {
                    "id": tx.new_id(),
                    "projectId": "project",
                    "assetId": asset["id"],
                    "authorId": author,
                    "labelType": type_,
                    "modelName": None,
                    "referencedLabelId": None,
                    "isHoneypot": False,
                    "isLatestDefaultLabelForUser": type_ == "DEFAULT",
                    "jsonResponse": response(category),
                    "stepId": None if type_ == "INFERENCE" else self.step,
                    **members,
                }
            )
            refresh_marks(tx, asset)
        return str(label["id"])

    def change(self, **members: Any) -> None:
        """Change the asset and refresh its marks."""
        with self.world.transaction(ACTOR) as tx:
            refresh_marks(tx, tx.assets.change(tx.assets.require("asset"), **members))

    def edit(self, label_id: str, category: str) -> None:
        with self.world.transaction(ACTOR) as tx:
            tx.labels.change(tx.labels.require(label_id), jsonResponse=response(category))
            refresh_marks(tx, tx.assets.require("asset"))

    def asset(self, member: str) -> Any:
        return self.world.view.assets.require("asset").get(member)

    def mark(self, label_id: str, member: str) -> Any:
        return self.world.view.labels.require(label_id).get(member)

    def project_marks(self) -> dict[str, Any]:
        return {name: project_mark(self.world.view, self.project, name) for name in MARKS}

    def member_marks(self, user: str) -> dict[str, Any]:
        member = {"projectId": "project", "userId": user}
        return {name: member_mark(self.world.view, member, name) for name in MARKS}

    def mark_events(self) -> list[tuple[str, list[str], float]]:
        """Return the events of marks: their kind, their labels and their score."""
        return [
            (
                each["event"].split(".")[2],
                each["payload"]["comparedLabelIds"],
                each["payload"]["score"],
            )
            for each in self.world.view.events.all()
        ]


def response(category: str) -> str:
    return json.dumps({"ONE": {"categories": [{"name": category}]}} if category else {})


# Consensus


def test_consensus_compares_the_newest_label_of_each_labeler() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    first = quality_project.label("leo", "A")
    assert (
        quality_project.asset("consensusMark"),
        quality_project.mark(first, "consensusMark"),
    ) == (None, None)
    second = quality_project.label("mia", "B")
    assert quality_project.asset("consensusMark") == 0.5
    assert quality_project.asset("consensusMarkPerCategory") == {"ONE.A": 0.5, "ONE.B": 0.5}
    third = quality_project.label("mia", "A")
    assert quality_project.asset("consensusMark") == 1
    assert quality_project.asset("consensusMarkPerCategory") == {"ONE.A": 1}
    assert [quality_project.mark(each, "consensusMark") for each in (first, second, third)] == [
        1,
        None,
        1,
    ]


def test_consensus_of_a_labeler_is_the_mean_over_the_other_labelers() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    labels = [
        quality_project.label(name, each)
        for name, each in (("leo", "A"), ("mia", "A"), ("tom", "B"))
    ]
    assert quality_project.asset("consensusMark") == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert [quality_project.mark(each, "consensusMark") for each in labels] == [0.75, 0.75, 0.5]


def test_asset_not_used_for_consensus_has_no_consensus_mark() -> None:
    quality_project = QualityProject()
    quality_project.label("leo", "A")
    label = quality_project.label("mia", "A")
    assert (
        quality_project.asset("consensusMark"),
        quality_project.mark(label, "consensusMark"),
    ) == (None, None)
    quality_project.change(isUsedForConsensus=True)
    assert (
        quality_project.asset("consensusMark"),
        quality_project.mark(label, "consensusMark"),
    ) == (1, 1)
    quality_project.change(isUsedForConsensus=False)
    assert (
        quality_project.asset("consensusMark"),
        quality_project.mark(label, "consensusMark"),
    ) == (None, None)
    assert quality_project.asset("consensusMarkPerCategory") is None


def test_only_default_labels_count_for_consensus() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    quality_project.label("leo", "A")
    for kind in ("REVIEW", "PREDICTION", "AUTOSAVE", "INFERENCE"):
        quality_project.label("mia", "B", kind)
    assert quality_project.asset("consensusMark") is None


def test_consensus_uses_labels_of_the_first_labeling_step() -> None:
    quality_project = QualityProject(steps=True, isUsedForConsensus=True)
    quality_project.label("leo", "A")
    quality_project.label("mia", "A")
    quality_project.label("leo", "B", stepId="labeling in the second group")
    assert quality_project.asset("consensusMark") == 1


def test_empty_labels_have_no_consensus_mark() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    quality_project.label("leo", "")
    quality_project.label("mia", "")
    assert quality_project.asset("consensusMark") is None


def test_mark_set_by_a_client_stays_until_a_mark_is_computed() -> None:
    quality_project = QualityProject(consensusMark=0.3, honeypotMark=0.2)
    quality_project.label("leo", "A")
    assert (quality_project.asset("consensusMark"), quality_project.asset("honeypotMark")) == (
        0.3,
        0.2,
    )
    quality_project.label("mia", "A")
    quality_project.change(isUsedForConsensus=True)
    assert quality_project.asset("consensusMark") == 1


# Honeypots


def test_labels_of_a_honeypot_are_compared_with_its_last_review() -> None:
    quality_project = QualityProject(isHoneypot=True)
    quality_project.label("rita", "B", "REVIEW")
    first = quality_project.label("leo", "A")
    second = quality_project.label("mia", "B")
    assert [quality_project.mark(each, "honeypotMark") for each in (first, second)] == [0, 1]
    assert quality_project.asset("honeypotMark") == 0.5
    quality_project.label("rita", "A", "REVIEW")
    assert [quality_project.mark(each, "honeypotMark") for each in (first, second)] == [1, 0]
    assert quality_project.mark(first, "reviewScore") is None


def test_honeypot_mark_is_the_mean_over_the_newest_label_of_each_labeler() -> None:
    quality_project = QualityProject(isHoneypot=True)
    quality_project.label("rita", "A", "REVIEW")
    wrong = quality_project.label("leo", "B")
    quality_project.label("leo", "A")
    assert quality_project.mark(wrong, "honeypotMark") == 0
    assert quality_project.asset("honeypotMark") == 1


def test_honeypot_in_a_workflow_with_steps_uses_the_honeypot_label() -> None:
    quality_project = QualityProject(steps=True, isHoneypot=True)
    quality_project.label("ada", "A", "REVIEW", isHoneypot=True, stepId=None)
    label = quality_project.label("leo", "A")
    quality_project.label("rita", "B", "REVIEW")
    assert (quality_project.mark(label, "honeypotMark"), quality_project.asset("honeypotMark")) == (
        1,
        1,
    )
    assert quality_project.mark(label, "reviewScore") == 0


def test_asset_that_is_no_honeypot_has_no_honeypot_mark() -> None:
    quality_project = QualityProject()
    quality_project.label("rita", "A", "REVIEW")
    label = quality_project.label("leo", "A")
    assert (quality_project.mark(label, "honeypotMark"), quality_project.asset("honeypotMark")) == (
        None,
        None,
    )


# Reviews


def test_review_scores_the_newest_earlier_label() -> None:
    quality_project = QualityProject()
    old, new = quality_project.label("leo", "A"), quality_project.label("leo", "B")
    review = quality_project.label("rita", "B", "REVIEW")
    assert [quality_project.mark(each, "reviewScore") for each in (old, new, review)] == [
        None,
        1,
        None,
    ]
    quality_project.label("rita", "A", "REVIEW")
    assert quality_project.mark(new, "reviewScore") == 0
    later = quality_project.label("leo", "A")
    assert quality_project.mark(later, "reviewScore") is None


def test_review_with_a_referenced_label_scores_that_label() -> None:
    quality_project = QualityProject()
    named, newest = quality_project.label("leo", "A"), quality_project.label("mia", "B")
    quality_project.label("rita", "A", "REVIEW", referencedLabelId=named)
    assert (
        quality_project.mark(named, "reviewScore"),
        quality_project.mark(newest, "reviewScore"),
    ) == (1, None)


# Inferences


@pytest.mark.parametrize(("predicted", "expected"), [("A", 1), ("B", 0.5)])
@pytest.mark.parametrize("human_first", [True, False])
def test_inference_mark_does_not_depend_on_the_order_of_the_labels(
    predicted: str, expected: float, human_first: bool
) -> None:
    """The mark 0.5 for a different single choice is recorded."""
    quality_project = QualityProject()
    for kind in ("DEFAULT", "INFERENCE") if human_first else ("INFERENCE", "DEFAULT"):
        quality_project.label(kind, "A" if kind == "DEFAULT" else predicted, kind)
    (human,) = (e for e in quality_project.world.view.labels.all() if e["labelType"] == "DEFAULT")
    (model,) = (e for e in quality_project.world.view.labels.all() if e["labelType"] == "INFERENCE")
    assert (human["inferenceMark"], quality_project.asset("inferenceMark")) == (expected, expected)
    assert model.get("inferenceMark") is None


def test_an_inference_is_compared_with_the_newest_label() -> None:
    quality_project = QualityProject()
    quality_project.label("m", "A", "INFERENCE")
    old = quality_project.label("leo", "A")
    new = quality_project.label("mia", "B")
    quality_project.label("m", "B", "INFERENCE")
    assert [quality_project.mark(each, "inferenceMark") for each in (old, new)] == [1, 1]
    assert quality_project.asset("inferenceMark") == 1


def test_a_label_is_compared_with_the_newest_inference_of_each_model() -> None:
    quality_project = QualityProject()
    quality_project.label("m", "B", "INFERENCE", modelName="one")
    quality_project.label("m", "A", "INFERENCE", modelName="one")
    quality_project.label("m", "B", "INFERENCE", modelName="two")
    label = quality_project.label("leo", "A")
    assert quality_project.mark(label, "inferenceMark") == 0.75


def test_prediction_gives_no_inference_mark() -> None:
    quality_project = QualityProject()
    quality_project.label("m", "A", "PREDICTION")
    label = quality_project.label("leo", "A")
    assert (
        quality_project.mark(label, "inferenceMark"),
        quality_project.asset("inferenceMark"),
    ) == (None, None)


# Changes


def test_editing_a_label_updates_the_marks() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    quality_project.label("m", "A", "INFERENCE")
    quality_project.label("leo", "A")
    label = quality_project.label("mia", "B")
    quality_project.edit(label, "A")
    assert (quality_project.asset("consensusMark"), quality_project.asset("inferenceMark")) == (
        1,
        1,
    )
    assert quality_project.mark(label, "inferenceMark") == 1


def test_mark_is_removed_with_the_label_it_was_computed_from() -> None:
    quality_project = QualityProject()
    label = quality_project.label("leo", "A")
    inference = quality_project.label("m", "A", "INFERENCE")
    with quality_project.world.transaction(ACTOR) as tx:
        tx.labels.delete(tx.labels.require(inference))
        refresh_marks(tx, tx.assets.require("asset"))
    assert (
        quality_project.mark(label, "inferenceMark"),
        quality_project.asset("inferenceMark"),
    ) == (None, None)


def test_new_marks_keep_updated_at_and_unchanged_marks_are_not_rewritten() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    quality_project.label("leo", "A")
    quality_project.label("mia", "A")
    assert quality_project.asset("updatedAt") == "then"
    sequence = quality_project.world.documents.sequence
    quality_project.change()
    assert quality_project.world.documents.sequence == sequence


# Events


def test_workflow_with_steps_emits_events_for_new_marks_only() -> None:
    quality_project = QualityProject(steps=True, isUsedForConsensus=True, isHoneypot=True)
    truth = quality_project.label("ada", "A", "REVIEW", isHoneypot=True, stepId=None)
    first = quality_project.label("leo", "A")
    second = quality_project.label("mia", "B")
    assert quality_project.mark_events() == [
        ("honeypot", [first, truth], 1),
        ("honeypot", [second, truth], 0),
        ("consensus", [first, second], 0.5),
    ]
    review = quality_project.label("rita", "B", "REVIEW", stepId="review")
    assert quality_project.mark_events()[3:] == [("reviewScore", [second, review], 1)]
    steps = [each["payload"]["stepId"] for each in quality_project.world.view.events.all()]
    assert steps == ["step", "step", "step", "review"]
    quality_project.change()
    assert len(quality_project.mark_events()) == 4


def test_workflow_without_steps_emits_no_events_for_marks() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    quality_project.label("leo", "A")
    quality_project.label("mia", "A")
    quality_project.label("rita", "A", "REVIEW")
    assert quality_project.mark_events() == []


# Members and projects


def test_marks_of_members_and_projects_are_means_over_assets() -> None:
    quality_project = QualityProject(isUsedForConsensus=True)
    assert quality_project.project_marks() == dict.fromkeys(MARKS)
    with quality_project.world.transaction(ACTOR) as tx:
        quality_project.add_asset(tx, "pot", isHoneypot=True)
        quality_project.add_asset(tx, "other", isUsedForConsensus=True)
    quality_project.label("leo", "A")
    quality_project.label("mia", "B")
    for author in ("leo", "tom"):
        quality_project.label(author, "A", assetId="other")
    quality_project.label("rita", "A", "REVIEW", assetId="pot")
    quality_project.label("leo", "B", assetId="pot")
    quality_project.label("leo", "A", assetId="pot")
    quality_project.label("mia", "B", assetId="pot")

    assert quality_project.project_marks() == {
        "consensusMark": 0.75,
        "consensusMarkPerCategory": {"ONE.A": 0.75, "ONE.B": 0.5},
        "honeypotMark": 0.5,
    }
    assert quality_project.member_marks("leo") == {
        "consensusMark": 0.75,
        "consensusMarkPerCategory": {"ONE.A": 0.75, "ONE.B": 0.5},
        "honeypotMark": 1,
    }
    assert quality_project.member_marks("mia")["honeypotMark"] == 0
    assert quality_project.member_marks("rita") == dict.fromkeys(MARKS)
