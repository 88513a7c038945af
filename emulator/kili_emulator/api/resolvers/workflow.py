"""Mutations that move assets through the workflow."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import selected_asset, selected_assets
from kili_emulator.api.resolvers.outcome import AssetsOutcome, outcome, project_of
from kili_emulator.domain import asset as assets_of
from kili_emulator.domain import assignment, consensus, honeypot, member, workflow
from kili_emulator.domain import step as steps_of
from kili_emulator.domain.documents import AssetDoc, LabelDoc, MemberDoc, ProjectDoc
from kili_emulator.domain.filters import Where

mutation = MutationType()
asset = ObjectType("Asset")


@mutation.field("setAssetsPriority")
def set_assets_priority(_: Any, info: Info, where: Where, priority: int) -> AssetsOutcome:
    operation = "setAssetsPriority"
    with info.context.change() as tx:
        found = selected_assets(tx, operation, where)
        return outcome(*assets_of.set_priority(tx, operation, found, priority))


@mutation.field("addAssetsToReview")
def add_assets_to_review(_: Any, info: Info, where: Where) -> AssetsOutcome:
    operation = "addAssetsToReview"
    with info.context.change() as tx:
        return outcome(
            *workflow.add_to_review(tx, operation, selected_assets(tx, operation, where))
        )


@mutation.field("addAllLabeledAssetsToReview")
def add_all_labeled_assets_to_review(_: Any, info: Info, where: Where) -> ProjectDoc | None:
    operation = "addAllLabeledAssetsToReview"
    with info.context.change() as tx:
        moved, _declined = workflow.add_to_review(
            tx, operation, selected_assets(tx, operation, where)
        )
    return project_of(moved, info)


@mutation.field("sendAssetsBackToQueue")
def send_assets_back_to_queue(_: Any, info: Info, where: Where) -> AssetsOutcome:
    operation = "sendAssetsBackToQueue"
    with info.context.change() as tx:
        return outcome(*workflow.send_back(tx, operation, selected_assets(tx, operation, where)))


@mutation.field("sendBackAssetsToQueue")
def send_back_assets_to_queue(_: Any, info: Info, where: Where) -> ProjectDoc | None:
    operation = "sendBackAssetsToQueue"
    with info.context.change() as tx:
        found = selected_assets(tx, operation, where)
        workflow.send_back(tx, operation, found)
    return project_of(found, info)


@mutation.field("skipAsset")
def skip_asset(_: Any, info: Info, reason: str, where: Where) -> AssetDoc:
    operation = "skipAsset"
    with info.context.change() as tx:
        return workflow.skip(tx, operation, selected_asset(tx, operation, where), reason)


@mutation.field("unskipAsset")
def unskip_asset(
    _: Any,
    info: Info,
    projectId: str,  # noqa: N803
    assetId: str,  # noqa: N803
) -> bool:
    operation = "unskipAsset"
    where = {"id": assetId, "project": {"id": projectId}}
    with info.context.change() as tx:
        return not workflow.unskip(tx, operation, selected_asset(tx, operation, where))["skipped"]


@mutation.field("assignAssets")
def assign_assets(
    _: Any,
    info: Info,
    where: Where,
    userIds: list[str],  # noqa: N803
) -> AssetsOutcome:
    operation = "assignAssets"
    with info.context.change() as tx:
        found = selected_assets(tx, operation, where)
        return outcome(*assignment.assign(tx, operation, found, userIds))


@mutation.field("assignAssetsToLabelers")
def assign_assets_to_labelers(
    _: Any,
    info: Info,
    where: Where,
    userIds: list[str],  # noqa: N803
) -> list[AssetDoc]:
    operation = "assignAssetsToLabelers"
    with info.context.change() as tx:
        found = selected_assets(tx, operation, where)
        assigned, _declined = assignment.assign(tx, operation, found, userIds)
        return assigned


@mutation.field("setAssetConsensus")
def set_asset_consensus(
    _: Any,
    info: Info,
    projectId: str,  # noqa: N803
    isConsensus: bool,  # noqa: N803
    assetId: str | None = None,  # noqa: N803
    externalId: str | None = None,  # noqa: N803
) -> bool:
    operation = "setAssetConsensus"
    where: Where = {"project": {"id": projectId}, "id": assetId}
    if externalId is not None:
        where["externalIdStrictlyIn"] = [externalId]
    with info.context.change() as tx:
        consensus.set_consensus(
            tx, operation, selected_asset(tx, operation, where), active=isConsensus
        )
    return isConsensus


@mutation.field("createHoneypot")
def create_honeypot(_: Any, info: Info, data: dict[str, Any], where: Where) -> LabelDoc:
    operation = "createHoneypot"
    with info.context.change() as tx:
        return honeypot.create_honeypot(
            tx, operation, selected_asset(tx, operation, where), data["jsonResponse"]
        )


@asset.field("currentStep")
def current_step(owner: AssetDoc, info: Info) -> steps_of.AssetStep | None:
    if not owner["stepId"]:
        return None
    return steps_of.step_of_asset(info.context.view, owner, owner["stepId"])


@asset.field("latestLabels")
def latest_labels(owner: AssetDoc, info: Info) -> list[LabelDoc]:
    return workflow.latest_labels(info.context.view, owner)


@asset.field("toBeLabeledBy")
def to_be_labeled_by(owner: AssetDoc, info: Info) -> list[MemberDoc]:
    view = info.context.view
    project = view.projects.require(owner["projectId"])
    users = map(view.users.require, owner["assigneeIds"])
    members = (member.find_acting_member(view, user, project) for user in users)
    return [each for each in members if each]


BINDABLES = [mutation, asset]
