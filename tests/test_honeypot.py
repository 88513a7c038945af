"""Assets whose right answer is known, with the SDK (contract/quality.md#honeypots)."""

from __future__ import annotations

from pathlib import Path

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import BLUE, RED, Day

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


def marks(day: Day) -> dict[str, float]:
    """The honeypot mark of each DEFAULT label, by its author."""
    found = day.labels("one", "labelType", "honeypotMark", "author.firstname")
    default = [each for each in found if each["labelType"] == "DEFAULT"]
    return {each["author"]["firstname"]: each["honeypotMark"] for each in default}


def test_a_truth_of_the_older_workflow_is_a_review(kili_emulator: Emulator) -> None:
    day = Day(kili_emulator, V1)
    truth = day.kili.create_honeypot(RED, asset_id=day.id("one"))
    assert day.status("one") == "REVIEWED"
    assert day.asset("one", "isHoneypot")["isHoneypot"] is True
    (label,) = day.labels("one", "id", "labelType", "isHoneypot")
    assert label == {"id": truth["id"], "labelType": "REVIEW", "isHoneypot": True}
    day.label("labeler", "one", response=RED)
    day.label("manager", "one", response=BLUE)
    assert marks(day) == {"Leo": 1, "Max": 0}
    assert day.asset("one", "honeypotMark")["honeypotMark"] == 0.5


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    opened = Day(kili_emulator)
    opened.kili.update_labeling_step_properties(opened.project, "Label", use_honeypot=True)
    return opened


def test_a_truth_beside_the_steps_moves_nothing(day: Day) -> None:
    day.kili.create_honeypot(RED, asset_external_id="one", project_id=day.project)
    assert day.place("one") == "Label TO_DO"
    day.label("labeler", "one", response=BLUE)
    assert day.place("one") == "Label DONE"
    assert marks(day) == {"Leo": 0}


def test_a_truth_is_nobodys_work_on_a_step(day: Day, tmp_path: Path) -> None:
    day.label("labeler", "one", response=BLUE)
    day.kili.create_honeypot(RED, asset_id=day.id("one"))
    fields = ("latestLabel.labelType", "latestLabels.labelType")
    found = day.asset("one", *fields)
    assert found["latestLabel"]["labelType"] == "DEFAULT"
    assert found["latestLabels"] == [{"labelType": "DEFAULT"}]
    for kind in ("latest_from_last_step", "latest_from_all_steps"):
        assert day.exported(kind, tmp_path)["one"] == ["BLUE"]


def test_a_project_with_steps_has_honeypots_where_a_step_uses_them(
    kili_emulator: Emulator,
) -> None:
    day = Day(kili_emulator)
    with pytest.raises(GraphQLError, match="no step of the project uses honeypots"):
        day.kili.create_honeypot(RED, asset_id=day.id("one"))
    day.kili.update_labeling_step_properties(day.project, "Label", use_honeypot=True)
    with pytest.raises(GraphQLError, match="one step of a project at most"):
        day.kili.update_review_step_properties(day.project, "Review 1", use_honeypot=True)
