"""The V1 workflow, and old clients in projects with steps.

See contract/workflow.md#v1-rules.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import LabelingProject
from tests.kit.responses import BLUE
from tests.kit.sdk_process import SdkProcess

OLD_CLIENTS = ["2.128.2", pytest.param("2.140.3", marks=pytest.mark.contract)]


@pytest.fixture
def labeling_project(kili_emulator: Emulator) -> LabelingProject:
    return LabelingProject(kili_emulator, V1)


def test_asset_passes_through_all_v1_statuses(labeling_project: LabelingProject) -> None:
    assert labeling_project.status("one") == "TODO"
    labeling_project.label("labeler", "one", "AUTOSAVE")
    assert labeling_project.status("one") == "ONGOING"
    labeling_project.label("labeler", "one")
    assert labeling_project.status("one") == "LABELED"
    labeling_project.kili.add_to_review([labeling_project.id("one")])
    assert labeling_project.status("one") == "TO_REVIEW"
    labeling_project.kili.send_back_to_queue([labeling_project.id("one")])
    assert labeling_project.status("one") == "ONGOING"
    labeling_project.label("labeler", "one", response=BLUE)
    labeling_project.label("reviewer", "one", "REVIEW")
    assert labeling_project.status("one") == "REVIEWED"


def test_review_coverage_moves_labeled_assets_to_review(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.kili.update_properties_in_project(
        labeling_project.project, review_coverage=100
    )
    labeling_project.label("labeler", "one")
    assert labeling_project.status("one") == "TO_REVIEW"


def test_v1_allows_labels_of_all_members_on_an_asset_in_progress(
    labeling_project: LabelingProject,
) -> None:
    labeling_project.label("labeler", "one", "AUTOSAVE")
    for user in ("reviewer", "labeler", "manager"):
        labeling_project.label(user, "one")
    assert labeling_project.status("one") == "LABELED"
    assert len(labeling_project.labels("one", "id")) == 4


def test_label_on_an_asset_in_review_keeps_it_in_review(labeling_project: LabelingProject) -> None:
    labeling_project.label("labeler", "one")
    labeling_project.kili.add_to_review([labeling_project.id("one")])
    labeling_project.label("labeler", "one")
    assert labeling_project.status("one") == "TO_REVIEW"


def test_steps_are_refused_in_v1(labeling_project: LabelingProject) -> None:
    with pytest.raises(Exception, match="legacy workflow"):
        labeling_project.kili.get_steps(labeling_project.project)
    with pytest.raises(Exception, match="has the V1 workflow, which has no steps"):
        labeling_project.kili.update_project_workflow(
            labeling_project.project, enforce_step_separation=True
        )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("latest", ["BLUE"]),
        ("latest_from_last_step", ["BLUE"]),
        ("latest_from_all_steps", ["BLUE", "RED", "RED"]),
        ("normal", ["BLUE", "BLUE", "RED", "RED"]),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*latest:UserWarning")
def test_exports_have_the_requested_labels(
    labeling_project: LabelingProject, kind: str, expected: list[str], tmp_path: Path
) -> None:
    labeling_project.label("labeler", "one", response=BLUE)
    labeling_project.label("labeler", "one")
    labeling_project.label("manager", "one")
    labeling_project.label("reviewer", "one", "REVIEW", BLUE)
    assert labeling_project.exported_answers(kind, tmp_path)["one"] == expected


_OLD = """
from kili.client import Kili

kili = Kili()
project = {project!r}
one, two = {ids!r}
red = {{"COLOR": {{"categories": [{{"name": "RED"}}]}}}}


def status(asset_id):
    (found,) = kili.assets(project, asset_id=asset_id, fields=["status"])
    return found["status"]
"""


@pytest.mark.parametrize("sdk", OLD_CLIENTS, indirect=True, scope="session")
def test_changes_of_an_old_client_apply_to_a_project_with_steps(
    sdk: SdkProcess, kili_emulator: Emulator
) -> None:
    """The old client polls until the V1 status shows the change."""
    labeling_project = LabelingProject(kili_emulator)
    ids = [labeling_project.id("one"), labeling_project.id("two")]
    notebook = sdk.session(env=dict(kili_emulator.environment()))
    notebook.run(_OLD.format(project=labeling_project.project, ids=ids)).checked()
    code = "kili.append_labels(asset_id_array=[one, two], json_response_array=[red, red])"
    notebook.run(code).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["LABELED"] * 2
    notebook.run("kili.add_to_review(asset_ids=[one, two])", timeout=30).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["TO_REVIEW"] * 2
    assert labeling_project.place("one") == "Review 1 TO_DO"
    notebook.run("kili.send_back_to_queue(asset_ids=[one, two])", timeout=30).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["ONGOING"] * 2
    assert labeling_project.place("two") == "Label REWORK"
    notebook.run("kili.delete_many_from_dataset(asset_ids=[two])", timeout=30).checked()
    assert notebook.run("kili.count_assets(project)").checked().value == 2


@pytest.mark.parametrize("sdk", OLD_CLIENTS, indirect=True, scope="session")
def test_an_old_client_makes_projects_of_the_older_workflow(
    sdk: SdkProcess, kili_emulator: Emulator
) -> None:
    notebook = sdk.session(env=dict(kili_emulator.environment()))
    made = notebook.run(
        "from kili.client import Kili\n"
        "kili = Kili()\n"
        "kili.create_project(input_type='TEXT', json_interface={'jobs': {}}, title='T')['id']"
    ).checked()
    (found,) = kili_emulator.client().projects(made.value, fields=["workflowVersion", "steps.name"])
    assert found == {"workflowVersion": "V1", "steps": []}
