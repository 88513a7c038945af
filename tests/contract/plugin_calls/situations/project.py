"""Situations of projects and their steps."""

from __future__ import annotations

import json

from tests.contract.plugin_calls.situations.registry import SteppedProject, for_each_way, situation
from tests.kit.world_content import INTERFACE


@situation
def settings_mirrored_by_steps_are_changed(steps: SteppedProject) -> None:
    data = {"reviewCoverage": 50, "consensusTotCoverage": 50, "minConsensusSize": 2}
    where = {"id": steps.project}
    steps.call("updatePropertiesInProject", data=data, where=where)


@for_each_way("deleteStep", "editProjectWorkflowSettings")
def a_step_is_deleted(steps: SteppedProject, way: str) -> None:
    """Delete a step that has assets, which go back."""
    if way == "deleteStep":
        data = {"projectId": steps.project, "stepId": steps.names["review step"]}
        steps.call(way, input=data)
    else:
        steps.edit(steps={"deletes": [steps.names["review step"]]})


@for_each_way("deleteStep", "editProjectWorkflowSettings")
def a_step_that_mirrors_a_setting_is_deleted(steps: SteppedProject, way: str) -> None:
    steps.change_step("review step", stepCoverage=50)
    a_step_is_deleted(steps, way)


@situation
def a_project_is_archived_and_brought_back(steps: SteppedProject) -> None:
    for archived in (True, False):
        data, where = {"archived": archived}, {"id": steps.project}
        steps.call("updatePropertiesInProject", data=data, where=where)
    interface = {"jobs": {**INTERFACE["jobs"], "MORE": {**INTERFACE["jobs"]["COLOR"]}}}
    data = {"jsonInterface": json.dumps(interface)}
    steps.call("updatePropertiesInProject", data=data, where={"id": steps.project})
