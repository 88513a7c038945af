"""Labels."""

from __future__ import annotations

import json
from typing import Any, cast

from ariadne import MutationType, ObjectType, QueryType, SubscriptionType

from kili_emulator import errors
from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import (
    check_selected,
    in_named_order,
    required_id,
    selected_assets,
)
from kili_emulator.domain import label as labels_of
from kili_emulator.domain import step as steps_of
from kili_emulator.domain.documents import AssetDoc, LabelDoc, UserDoc
from kili_emulator.domain.filters import Where
from kili_emulator.domain.label_subscription import ProjectLabelSubscription

query = QueryType()
mutation = MutationType()
subscription = SubscriptionType()
label = ObjectType("Label")


@query.field("labels")
def labels(_: Any, info: Info, where: Where, first: int, skip: int) -> list[LabelDoc]:
    return info.context.selection.labels(where).page(first, skip)


@query.field("countLabels")
def count_labels(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.labels(where).count()


@mutation.field("appendManyLabels")
def append_many_labels(_: Any, info: Info, data: dict[str, Any], where: Where) -> list[LabelDoc]:
    operation = "appendManyLabels"
    step = {name: data[name] for name in ("stepId", "stepName") if name in data}
    rows = [{**row, **step} for row in _rows(operation, data["labelsData"], where)]
    with info.context.change() as tx:
        check_selected(tx, where, [row["assetID"] for row in rows])
        return labels_of.append_labels(
            tx,
            operation,
            data["labelType"],
            rows,
            project_id=(where.get("project") or {}).get("id"),
            overwrite=bool(data.get("overwrite")),
        )


def _rows(operation: str, rows: list[dict[str, Any]], where: Where) -> list[dict[str, Any]]:
    """Complete each row with its asset: its own ``assetID``, or that of its index in ``idIn``."""
    asset_ids = where.get("idIn") or [None] * len(rows)
    if len(asset_ids) != len(rows):
        lengths = {"where.idIn": len(asset_ids), "data.labelsData": len(rows)}
        raise errors.lengths_differ(operation, lengths)
    complete = [
        {**row, "assetID": row.get("assetID") or asset_id}
        for row, asset_id in zip(rows, asset_ids, strict=True)
    ]
    for row in complete:
        if not row["assetID"] or row.get("jsonResponse") is None:
            raise errors.label_incomplete(operation)
    return complete


@mutation.field("updatePropertiesInLabel")
def update_label(_: Any, info: Info, data: dict[str, Any], where: Where) -> LabelDoc:
    label_id = required_id("updatePropertiesInLabel", where)
    members = {name: value for name, value in data.items() if value is not None}
    with info.context.change() as tx:
        return labels_of.update_label(tx, label_id, members)


@mutation.field("deleteLabels")
def delete_labels(_: Any, info: Info, ids: list[str]) -> list[str]:
    with info.context.change() as tx:
        return labels_of.delete_labels(tx, ids)


@mutation.field("appendToLabels")
def append_to_labels(_: Any, info: Info, data: dict[str, Any], where: Where) -> LabelDoc:
    asset_id = required_id("appendToLabels", where)
    with info.context.change() as tx:
        return labels_of.append_to_labels(
            tx, asset_id, data["labelType"], data, skipped=bool(data.get("skipped"))
        )


@mutation.field("createPredictions")
def create_predictions(_: Any, info: Info, data: dict[str, Any], where: Where) -> LabelDoc | None:
    operation = "createPredictions"
    with info.context.change() as tx:
        predictions = labels_of.create_predictions(
            tx,
            in_named_order(selected_assets(tx, operation, where), where),
            data.get("jsonResponseArray") or [],
            data.get("modelNameArray") or [],
        )
    return predictions[0] if predictions else None


def label_created_or_updated(
    _: Any,
    info: Info,
    projectID: str,  # noqa: N803
) -> ProjectLabelSubscription:
    followed = ProjectLabelSubscription(projectID)
    followed.check(info.context.access)
    return followed


subscription.set_source("labelCreatedOrUpdated", cast(Any, label_created_or_updated))


@label.field("author")
def author(owner: LabelDoc, info: Info) -> UserDoc:
    return info.context.anonymized_user(owner["authorId"], owner["projectId"])


@label.field("assetStep")
def asset_step(owner: LabelDoc, info: Info) -> steps_of.AssetStep | None:
    view = info.context.view
    if owner["stepId"] is None:
        return None
    return steps_of.step_of_asset(view, view.assets.require(owner["assetId"]), owner["stepId"])


@label.field("labelOf")
def label_of(owner: LabelDoc, info: Info) -> AssetDoc:
    return info.context.view.assets.require(owner["assetId"])


@label.field("chatItems")
def chat_items(_: LabelDoc, __: Info) -> list[LabelDoc]:
    """Return no chat items, because the emulator has no conversations with models."""
    return []


@label.field("jsonResponseUrl")
def json_response_url(_: LabelDoc, __: Info) -> None:
    """Return null, because the emulator always answers responses inline."""


@label.field("referencedLabel")
def referenced_label(owner: LabelDoc, info: Info) -> LabelDoc | None:
    return info.context.view.labels.get(owner["referencedLabelId"] or "")


@label.field("response")
def response(owner: LabelDoc, _: Info) -> Any:
    return json.loads(owner["jsonResponse"])


BINDABLES = [query, mutation, subscription, label]
