"""Consensus: assets that several labelers label.

See contract/workflow.md#consensus-in-the-workflow.
"""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain import quality, step, workflow
from kili_emulator.domain.documents import AssetDoc, ProjectDoc
from kili_emulator.domain.world import Transaction


def set_consensus(tx: Transaction, operation: str, asset: AssetDoc, *, active: bool) -> None:
    """Switch consensus on or off for an asset in a workflow with steps.

    Raises:
        KiliError: the project has no steps, the step of the asset has no consensus, or work on the
            asset has begun.
    """
    tx.access.require_project(operation, asset["projectId"])
    position = workflow.get_step_position(asset)
    if position is None:
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_NEEDS_STEPS)
    current_step = tx.steps.require(position.step_id)
    if current_step["type"] != "DEFAULT" or position.status != "TO_DO":
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_ASSET_STARTED)
    if (current_step["numberOfExpectedLabelsForConsensus"] or 1) < 2:
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_NOT_ENABLED)
    if asset["isUsedForConsensus"] == active:
        return
    asset = tx.assets.change(asset, isUsedForConsensus=active, updatedAt=tx.now)
    verb = "activated" if active else "deactivated"
    subject = f"asset.workflow.step.consensus.{verb}"
    workflow.emit_event(tx, subject, asset, stepId=position.step_id)
    quality.refresh_marks(tx, asset)


def redraw_consensus_assets(tx: Transaction, project: ProjectDoc) -> None:
    """Choose again at random which assets without work are used for consensus."""
    steps = step.steps_of(tx, project["id"])
    for each in tx.assets.find("project", project["id"]):
        if each["status"] == "TODO" and not each["skipped"]:
            is_drawn = step.draw_for_consensus(tx, project, steps)
            if is_drawn != each["isUsedForConsensus"]:
                tx.assets.change(each, isUsedForConsensus=is_drawn, updatedAt=tx.now)


def waiting_asset_ids(tx: Transaction, project: ProjectDoc) -> list[str]:
    """Return the ids of the labeled assets of a project that wait for more labelers."""
    assets = tx.assets.find("project", project["id"])
    return [each["id"] for each in assets if workflow.waits_for_labelers(tx, project, each)]


def advance_waiting(tx: Transaction, project: ProjectDoc, asset_ids: list[str]) -> None:
    """Move assets on in the workflow that no longer wait for more labelers."""
    for each in tx.assets.get_many(asset_ids):
        workflow.advance_waiting(tx, project, each)
