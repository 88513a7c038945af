"""Statistics of projects and members that clients set (contract/project.md#statistics)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.responses import EASY_JSON, HARD_JSON
from tests.kit.sdk_process import SdkProcess
from tests.kit.wire import Wire
from tests.kit.world_content import read_world_ids

MARKS = ["consensusMark", "honeypotMark"]


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


def set_marks(wire: Wire, project: str) -> None:
    data = {"consensusMark": 0.95, "honeypotMark": 0.9}
    wire.call("updatePropertiesInProject", data=data, where={"id": project}, selection="id")


def project_marks(wire: Wire, project: str) -> dict[str, Any]:
    (found,) = wire.list("projects", {"id": project}, selection=" ".join(MARKS))
    return dict(found)


def label(wire: Wire, asset: str, response: str, key: str) -> None:
    wire.append_label(asset, response, key=key)


def test_the_sdk_sets_the_marks_of_a_project_with_its_quality_settings(kili: Any) -> None:
    """Kili's export tutorial makes this call."""
    project = kili.projects(fields=["id"])[0]["id"]
    wanted = {
        "consensusMark": 0.95,
        "consensusTotCoverage": 1,
        "honeypotMark": 0.95,
        "minConsensusSize": 2,
        "useHoneyPot": True,
    }
    updated = kili.update_properties_in_project(
        project,
        consensus_mark=0.95,
        honeypot_mark=0.95,
        use_honeypot=True,
        min_consensus_size=2,
        consensus_tot_coverage=1,
    )
    assert updated == {"id": project, **wanted}
    assert kili.projects(project, fields=list(wanted)) == [wanted]


@pytest.mark.parametrize("mark", [-0.01, 1.01])
def test_the_sdk_is_refused_a_mark_out_of_range(kili: Any, mark: float) -> None:
    project = kili.projects(fields=["id"])[0]["id"]
    with pytest.raises(Exception, match="honeypotMark must be between 0 and 1"):
        kili.update_properties_in_project(project, honeypot_mark=mark, title="Not stored")
    (found,) = kili.projects(project, fields=["honeypotMark", "title"])
    assert found["honeypotMark"] is None
    assert found["title"] != "Not stored"


def test_mark_set_by_a_client_is_replaced_by_the_mark_of_labels(wire: Wire) -> None:
    world_ids = read_world_ids(wire)
    project, meadow = world_ids["project"], world_ids["meadow"]
    set_marks(wire, project)
    data = {"isUsedForConsensus": True}
    wire.call("updatePropertiesInAssets", where=[{"id": meadow}], data=[data], selection="id")
    label(wire, meadow, EASY_JSON, "labeler")
    assert project_marks(wire, project) == {"consensusMark": 0.95, "honeypotMark": 0.9}
    label(wire, meadow, HARD_JSON, "reviewer")
    assert project_marks(wire, project) == {"consensusMark": 0.5, "honeypotMark": 0.9}


def test_statistics_set_by_a_client_are_not_copied(wire: Wire) -> None:
    project = read_world_ids(wire)["project"]
    set_marks(wire, project)
    data = {"projectId": project, "shouldCopyAssets": True, "shouldCopyUsers": True}
    copy = wire.call("copyProject", data=data)
    assert project_marks(wire, copy) == {"consensusMark": None, "honeypotMark": None}


def test_unchanged_statistics_emit_no_second_event(wire: Wire) -> None:
    project = read_world_ids(wire)["project"]
    for _ in range(2):
        set_marks(wire, project)
    where = {"projectId": project, "event": "project.settings.updated"}
    page = {"skip": 0, "first": 10}
    events = wire.call("events", where=where, pagination=page, selection="payload")
    assert [each["payload"] for each in events] == [{"fields": MARKS}]


def test_an_old_sdk_sets_the_statistics_of_projects_and_members() -> None:
    """The oldest SDK documents more statistics as writable properties than newer SDKs."""
    code = """
from kili.client import Kili
kili = Kili()
project_id = kili.projects(fields=["id"])[0]["id"]
kili.update_properties_in_project(
    project_id, number_of_assets=70, number_of_skipped_assets=10, number_of_remaining_assets=40,
    number_of_reviewed_assets=20, consensus_mark=0.5, honeypot_mark=0.0)
members = kili.project_users(project_id, fields=["id", "user.email"])
member_id = next(each["id"] for each in members if each["user"]["email"].startswith("labeler"))
kili.update_properties_in_project_user(
    project_user_id=member_id, consensus_mark=0.25, honeypot_mark=0.0,
    number_of_labeled_assets=12, total_duration=3600)
fields = ["numberOfAssets", "numberOfSkippedAssets", "numberOfRemainingAssets",
    "numberOfReviewedAssets", "consensusMark", "honeypotMark"]
(project,) = kili.projects(project_id, fields=fields)
fields = ["consensusMark", "honeypotMark", "numberOfLabeledAssets", "totalDuration"]
[project, kili.project_users(project_id, id=member_id, fields=fields)[0]]
"""
    with Emulator() as emulator, SdkProcess("2.125.2") as sdk:
        environment = {"KILI_API_ENDPOINT": emulator.endpoint, "KILI_API_KEY": "emulator-admin"}
        project, member = sdk.session(env=environment).run(code).checked().value
    assert project == {
        "numberOfAssets": 70,
        "numberOfSkippedAssets": 10,
        "numberOfRemainingAssets": 40,
        "numberOfReviewedAssets": 20,
        "consensusMark": 0.5,
        "honeypotMark": 0.0,
    }
    assert member == {
        "consensusMark": 0.25,
        "honeypotMark": 0.0,
        "numberOfLabeledAssets": 12,
        "totalDuration": 3600,
    }
