"""Honeypots: assets with a known right answer (contract/quality.md#honeypots)."""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain import asset as assets
from kili_emulator.domain import label, quality, step, workflow
from kili_emulator.domain.documents import AssetDoc, LabelDoc
from kili_emulator.domain.world import Transaction


def create_honeypot(tx: Transaction, operation: str, asset: AssetDoc, response: str) -> LabelDoc:
    """Make an asset a honeypot: store the right answer, with which its labels are compared.

    Raises:
        KiliError: the actor may not do this, no step of the project uses honeypots, or the response
            does not fit the interface.
    """
    project = tx.access.require_project(operation, asset["projectId"])
    steps = step.steps_of(tx, project["id"])
    if steps and not any(each["useHoneypot"] for each in steps):
        raise errors.honeypot_step_missing(operation)
    honeypot_label = label.insert_honeypot_label(tx, operation, asset, response)
    asset = assets.change(tx, tx.assets.require(asset["id"]), {"isHoneypot": True})
    quality.refresh_marks(tx, asset)
    workflow.emit_event(tx, "label.workflow.created.honeypot", asset, labelId=honeypot_label["id"])
    return tx.labels.require(honeypot_label["id"])
