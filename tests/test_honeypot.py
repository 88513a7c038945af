"""Honeypots: assets whose right answer is known, with the SDK (contract/quality.md#honeypots)."""

from __future__ import annotations

from pathlib import Path

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import LabelingProject
from tests.kit.responses import BLUE, RED

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


def marks(labeling_project: LabelingProject) -> dict[str, float]:
    """Return the honeypot mark of each DEFAULT label by author."""
    found = labeling_project.labels("one", "labelType", "honeypotMark", "author.firstname")
    default = [each for each in found if each["labelType"] == "DEFAULT"]
    return {each["author"]["firstname"]: each["honeypotMark"] for each in default}


def test_honeypot_label_in_v1_is_a_review(kili_emulator: Emulator) -> None:
    labeling_project = LabelingProject(kili_emulator, V1)
    truth = labeling_project.kili.create_honeypot(RED, asset_id=labeling_project.id("one"))
    assert labeling_project.status("one") == "REVIEWED"
    assert labeling_project.asset("one", "isHoneypot")["isHoneypot"] is True
    (label,) = labeling_project.labels("one", "id", "labelType", "isHoneypot")
    assert label == {"id": truth["id"], "labelType": "REVIEW", "isHoneypot": True}
    labeling_project.label("labeler", "one", response=RED)
    labeling_project.label("manager", "one", response=BLUE)
    assert marks(labeling_project) == {"Leo": 1, "Max": 0}
    assert labeling_project.asset("one", "honeypotMark")["honeypotMark"] == 0.5


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    opened = LabelingProject(kili_emulator)
    opened.kili.update_labeling_step_properties(opened.project, "Label", use_honeypot=True)
    return opened


def test_honeypot_label_does_not_move_its_asset(labeling_project: LabelingProject) -> None:
    labeling_project.kili.create_honeypot(
        RED, asset_external_id="one", project_id=labeling_project.project
    )
    assert labeling_project.place("one") == "Label TO_DO"
    labeling_project.label("labeler", "one", response=BLUE)
    assert labeling_project.place("one") == "Label DONE"
    assert marks(labeling_project) == {"Leo": 0}


def test_honeypot_label_is_not_a_latest_label_of_a_step(
    labeling_project: LabelingProject, tmp_path: Path
) -> None:
    labeling_project.label("labeler", "one", response=BLUE)
    labeling_project.kili.create_honeypot(RED, asset_id=labeling_project.id("one"))
    fields = ("latestLabel.labelType", "latestLabels.labelType")
    found = labeling_project.asset("one", *fields)
    assert found["latestLabel"]["labelType"] == "DEFAULT"
    assert found["latestLabels"] == [{"labelType": "DEFAULT"}]
    for kind in ("latest_from_last_step", "latest_from_all_steps"):
        assert labeling_project.exported_answers(kind, tmp_path)["one"] == ["BLUE"]


def test_honeypots_need_a_step_that_uses_honeypots(
    kili_emulator: Emulator,
) -> None:
    labeling_project = LabelingProject(kili_emulator)
    with pytest.raises(GraphQLError, match="no step of the project uses honeypots"):
        labeling_project.kili.create_honeypot(RED, asset_id=labeling_project.id("one"))
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project, "Label", use_honeypot=True
    )
    with pytest.raises(GraphQLError, match="only one step of a project"):
        labeling_project.kili.update_review_step_properties(
            labeling_project.project, "Review 1", use_honeypot=True
        )
