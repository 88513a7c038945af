"""Consensus on assets that several labelers label, with the SDK.

See contract/workflow.md#consensus-in-the-workflow.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kili.exceptions import GraphQLError

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import NAMES, LabelingProject
from tests.kit.responses import BLUE, RED
from tests.kit.sdk_process import SdkSession
from tests.kit.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore:Field status requested")


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    """Create a project whose new assets need two labelers each."""
    opened = LabelingProject(kili_emulator)
    opened.kili.update_labeling_step_properties(
        opened.project, "Label", consensus_coverage=100, number_of_expected_labels_for_consensus=2
    )
    opened.kili.update_review_step_properties(opened.project, "Review 1", step_coverage=100)
    return opened


def used(labeling_project: LabelingProject, name: str) -> bool:
    return bool(labeling_project.asset(name, "isUsedForConsensus")["isUsedForConsensus"])


def test_consensus_asset_needs_labels_of_two_labelers(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label PARTIALLY_DONE",
        "ONGOING",
    )
    with pytest.raises(ValueError, match="you've already submitted a label"):
        labeling_project.label("labeler", "one", response=BLUE)
    labeling_project.label("reviewer", "one", response=BLUE)
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 TO_DO",
        "TO_REVIEW",
    )
    assert labeling_project.asset("one", "consensusMark")["consensusMark"] == 0.5


def test_labels_of_one_request_are_compared_once(labeling_project: LabelingProject) -> None:
    asset, emulator = labeling_project.id("one"), labeling_project.emulator
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project, "Label", number_of_expected_labels_for_consensus=3
    )
    responses = {"labeler": RED, "reviewer": RED, "manager": BLUE}
    with contextlib.closing(Wire(emulator)) as wire:
        rows = [
            {
                "assetID": asset,
                "authorID": labeling_project.user(name),
                "jsonResponse": json.dumps(response),
            }
            for name, response in responses.items()
        ]
        data = {"labelType": "DEFAULT", "labelsData": rows}
        labels = wire.call("appendManyLabels", data=data, where={}, selection="id")
    events = emulator.world.view.events.all()
    computed = [each for each in events if each["event"] == "asset.analytics.consensus.computed"]
    assert labeling_project.place("one") == "Review 1 TO_DO"
    assert [each["payload"]["comparedLabelIds"] for each in computed] == [
        [each["id"] for each in labels]
    ]


def test_consensus_asset_is_locked_once_all_expected_labelers_work_on_it(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one", "AUTOSAVE")
    labeling_project.label("reviewer", "one", "AUTOSAVE")
    with pytest.raises(ValueError, match="currently being edited by another user"):
        labeling_project.label("manager", "one", "AUTOSAVE")
    labeling_project.label("reviewer", "one")
    labeling_project.label("labeler", "one")
    assert labeling_project.place("one") == "Review 1 TO_DO"


def test_consensus_asset_sent_back_needs_one_label(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", response=BLUE)
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    assert labeling_project.place("one") == "Label REWORK"
    labeling_project.label("reviewer", "one")
    assert labeling_project.place("one") == "Review 1 TO_DO"
    assert labeling_project.asset("one", "consensusMark")["consensusMark"] == 1


def test_review_of_a_consensus_asset_needs_one_reviewer(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one")
    labeling_project.label("manager", "one", "REVIEW")
    assert labeling_project.place("one") == "Review 1 DONE"


def test_consensus_asset_cannot_be_skipped(labeling_project: LabelingProject) -> None:
    with pytest.raises(GraphQLError, match="an asset used for consensus cannot be skipped"):
        labeling_project.kili.skip_or_unskip(
            "skip", labeling_project.id("one"), labeling_project.project, "blurred"
        )


def test_changed_consensus_coverage_does_not_apply_to_assets_with_labels(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project, "Label", consensus_coverage=0
    )
    labeling_project.add("four")
    assert [used(labeling_project, each) for each in ("one", "two", "four")] == [True, False, False]


def test_consensus_of_an_asset_can_change_only_before_labeling_begins(
    labeling_project: LabelingProject,
) -> None:
    set_consensus = labeling_project.kili.update_asset_consensus
    assert (
        set_consensus(labeling_project.project, False, asset_id=labeling_project.id("one")) is False
    )
    assert used(labeling_project, "one") is False
    labeling_project.label("labeler", "one", "AUTOSAVE")
    with pytest.raises(GraphQLError, match="a user has started"):
        set_consensus(labeling_project.project, True, external_id="one")
    subjects = ["asset.workflow.step.consensus.deactivated"]
    assert labeling_project.events("asset.workflow.step.consensus") == subjects


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("latest_from_last_step", ["BLUE", "RED"]), ("latest_from_all_steps", ["BLUE", "RED"])],
)
def test_export_has_the_label_of_each_labeler(
    labeling_project: LabelingProject, kind: str, expected: list[str], tmp_path: Path
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one", response=BLUE)
    assert labeling_project.exported_answers(kind, tmp_path)["one"] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("latest_from_last_step", ["BLUE"]), ("latest_from_all_steps", ["BLUE", "RED", "RED"])],
)
def test_export_after_review_has_labels_of_the_last_step_or_all_steps(
    labeling_project: LabelingProject, kind: str, expected: list[str], tmp_path: Path
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one")
    labeling_project.label("manager", "one", "REVIEW", BLUE)
    assert labeling_project.exported_answers(kind, tmp_path)["one"] == expected


# Fewer labelers than before


def ask_on_the_step(labeling_project: LabelingProject, size: int) -> None:
    labeling_project.kili.update_labeling_step_properties(
        labeling_project.project, "Label", number_of_expected_labels_for_consensus=size
    )


def ask_in_the_project(labeling_project: LabelingProject, size: int) -> None:
    labeling_project.kili.update_properties_in_project(
        labeling_project.project, min_consensus_size=size
    )


every_way = pytest.mark.parametrize("ask", [ask_on_the_step, ask_in_the_project])


@every_way
def test_asset_with_enough_labels_for_lowered_consensus_advances(
    labeling_project: LabelingProject, ask: Callable[[LabelingProject, int], None]
) -> None:
    ask(labeling_project, 3)
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one")
    labeling_project.label("labeler", "two")
    ask(labeling_project, 2)
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Review 1 TO_DO",
        "TO_REVIEW",
    )
    assert (labeling_project.place("two"), labeling_project.status("two")) == (
        "Label PARTIALLY_DONE",
        "ONGOING",
    )
    ask(labeling_project, 1)
    assert (labeling_project.place("two"), labeling_project.place("three")) == (
        "Review 1 TO_DO",
        "Label TO_DO",
    )
    assert labeling_project.events("asset.workflow.currentStep") == [
        "asset.workflow.currentStep.statusChanged",
        "asset.workflow.currentStep.statusChanged",
        *["asset.workflow.currentStep.changed", "asset.workflow.currentStep.statusChanged"] * 2,
    ]


def test_advancing_asset_follows_the_review_coverage_of_the_same_edit(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one")
    ids = {name: each["id"] for name, each in labeling_project.steps().items()}
    steps = {
        "updates": [
            {"id": ids["Label"], "numberOfExpectedLabelsForConsensus": None},
            {"id": ids["Review 1"], "stepCoverage": 0},
        ]
    }
    wire = Wire(labeling_project.emulator)
    data = {"projectId": labeling_project.project, "steps": steps}
    wire.call("editProjectWorkflowSettings", selection="id", input=data)
    wire.close()
    assert (labeling_project.place("one"), labeling_project.status("one")) == (
        "Label DONE",
        "LABELED",
    )


@every_way
def test_lowered_consensus_does_not_advance_rework_or_work_in_progress(
    labeling_project: LabelingProject, ask: Callable[[LabelingProject, int], None]
) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.label("reviewer", "one")
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    labeling_project.label("labeler", "two", "AUTOSAVE")
    ask(labeling_project, 1)
    assert (labeling_project.place("one"), labeling_project.place("two")) == (
        "Label REWORK",
        "Label IN_PROGRESS",
    )


# The older workflow


@pytest.fixture
def project_without_steps(kili_emulator: Emulator) -> LabelingProject:
    """Create a project without steps whose new assets need three labelers each."""
    opened = LabelingProject(kili_emulator, V1)
    settings = {"consensus_tot_coverage": 100, "min_consensus_size": 3}
    opened.kili.update_properties_in_project(opened.project, **settings)
    return opened


@pytest.mark.parametrize(("coverage", "expected"), [(0, "LABELED"), (100, "TO_REVIEW")])
def test_asset_without_steps_advances_when_consensus_is_lowered(
    project_without_steps: LabelingProject, coverage: int, expected: str
) -> None:
    project_without_steps.label("labeler", "one")
    project_without_steps.label("reviewer", "one")
    project_without_steps.label("labeler", "two")
    settings = {"min_consensus_size": 2, "review_coverage": coverage}
    project_without_steps.kili.update_properties_in_project(
        project_without_steps.project, **settings
    )
    assert [project_without_steps.status(each) for each in NAMES] == [expected, "ONGOING", "TODO"]


def test_asset_removed_from_consensus_advances(
    project_without_steps: LabelingProject,
) -> None:
    for name in ("one", "two"):
        project_without_steps.label("labeler", name)
    project_without_steps.kili.update_properties_in_assets(
        [project_without_steps.id("one")], is_used_for_consensus_array=[False]
    )
    assert [project_without_steps.status(each) for each in NAMES] == ["LABELED", "ONGOING", "TODO"]


def test_lowered_consensus_does_not_advance_sent_back_or_saved_assets_in_v1(
    project_without_steps: LabelingProject,
) -> None:
    project_without_steps.label("labeler", "one")
    project_without_steps.label("manager", "one", "REVIEW")
    project_without_steps.kili.send_back_to_queue([project_without_steps.id("one")])
    project_without_steps.label("labeler", "two", "AUTOSAVE")
    project_without_steps.kili.update_properties_in_project(
        project_without_steps.project, min_consensus_size=1
    )
    assert [project_without_steps.status(each) for each in NAMES] == ["ONGOING", "ONGOING", "TODO"]


def test_copied_asset_advances_when_consensus_is_lowered(
    project_without_steps: LabelingProject,
) -> None:
    project_without_steps.label("labeler", "one")
    wire = Wire(project_without_steps.emulator)
    data = {"projectId": project_without_steps.project, "shouldCopyAssets": True}
    copied = wire.call("copyProject", data=data)
    project_without_steps.kili.update_properties_in_project(copied, min_consensus_size=1)
    (target,) = wire.ids("assets", {"project": {"id": copied}, "externalIdStrictlyIn": ["one"]})
    labels = {
        "srcAssetId": project_without_steps.id("one"),
        "dstAssetId": target,
        "projectId": copied,
    }
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
def test_old_client_labels_consensus_assets_in_v1(notebook: SdkSession) -> None:
    notebook.run(_OLD).checked()
    assert notebook.run("label('a')").checked().value == ["ONGOING", True, None]
    assert notebook.run("label('a')").checked().value == ["ONGOING", True, None]
    assert notebook.run("label('a', labeler)").checked().value == ["LABELED", True, 1]
    notebook.run(
        "kili.update_properties_in_assets(asset_ids=[ids['b']],"
        " is_used_for_consensus_array=[False])"
    ).checked()
    assert notebook.run("label('b')").checked().value == ["LABELED", False, None]
