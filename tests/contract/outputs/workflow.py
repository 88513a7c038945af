"""Steps, consensus, assignment, honeypots."""

from __future__ import annotations

from tests.kit.wire import Wire
from tests.kit.world_content import EASY, Names, set_steps


def change(wire: Wire, known: Names) -> None:
    known = {**known, **set_steps(wire)}
    project = known["stepped project"]
    label = {"id": known["label step"], "name": "Draw", "numberOfExpectedLabelsForConsensus": 2}
    consensus = {"consensusCoverage": 100, "assignees": [known["leo"], known["ada"]]}
    review = {
        "name": "Again",
        "type": "REVIEW",
        "assignees": [known["rita"]],
        "sendBackStepId": known["review step"],
    }
    steps = {"updates": [{**label, **consensus}], "creates": [review]}
    data = {"projectId": project, "enforceStepSeparation": True, "steps": steps}
    wire.call("editProjectWorkflowSettings", input=data)
    step = {"projectId": project, "stepId": known["label step"], "useHoneypot": True}
    wire.call("updateLabelingStepProperties", input=step)
    wire.call("assignAssets", where={"id": known["waiting"]}, userIds=[known["leo"]])
    wire.call("assignAssets", where={"id": known["labeled"]}, userIds=[known["rita"]])
    where = {"id": known["meadow"]}
    wire.call("createHoneypot", data={"jsonResponse": EASY}, where=where, selection="id")
