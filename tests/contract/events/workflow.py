"""Events of the workflow and its steps."""

from __future__ import annotations

from tests.contract.events.registry import Stage, causes
from tests.kit.world_content import RED, Names, set_steps


def _stepped(stage: Stage) -> Names:
    return {**stage.names, **set_steps(stage.wire)}


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
    computed_in="domain/workflow.py:tell",
)
def _(stage: Stage) -> None:
    names, call = _stepped(stage), stage.wire.call
    project, waiting = names["stepped project"], names["waiting"]
    call("unskipAsset", projectId=project, assetId=names["skipped"])
    call("assignAssets", where={"id": names["skipped"]}, userIds=[names["leo"]])
    call("sendAssetsBackToQueue", where={"idIn": [names["labeled"], names["in review"]]})
    step = {"projectId": project, "stepId": names["label step"], "useHoneypot": True}
    call("updateLabelingStepProperties", input={**step, "numberOfExpectedLabelsForConsensus": 2})
    for active in (True, False):
        call("setAssetConsensus", projectId=project, assetId=waiting, isConsensus=active)
    call("createHoneypot", data={"jsonResponse": RED}, where={"id": waiting}, selection="id")


@causes(
    "project.workflow.step.created",
    "project.workflow.step.deleted",
    "project.workflow.step.updated",
    computed_in="domain/step.py:tell",
)
def _(stage: Stage) -> None:
    names, call = _stepped(stage), stage.wire.call
    step = {"projectId": names["stepped project"], "stepId": names["review step"]}
    call("renameStep", input={**step, "newName": "Look"})
    call("deleteStep", input=step)
    members = {"name": "Look again", "assignees": [names["rita"]]}
    call("addReviewStep", input={"projectId": names["stepped project"], **members})


@causes("project.workflow.settings.updated")
def _(stage: Stage) -> None:
    data = {"projectId": _stepped(stage)["stepped project"], "enforceStepSeparation": True}
    stage.wire.call("editProjectWorkflowSettings", input=data)
