"""Events of the workflow and its steps."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes
from tests.kit.responses import RED_JSON
from tests.kit.world_content import WorldIds, add_stepped_project


def _stepped(case_world: CaseWorld) -> WorldIds:
    return {**case_world.names, **add_stepped_project(case_world.wire)}


@causes(
    "asset.skipped",
    "asset.unskipped",
    "asset.workflow.assigned",
    "asset.workflow.currentStep.changed",
    "asset.workflow.currentStep.statusChanged",
    "asset.workflow.setToNextStep",
    "asset.workflow.step.consensus.activated",
    "asset.workflow.step.consensus.deactivated",
    "label.workflow.created.honeypot",
    "label.workflow.rejected",
    "label.workflow.revisionStarted",
    computed_in="domain/workflow.py:emit_event",
)
def _(case_world: CaseWorld) -> None:
    names, call = _stepped(case_world), case_world.wire.call
    project, waiting = names["stepped project"], names["waiting"]
    call("unskipAsset", projectId=project, assetId=names["skipped"])
    call("assignAssets", where={"id": names["skipped"]}, userIds=[names["leo"]])
    call("sendAssetsBackToQueue", where={"idIn": [names["labeled"], names["in review"]]})
    step = {"projectId": project, "stepId": names["label step"], "useHoneypot": True}
    call("updateLabelingStepProperties", input={**step, "numberOfExpectedLabelsForConsensus": 2})
    for active in (True, False):
        call("setAssetConsensus", projectId=project, assetId=waiting, isConsensus=active)
    call("createHoneypot", data={"jsonResponse": RED_JSON}, where={"id": waiting}, selection="id")


@causes(
    "project.workflow.step.created",
    "project.workflow.step.deleted",
    "project.workflow.step.updated",
    computed_in="domain/step.py:emit_event",
)
def _(case_world: CaseWorld) -> None:
    names, call = _stepped(case_world), case_world.wire.call
    step = {"projectId": names["stepped project"], "stepId": names["review step"]}
    call("renameStep", input={**step, "newName": "Look"})
    call("deleteStep", input=step)
    members = {"name": "Look again", "assignees": [names["rita"]]}
    call("addReviewStep", input={"projectId": names["stepped project"], **members})


@causes("project.workflow.settings.updated")
def _(case_world: CaseWorld) -> None:
    data = {"projectId": _stepped(case_world)["stepped project"], "enforceStepSeparation": True}
    case_world.wire.call("editProjectWorkflowSettings", input=data)
