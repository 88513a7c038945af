"""Events of marks, in a workflow with steps."""

from __future__ import annotations

from typing import Any

from emulator.domain.quality import refresh_marks
from emulator.domain.world import Actor
from tests.contract.events.registry import Stage, causes


@causes(
    "asset.analytics.consensus.computed",
    "asset.analytics.honeypot.computed",
    "asset.analytics.reviewScore.computed",
    computed_in="domain/quality.py:_tell",
)
def _(stage: Stage) -> None:
    """A honeypot used for consensus, with two labels, one of them reviewed."""
    world = stage.wire.emulator.world
    with world.transaction(Actor(world.view.users.the(stage.names["ada"]))) as tx:
        target = tx.assets.the(stage.names["street"])
        label, review = tx.labels.find("asset", target["id"])
        copies: list[dict[str, Any]] = [
            {"authorId": stage.names["ada"]},
            {"labelType": "REVIEW", "isHoneypot": True},
        ]
        for copied in copies:
            tx.labels.insert({**label, "id": tx.new_id(), **copied})
        tx.projects.change(tx.projects.the(target["projectId"]), workflowVersion="V2")
        members = {"isHoneypot": True, "isUsedForConsensus": True, "stepId": tx.new_id()}
        refresh_marks(tx, tx.assets.change(target, **members))
        assert review["labelType"] == "REVIEW"
