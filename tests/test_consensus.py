"""Assets that several people label, with the SDK.

See contract/workflow.md#consensus-in-the-workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import BLUE, NAMES, Day
from tests.kit.sdk_process import SdkSession
from tests.kit.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    """New assets are for two labelers each."""
    opened = Day(kili_emulator)
    opened.kili.update_labeling_step_properties(
        opened.project, "Label", consensus_coverage=100, number_of_expected_labels_for_consensus=2
    )
    opened.kili.update_review_step_properties(opened.project, "Review 1", step_coverage=100)
    return opened


def used(day: Day, name: str) -> bool:
    return bool(day.asset(name, "isUsedForConsensus")["isUsedForConsensus"])


def test_two_people_label_an_asset_before_it_is_done(day: Day) -> None:
    day.label("labeler", "one")
    assert (day.place("one"), day.status("one")) == ("Label PARTIALLY_DONE", "ONGOING")
    with pytest.raises(ValueError, match="you've already submitted a label"):
        day.label("labeler", "one", response=BLUE)
    day.label("reviewer", "one", response=BLUE)
    assert (day.place("one"), day.status("one")) == ("Review 1 TO_DO", "TO_REVIEW")
    assert day.asset("one", "consensusMark")["consensusMark"] == 0.5


def test_two_people_work_on_it_at_once_and_a_third_does_not(day: Day) -> None:
    day.label("labeler", "one", "AUTOSAVE")
    day.label("reviewer", "one", "AUTOSAVE")
    with pytest.raises(ValueError, match="currently being edited by another user"):
        day.label("manager", "one", "AUTOSAVE")
    day.label("reviewer", "one")
    day.label("labeler", "one")
    assert day.place("one") == "Review 1 TO_DO"


def test_an_asset_that_was_sent_back_needs_one_label(day: Day) -> None:
    day.label("labeler", "one")
    day.label("reviewer", "one", response=BLUE)
    day.kili.send_back_to_queue([day.id("one")])
    assert day.place("one") == "Label REWORK"
    day.label("reviewer", "one")
    assert day.place("one") == "Review 1 TO_DO"
    assert day.asset("one", "consensusMark")["consensusMark"] == 1


def test_a_review_of_it_needs_one_reviewer(day: Day) -> None:
    day.label("labeler", "one")
    day.label("reviewer", "one")
    day.label("manager", "one", "REVIEW")
    assert day.place("one") == "Review 1 DONE"


def test_it_cannot_be_skipped(day: Day) -> None:
    with pytest.raises(GraphQLError, match="an asset used for consensus cannot be skipped"):
        day.kili.skip_or_unskip("skip", day.id("one"), day.project, "blurred")


def test_coverage_draws_assets_that_nobody_has_begun(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.update_labeling_step_properties(day.project, "Label", consensus_coverage=0)
    day.add("four")
    assert [used(day, each) for each in ("one", "two", "four")] == [True, False, False]


def test_consensus_is_set_on_an_asset_until_somebody_begins(day: Day) -> None:
    set_consensus = day.kili.update_asset_consensus
    assert set_consensus(day.project, False, asset_id=day.id("one")) is False
    assert used(day, "one") is False
    day.label("labeler", "one", "AUTOSAVE")
    with pytest.raises(GraphQLError, match="somebody has begun"):
        set_consensus(day.project, True, external_id="one")
    subjects = ["asset.workflow.step.consensus.deactivated"]
    assert day.events("asset.workflow.step.consensus") == subjects


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("latest_from_last_step", ["BLUE", "RED"]), ("latest_from_all_steps", ["BLUE", "RED"])],
)
def test_an_export_has_the_label_of_each_labeler(
    day: Day, kind: str, expected: list[str], tmp_path: Path
) -> None:
    day.label("labeler", "one")
    day.label("reviewer", "one", response=BLUE)
    assert day.exported(kind, tmp_path)["one"] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("latest_from_last_step", ["BLUE"]), ("latest_from_all_steps", ["BLUE", "RED", "RED"])],
)
def test_an_export_after_the_review_has_the_last_step_or_all(
    day: Day, kind: str, expected: list[str], tmp_path: Path
) -> None:
    day.label("labeler", "one")
    day.label("reviewer", "one")
    day.label("manager", "one", "REVIEW", BLUE)
    assert day.exported(kind, tmp_path)["one"] == expected


# Fewer labelers than before


def ask_on_the_step(day: Day, size: int) -> None:
    day.kili.update_labeling_step_properties(
        day.project, "Label", number_of_expected_labels_for_consensus=size
    )


def ask_in_the_project(day: Day, size: int) -> None:
    day.kili.update_properties_in_project(day.project, min_consensus_size=size)


every_way = pytest.mark.parametrize("ask", [ask_on_the_step, ask_in_the_project])


@every_way
def test_an_asset_that_nobody_waits_for_any_more_goes_on(
    day: Day, ask: Callable[[Day, int], None]
) -> None:
    ask(day, 3)
    day.label("labeler", "one")
    day.label("reviewer", "one")
    day.label("labeler", "two")
    ask(day, 2)
    assert (day.place("one"), day.status("one")) == ("Review 1 TO_DO", "TO_REVIEW")
    assert (day.place("two"), day.status("two")) == ("Label PARTIALLY_DONE", "ONGOING")
    ask(day, 1)
    assert (day.place("two"), day.place("three")) == ("Review 1 TO_DO", "Label TO_DO")
    assert day.events("asset.workflow.currentStep") == [
        "asset.workflow.currentStep.statusChanged",
        "asset.workflow.currentStep.statusChanged",
        *["asset.workflow.currentStep.changed", "asset.workflow.currentStep.statusChanged"] * 2,
    ]


def test_it_goes_on_by_the_coverage_that_the_same_edit_gives_the_review(day: Day) -> None:
    day.label("labeler", "one")
    ids = {name: each["id"] for name, each in day.steps().items()}
    steps = {
        "updates": [
            {"id": ids["Label"], "numberOfExpectedLabelsForConsensus": None},
            {"id": ids["Review 1"], "stepCoverage": 0},
        ]
    }
    wire = Wire(day.emulator)
    data = {"projectId": day.project, "steps": steps}
    wire.call("editProjectWorkflowSettings", selection="id", input=data)
    wire.close()
    assert (day.place("one"), day.status("one")) == ("Label DONE", "LABELED")


@every_way
def test_what_waits_for_other_things_than_labelers_stays(
    day: Day, ask: Callable[[Day, int], None]
) -> None:
    day.label("labeler", "one")
    day.label("reviewer", "one")
    day.kili.send_back_to_queue([day.id("one")])
    day.label("labeler", "two", "AUTOSAVE")
    ask(day, 1)
    assert (day.place("one"), day.place("two")) == ("Label REWORK", "Label IN_PROGRESS")


# The older workflow


@pytest.fixture
def older(kili_emulator: Emulator) -> Day:
    """New assets are for three labelers each, in a project without steps."""
    opened = Day(kili_emulator, V1)
    settings = {"consensus_tot_coverage": 100, "min_consensus_size": 3}
    opened.kili.update_properties_in_project(opened.project, **settings)
    return opened


@pytest.mark.parametrize(("coverage", "expected"), [(0, "LABELED"), (100, "TO_REVIEW")])
def test_an_asset_without_steps_goes_on_too(older: Day, coverage: int, expected: str) -> None:
    older.label("labeler", "one")
    older.label("reviewer", "one")
    older.label("labeler", "two")
    settings = {"min_consensus_size": 2, "review_coverage": coverage}
    older.kili.update_properties_in_project(older.project, **settings)
    assert [older.status(each) for each in NAMES] == [expected, "ONGOING", "TODO"]


def test_an_asset_that_is_taken_out_of_consensus_goes_on(older: Day) -> None:
    for name in ("one", "two"):
        older.label("labeler", name)
    older.kili.update_properties_in_assets([older.id("one")], is_used_for_consensus_array=[False])
    assert [older.status(each) for each in NAMES] == ["LABELED", "ONGOING", "TODO"]


def test_one_that_was_sent_back_or_only_begun_does_not(older: Day) -> None:
    older.label("labeler", "one")
    older.label("manager", "one", "REVIEW")
    older.kili.send_back_to_queue([older.id("one")])
    older.label("labeler", "two", "AUTOSAVE")
    older.kili.update_properties_in_project(older.project, min_consensus_size=1)
    assert [older.status(each) for each in NAMES] == ["ONGOING", "ONGOING", "TODO"]


def test_a_copied_asset_goes_on_where_fewer_labelers_are_asked_for(older: Day) -> None:
    older.label("labeler", "one")
    wire = Wire(older.emulator)
    data = {"projectId": older.project, "shouldCopyAssets": True}
    copied = wire.call("copyProject", data=data)
    older.kili.update_properties_in_project(copied, min_consensus_size=1)
    (target,) = wire.ids("assets", {"project": {"id": copied}, "externalIdStrictlyIn": ["one"]})
    labels = {"srcAssetId": older.id("one"), "dstAssetId": target, "projectId": copied}
    assert wire.call("copyLabels", data=labels) is True
    assert wire.list("assets", {"id": target}, selection="status") == [{"status": "LABELED"}]
    wire.close()


_OLD = """
interface = {"jobs": {"COLOR": {"mlTask": "CLASSIFICATION", "required": 0, "isChild": False,
    "content": {"input": "radio", "categories": {"RED": {"children": [], "name": "Red"}}}}}}
project = kili.create_project(input_type="TEXT", json_interface=interface, title="Old")["id"]
kili.update_properties_in_project(project, consensus_tot_coverage=100, min_consensus_size=2)
kili.append_to_roles(project, "labeler@example.com", "LABELER")
kili.append_many_to_dataset(project, content_array=["a", "b"], external_id_array=["a", "b"])
ids = {each["externalId"]: each["id"] for each in kili.assets(project, fields=["id", "externalId"])}
red = {"COLOR": {"categories": [{"name": "RED"}]}}


def seen(name):
    fields = ["status", "isUsedForConsensus", "consensusMark"]
    (found,) = kili.assets(project, asset_id=ids[name], fields=fields)
    return [found[each] for each in fields]


def label(name, author=None):
    authors = {"author_id_array": [author]} if author else {}
    kili.append_labels(asset_id_array=[ids[name]], json_response_array=[red], **authors)
    return seen(name)


(labeler,) = [each["id"] for each in kili.users(email="labeler@example.com", fields=["id"])]
"""


@pytest.mark.parametrize("sdk", ["2.128.2"], indirect=True, scope="session")
def test_an_old_client_makes_projects_of_the_older_workflow(notebook: SdkSession) -> None:
    notebook.run(_OLD).checked()
    assert notebook.run("label('a')").checked().value == ["ONGOING", True, None]
    assert notebook.run("label('a')").checked().value == ["ONGOING", True, None]
    assert notebook.run("label('a', labeler)").checked().value == ["LABELED", True, 1]
    notebook.run(
        "kili.update_properties_in_assets(asset_ids=[ids['b']],"
        " is_used_for_consensus_array=[False])"
    ).checked()
    assert notebook.run("label('b')").checked().value == ["LABELED", False, None]
