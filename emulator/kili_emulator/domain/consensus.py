"""Consensus: assets that several people label (contract/workflow.md#consensus-in-the-workflow)."""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain import access, quality, step, workflow
from kili_emulator.domain.documents import AssetDoc, ProjectDoc
from kili_emulator.domain.world import Transaction


def set_consensus(tx: Transaction, operation: str, asset: AssetDoc, *, active: bool) -> None:
    """Have an asset of a workflow with steps labeled by several people, or by one again.

    Raises:
        KiliError: its project has no steps, its step no consensus, or somebody has begun with it.
    """
    access.require_project(tx, operation, asset["projectId"])
    place = workflow.get_step_position(asset)
    if place is None:
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_NEEDS_STEPS)
    current_step = tx.steps.require(place.step_id)
    if current_step["type"] != "DEFAULT" or place.status != "TO_DO":
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_ASSET_STARTED)
    if (current_step["numberOfExpectedLabelsForConsensus"] or 1) < 2:
        raise errors.consensus_not_possible(operation, errors.CONSENSUS_NOT_ENABLED)
    if asset["isUsedForConsensus"] == active:
        return
    asset = tx.assets.change(asset, isUsedForConsensus=active, updatedAt=tx.now)
    verb = "activated" if active else "deactivated"
    subject = f"asset.workflow.step.consensus.{verb}"
    workflow.emit_event(tx, subject, asset, stepId=place.step_id)
    quality.refresh_marks(tx, asset)


def redraw_consensus_assets(tx: Transaction, project: ProjectDoc) -> None:
    """Draw anew which assets that nobody has begun are used for consensus."""
    steps = step.steps_of(tx, project["id"])
    for each in tx.assets.find("project", project["id"]):
        if each["status"] == "TODO" and not each["skipped"]:
            is_drawn = step.draw_for_consensus(tx, project, steps)
            if is_drawn != each["isUsedForConsensus"]:
                tx.assets.change(each, isUsedForConsensus=is_drawn, updatedAt=tx.now)


def waiting_asset_ids(tx: Transaction, project: ProjectDoc) -> list[str]:
    """The assets of a project that were labeled, and wait for more labelers; their ids."""
    assets = tx.assets.find("project", project["id"])
    return [each["id"] for each in assets if workflow.waits_for_labelers(tx, project, each)]


def advance_waiting(tx: Transaction, project: ProjectDoc, asset_ids: list[str]) -> None:
    """Have assets that waited for more labelers go on, where nobody waits for these any more."""
    for each in tx.assets.get_many(asset_ids):
        workflow.advance_waiting(tx, project, each)
