"""Marks of labels, assets, members and projects.

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


class Room:
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
            "isHoneypot": False,
            "isUsedForConsensus": False,
            "stepId": self.step,
            "updatedAt": "then",
            **members,
        }
        return tx.assets.insert(document)

    def label(self, author: str, category: str, type_: str = "DEFAULT", **members: Any) -> str:
        """Add a label, and have the marks of its asset refreshed; its id."""
        with self.world.transaction(ACTOR) as tx:
            asset = tx.assets.the(members.get("assetId", "asset"))
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
        """Change the asset, and have its marks refreshed."""
        with self.world.transaction(ACTOR) as tx:
            refresh_marks(tx, tx.assets.change(tx.assets.the("asset"), **members))

    def edit(self, label_id: str, category: str) -> None:
        with self.world.transaction(ACTOR) as tx:
            tx.labels.change(tx.labels.the(label_id), jsonResponse=response(category))
            refresh_marks(tx, tx.assets.the("asset"))

    def asset(self, member: str) -> Any:
        return self.world.view.assets.the("asset").get(member)

    def mark(self, label_id: str, member: str) -> Any:
        return self.world.view.labels.the(label_id).get(member)

    def project_marks(self) -> dict[str, Any]:
        return {name: project_mark(self.world.view, self.project, name) for name in MARKS}

    def member_marks(self, user: str) -> dict[str, Any]:
        member = {"projectId": "project", "userId": user}
        return {name: member_mark(self.world.view, member, name) for name in MARKS}

    def told(self) -> list[tuple[str, list[str], float]]:
        """The events: of what, about which labels, with which score."""
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
    room = Room(isUsedForConsensus=True)
    first = room.label("leo", "A")
    assert (room.asset("consensusMark"), room.mark(first, "consensusMark")) == (None, None)
    second = room.label("mia", "B")
    assert room.asset("consensusMark") == 0.5
    assert room.asset("consensusMarkPerCategory") == {"ONE.A": 0.5, "ONE.B": 0.5}
    third = room.label("mia", "A")
    assert room.asset("consensusMark") == 1
    assert room.asset("consensusMarkPerCategory") == {"ONE.A": 1}
    assert [room.mark(each, "consensusMark") for each in (first, second, third)] == [1, None, 1]


def test_each_labelers_consensus_is_the_mean_with_the_others() -> None:
    room = Room(isUsedForConsensus=True)
    labels = [room.label(name, each) for name, each in (("leo", "A"), ("mia", "A"), ("tom", "B"))]
    assert room.asset("consensusMark") == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert [room.mark(each, "consensusMark") for each in labels] == [0.75, 0.75, 0.5]


def test_there_is_no_consensus_on_an_asset_that_is_not_used_for_it() -> None:
    room = Room()
    room.label("leo", "A")
    label = room.label("mia", "A")
    assert (room.asset("consensusMark"), room.mark(label, "consensusMark")) == (None, None)
    room.change(isUsedForConsensus=True)
    assert (room.asset("consensusMark"), room.mark(label, "consensusMark")) == (1, 1)
    room.change(isUsedForConsensus=False)
    assert (room.asset("consensusMark"), room.mark(label, "consensusMark")) == (None, None)
    assert room.asset("consensusMarkPerCategory") is None


def test_other_labels_have_no_part_in_consensus() -> None:
    room = Room(isUsedForConsensus=True)
    room.label("leo", "A")
    for kind in ("REVIEW", "PREDICTION", "AUTOSAVE", "INFERENCE"):
        room.label("mia", "B", kind)
    assert room.asset("consensusMark") is None


def test_consensus_is_about_the_first_labeling_step() -> None:
    room = Room(steps=True, isUsedForConsensus=True)
    room.label("leo", "A")
    room.label("mia", "A")
    room.label("leo", "B", stepId="labeling in the second group")
    assert room.asset("consensusMark") == 1


def test_labels_that_answer_nothing_have_no_mark() -> None:
    room = Room(isUsedForConsensus=True)
    room.label("leo", "")
    room.label("mia", "")
    assert room.asset("consensusMark") is None


def test_a_mark_set_by_hand_stays_until_one_is_computed() -> None:
    room = Room(consensusMark=0.3, honeypotMark=0.2)
    room.label("leo", "A")
    assert (room.asset("consensusMark"), room.asset("honeypotMark")) == (0.3, 0.2)
    room.label("mia", "A")
    room.change(isUsedForConsensus=True)
    assert room.asset("consensusMark") == 1


# Honeypots


def test_a_honeypots_labels_are_compared_with_its_last_review() -> None:
    room = Room(isHoneypot=True)
    room.label("rita", "B", "REVIEW")
    first = room.label("leo", "A")
    second = room.label("mia", "B")
    assert [room.mark(each, "honeypotMark") for each in (first, second)] == [0, 1]
    assert room.asset("honeypotMark") == 0.5
    room.label("rita", "A", "REVIEW")
    assert [room.mark(each, "honeypotMark") for each in (first, second)] == [1, 0]
    assert room.mark(first, "reviewScore") is None


def test_a_honeypots_mark_is_the_mean_over_the_newest_label_of_each_labeler() -> None:
    room = Room(isHoneypot=True)
    room.label("rita", "A", "REVIEW")
    wrong = room.label("leo", "B")
    room.label("leo", "A")
    assert room.mark(wrong, "honeypotMark") == 0
    assert room.asset("honeypotMark") == 1


def test_in_a_workflow_with_steps_a_honeypot_has_a_label_of_its_own() -> None:
    room = Room(steps=True, isHoneypot=True)
    room.label("ada", "A", "REVIEW", isHoneypot=True, stepId=None)
    label = room.label("leo", "A")
    room.label("rita", "B", "REVIEW")
    assert (room.mark(label, "honeypotMark"), room.asset("honeypotMark")) == (1, 1)
    assert room.mark(label, "reviewScore") == 0


def test_other_assets_have_no_honeypot_mark() -> None:
    room = Room()
    room.label("rita", "A", "REVIEW")
    label = room.label("leo", "A")
    assert (room.mark(label, "honeypotMark"), room.asset("honeypotMark")) == (None, None)


# Reviews


def test_a_review_scores_the_newest_label_before_it() -> None:
    room = Room()
    old, new = room.label("leo", "A"), room.label("leo", "B")
    review = room.label("rita", "B", "REVIEW")
    assert [room.mark(each, "reviewScore") for each in (old, new, review)] == [None, 1, None]
    room.label("rita", "A", "REVIEW")
    assert room.mark(new, "reviewScore") == 0
    later = room.label("leo", "A")
    assert room.mark(later, "reviewScore") is None


def test_a_review_that_names_a_label_scores_that_one() -> None:
    room = Room()
    named, newest = room.label("leo", "A"), room.label("mia", "B")
    room.label("rita", "A", "REVIEW", referencedLabelId=named)
    assert (room.mark(named, "reviewScore"), room.mark(newest, "reviewScore")) == (1, None)


# Inferences


@pytest.mark.parametrize(("said", "expected"), [("A", 1), ("B", 0.5)])
@pytest.mark.parametrize("human_first", [True, False])
def test_a_person_and_a_model_are_compared_whoever_is_first(
    said: str, expected: float, human_first: bool
) -> None:
    """A half for another single choice is recorded."""
    room = Room()
    for kind in ("DEFAULT", "INFERENCE") if human_first else ("INFERENCE", "DEFAULT"):
        room.label(kind, "A" if kind == "DEFAULT" else said, kind)
    (human,) = (e for e in room.world.view.labels.all() if e["labelType"] == "DEFAULT")
    (model,) = (e for e in room.world.view.labels.all() if e["labelType"] == "INFERENCE")
    assert (human["inferenceMark"], room.asset("inferenceMark")) == (expected, expected)
    assert model.get("inferenceMark") is None


def test_an_inference_is_compared_with_the_newest_label() -> None:
    room = Room()
    room.label("m", "A", "INFERENCE")
    old = room.label("leo", "A")
    new = room.label("mia", "B")
    room.label("m", "B", "INFERENCE")
    assert [room.mark(each, "inferenceMark") for each in (old, new)] == [1, 1]
    assert room.asset("inferenceMark") == 1


def test_a_label_is_compared_with_the_newest_inference_of_each_model() -> None:
    room = Room()
    room.label("m", "B", "INFERENCE", modelName="one")
    room.label("m", "A", "INFERENCE", modelName="one")
    room.label("m", "B", "INFERENCE", modelName="two")
    label = room.label("leo", "A")
    assert room.mark(label, "inferenceMark") == 0.75


def test_a_prediction_is_no_inference() -> None:
    room = Room()
    room.label("m", "A", "PREDICTION")
    label = room.label("leo", "A")
    assert (room.mark(label, "inferenceMark"), room.asset("inferenceMark")) == (None, None)


# Changes


def test_marks_follow_when_a_label_is_edited() -> None:
    room = Room(isUsedForConsensus=True)
    room.label("m", "A", "INFERENCE")
    room.label("leo", "A")
    label = room.label("mia", "B")
    room.edit(label, "A")
    assert (room.asset("consensusMark"), room.asset("inferenceMark")) == (1, 1)
    assert room.mark(label, "inferenceMark") == 1


def test_a_mark_goes_with_what_it_was_computed_from() -> None:
    room = Room()
    label = room.label("leo", "A")
    inference = room.label("m", "A", "INFERENCE")
    with room.world.transaction(ACTOR) as tx:
        tx.labels.delete(tx.labels.the(inference))
        refresh_marks(tx, tx.assets.the("asset"))
    assert (room.mark(label, "inferenceMark"), room.asset("inferenceMark")) == (None, None)


def test_marks_are_no_change_of_the_asset_and_nothing_is_written_twice() -> None:
    room = Room(isUsedForConsensus=True)
    room.label("leo", "A")
    room.label("mia", "A")
    assert room.asset("updatedAt") == "then"
    sequence = room.world.documents.sequence
    room.change()
    assert room.world.documents.sequence == sequence


# Events


def test_a_workflow_with_steps_tells_of_new_marks_only() -> None:
    room = Room(steps=True, isUsedForConsensus=True, isHoneypot=True)
    truth = room.label("ada", "A", "REVIEW", isHoneypot=True, stepId=None)
    first = room.label("leo", "A")
    second = room.label("mia", "B")
    assert room.told() == [
        ("honeypot", [first, truth], 1),
        ("honeypot", [second, truth], 0),
        ("consensus", [first, second], 0.5),
    ]
    review = room.label("rita", "B", "REVIEW", stepId="review")
    assert room.told()[3:] == [("reviewScore", [second, review], 1)]
    steps = [each["payload"]["stepId"] for each in room.world.view.events.all()]
    assert steps == ["step", "step", "step", "review"]
    room.change()
    assert len(room.told()) == 4


def test_without_steps_there_is_no_event_as_it_could_name_none() -> None:
    room = Room(isUsedForConsensus=True)
    room.label("leo", "A")
    room.label("mia", "A")
    room.label("rita", "A", "REVIEW")
    assert room.told() == []


# Members and projects


def test_members_and_projects_have_means_over_assets() -> None:
    room = Room(isUsedForConsensus=True)
    assert room.project_marks() == dict.fromkeys(MARKS)
    with room.world.transaction(ACTOR) as tx:
        room.add_asset(tx, "pot", isHoneypot=True)
        room.add_asset(tx, "other", isUsedForConsensus=True)
    room.label("leo", "A")
    room.label("mia", "B")
    for author in ("leo", "tom"):
        room.label(author, "A", assetId="other")
    room.label("rita", "A", "REVIEW", assetId="pot")
    room.label("leo", "B", assetId="pot")
    room.label("leo", "A", assetId="pot")
    room.label("mia", "B", assetId="pot")

    assert room.project_marks() == {
        "consensusMark": 0.75,
        "consensusMarkPerCategory": {"ONE.A": 0.75, "ONE.B": 0.5},
        "honeypotMark": 0.5,
    }
    assert room.member_marks("leo") == {
        "consensusMark": 0.75,
        "consensusMarkPerCategory": {"ONE.A": 0.75, "ONE.B": 0.5},
        "honeypotMark": 1,
    }
    assert room.member_marks("mia")["honeypotMark"] == 0
    assert room.member_marks("rita") == dict.fromkeys(MARKS)
