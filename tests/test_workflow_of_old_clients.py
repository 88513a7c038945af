"""The older workflow, and how old clients get on with projects of the newer one.

See contract/workflow.md#v1-rules.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kili_emulator.app import Emulator
from kili_emulator.rules.workflow import V1
from tests.kit.labeling_project import BLUE, Day
from tests.kit.sdk_process import SdkProcess

OLD_CLIENTS = ["2.128.2", pytest.param("2.140.3", marks=pytest.mark.contract)]


@pytest.fixture
def day(kili_emulator: Emulator) -> Day:
    return Day(kili_emulator, V1)


def test_an_asset_goes_all_the_way_round(day: Day) -> None:
    assert day.status("one") == "TODO"
    day.label("labeler", "one", "AUTOSAVE")
    assert day.status("one") == "ONGOING"
    day.label("labeler", "one")
    assert day.status("one") == "LABELED"
    day.kili.add_to_review([day.id("one")])
    assert day.status("one") == "TO_REVIEW"
    day.kili.send_back_to_queue([day.id("one")])
    assert day.status("one") == "ONGOING"
    day.label("labeler", "one", response=BLUE)
    day.label("reviewer", "one", "REVIEW")
    assert day.status("one") == "REVIEWED"


def test_review_coverage_brings_what_is_labeled_to_review(day: Day) -> None:
    day.kili.update_properties_in_project(day.project, review_coverage=100)
    day.label("labeler", "one")
    assert day.status("one") == "TO_REVIEW"


def test_nobody_is_kept_from_labeling(day: Day) -> None:
    day.label("labeler", "one", "AUTOSAVE")
    for user in ("reviewer", "labeler", "manager"):
        day.label(user, "one")
    assert day.status("one") == "LABELED"
    assert len(day.labels("one", "id")) == 4


def test_labels_on_what_is_in_review_leave_it_there(day: Day) -> None:
    day.label("labeler", "one")
    day.kili.add_to_review([day.id("one")])
    day.label("labeler", "one")
    assert day.status("one") == "TO_REVIEW"


def test_steps_are_for_newer_workflows(day: Day) -> None:
    with pytest.raises(Exception, match="legacy workflow"):
        day.kili.get_steps(day.project)
    with pytest.raises(Exception, match="has the V1 workflow, which has no steps"):
        day.kili.update_project_workflow(day.project, enforce_step_separation=True)


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
def test_exports_have_the_labels_that_are_asked_for(
    day: Day, kind: str, expected: list[str], tmp_path: Path
) -> None:
    day.label("labeler", "one", response=BLUE)
    day.label("labeler", "one")
    day.label("manager", "one")
    day.label("reviewer", "one", "REVIEW", BLUE)
    assert day.exported(kind, tmp_path)["one"] == expected


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
def test_an_old_client_sees_its_changes_done_in_a_project_with_steps(
    sdk: SdkProcess, kili_emulator: Emulator
) -> None:
    """It asks until the older status says so."""
    day = Day(kili_emulator)
    ids = [day.id("one"), day.id("two")]
    notebook = sdk.session(env=dict(kili_emulator.environment()))
    notebook.run(_OLD.format(project=day.project, ids=ids)).checked()
    code = "kili.append_labels(asset_id_array=[one, two], json_response_array=[red, red])"
    notebook.run(code).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["LABELED"] * 2
    notebook.run("kili.add_to_review(asset_ids=[one, two])", timeout=30).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["TO_REVIEW"] * 2
    assert day.place("one") == "Review 1 TO_DO"
    notebook.run("kili.send_back_to_queue(asset_ids=[one, two])", timeout=30).checked()
    assert notebook.run("[status(one), status(two)]").checked().value == ["ONGOING"] * 2
    assert day.place("two") == "Label REWORK"
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
