"""Events of quality marks in a workflow with steps."""

from __future__ import annotations

from tests.contract.events.registry import CaseWorld, causes
from tests.kit.responses import RED_JSON
from tests.kit.world_content import add_stepped_project


@causes(
    "asset.analytics.consensus.computed",
    "asset.analytics.honeypot.computed",
    "asset.analytics.reviewScore.computed",
    computed_in="domain/quality.py:_emit_mark",
)
def _(case_world: CaseWorld) -> None:
    """Add two labels and a review to a honeypot used for consensus."""
    names, call = {**case_world.names, **add_stepped_project(case_world.wire)}, case_world.wire.call
    project, waiting = names["stepped project"], names["waiting"]
    step = {"projectId": project, "stepId": names["label step"], "useHoneypot": True}
    call("updateLabelingStepProperties", input={**step, "numberOfExpectedLabelsForConsensus": 2})
    call("setAssetConsensus", projectId=project, assetId=waiting, isConsensus=True)
    call("createHoneypot", data={"jsonResponse": RED_JSON}, where={"id": waiting}, selection="id")
    rows = [
        {"assetID": waiting, "jsonResponse": RED_JSON, "authorID": names[name]}
        for name in ("ada", "leo", "rita")
    ]
    data = {"labelType": "DEFAULT", "labelsData": rows[:2]}
    call("appendManyLabels", data=data, where={}, selection="id")
    call("addAssetsToReview", where={"id": waiting})
    data = {"labelType": "REVIEW", "labelsData": rows[2:]}
    call("appendManyLabels", data=data, where={}, selection="id")
