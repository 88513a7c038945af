"""How assets move through the workflow."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType

from emulator.api.context import Info
from emulator.api.resolvers.arguments import targets
from emulator.api.resolvers.outcome import Outcome, outcome, project_of
from emulator.domain import workflow
from emulator.domain.filters import Where
from emulator.storage.snapshot import Document

mutation = MutationType()


@mutation.field("setAssetsPriority")
def set_assets_priority(_: Any, info: Info, where: Where, priority: int) -> Outcome:
    operation = "setAssetsPriority"
    with info.context.change() as tx:
        found = targets(tx, operation, where)
        return outcome(*workflow.set_priority(tx, operation, found, priority))


@mutation.field("addAssetsToReview")
def add_assets_to_review(_: Any, info: Info, where: Where) -> Outcome:
    operation = "addAssetsToReview"
    with info.context.change() as tx:
        return outcome(*workflow.add_to_review(tx, operation, targets(tx, operation, where)))


@mutation.field("addAllLabeledAssetsToReview")
def add_all_labeled_assets_to_review(_: Any, info: Info, where: Where) -> Document | None:
    operation = "addAllLabeledAssetsToReview"
    with info.context.change() as tx:
        moved, _declined = workflow.add_to_review(tx, operation, targets(tx, operation, where))
    return project_of(moved, info)


@mutation.field("sendAssetsBackToQueue")
def send_assets_back_to_queue(_: Any, info: Info, where: Where) -> Outcome:
    operation = "sendAssetsBackToQueue"
    with info.context.change() as tx:
        return outcome(*workflow.send_back(tx, operation, targets(tx, operation, where)))


@mutation.field("sendBackAssetsToQueue")
def send_back_assets_to_queue(_: Any, info: Info, where: Where) -> Document | None:
    operation = "sendBackAssetsToQueue"
    with info.context.change() as tx:
        found = targets(tx, operation, where)
        workflow.send_back(tx, operation, found)
    return project_of(found, info)


BINDABLES = [mutation]
