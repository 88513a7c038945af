"""Second values of steps, consensus, assignment and honeypots."""

from __future__ import annotations

from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, add_stepped_project


def change(wire: Wire, world_ids: WorldIds) -> None:
    world_ids = {**world_ids, **add_stepped_project(wire)}
    project = world_ids["stepped project"]
    label = {"id": world_ids["label step"], "name": "Draw", "numberOfExpectedLabelsForConsensus": 2}
    consensus = {"consensusCoverage": 100, "assignees": [world_ids["leo"], world_ids["ada"]]}
    review = {
        "name": "Again",
        "type": "REVIEW",
        "assignees": [world_ids["rita"]],
        "sendBackStepId": world_ids["review step"],
    }
    steps = {"updates": [{**label, **consensus}], "creates": [review]}
    data = {"projectId": project, "enforceStepSeparation": True, "steps": steps}
    wire.call("editProjectWorkflowSettings", input=data)
    step = {"projectId": project, "stepId": world_ids["label step"], "useHoneypot": True}
    wire.call("updateLabelingStepProperties", input=step)
    wire.call("assignAssets", where={"id": world_ids["waiting"]}, userIds=[world_ids["leo"]])
    wire.call("assignAssets", where={"id": world_ids["labeled"]}, userIds=[world_ids["rita"]])
    where = {"id": world_ids["meadow"]}
    wire.call("createHoneypot", data={"jsonResponse": EASY_JSON}, where=where, selection="id")
