"""What events and handlers are told (contract §8.5, §8.9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emulator.domain.documents import AssetDoc, LabelDoc
from emulator.domain.events import Event
from emulator.domain.project_settings import SETTINGS_CHANGED
from emulator.domain.world import View

_LABEL_MEMBERS = (
    "id",
    "labelType",
    "numberOfAnnotations",
    "authorId",
    "modelName",
    "secondsToLabel",
    "isSentBackToQueue",
    "createdAt",
    "updatedAt",
    "version",
    "isLatestReviewLabelForUser",
    "isLatestLabelForUser",
    "isLatestDefaultLabelForUser",
)


# What calls a handler without being an event of the platform's.
CUSTOM_INTERFACE_CLICKED = "emulator.customInterface.clicked"
SENT_BACK = "emulator.asset.sentBackToQueue"

# what happened → the handler type that it calls
_HANDLER_TYPES = {
    "label.workflow.created.default": "onSubmit",
    "label.workflow.created.review": "onReview",
    CUSTOM_INTERFACE_CLICKED: "onCustomInterfaceClick",
    SENT_BACK: "onSendBackToQueue",
    SETTINGS_CHANGED: "onProjectUpdated",
}

# handler type → the names of its arguments
HANDLER_ARGUMENTS = {
    "onSubmit": ("label", "asset_id"),
    "onReview": ("label", "asset_id"),
    "onCustomInterfaceClick": ("label", "asset_id"),
    "onSendBackToQueue": ("asset_id",),
    "onProjectUpdated": ("settings_updated",),
}


def handler_of(subject: str) -> str | None:
    """The handler type that is called for what has this subject, if any."""
    return _HANDLER_TYPES.get(subject)


def handler_type(view: View, event: Event) -> str | None:
    """The handler type that something calls, if any: of a label that is gone, none."""
    handler = handler_of(event["event"])
    if handler in ("onSubmit", "onReview") and not view.labels.get(event["payload"]["labelId"]):
        return None
    return handler


def handler_payload(view: View, event: Event) -> dict[str, Any]:
    """The arguments of the handler that an event calls, by name."""
    told = event["payload"]
    if event["event"] == SETTINGS_CHANGED:
        return {"settings_updated": told["settings"]}
    if event["event"] == SENT_BACK:
        return {"asset_id": told["assetId"]}
    if event["event"] == CUSTOM_INTERFACE_CLICKED:
        clicked = {"id": told["labelId"], "jsonResponse": told["jsonResponse"]}
        return {"label": clicked, "asset_id": told["assetId"]}
    label = view.labels.the(told["labelId"])
    return {"label": label_payload(view, label), "asset_id": label["assetId"]}


def envelope(event: Event) -> dict[str, Any]:
    """An event as those outside get it: only what it declares (contract §8.9)."""
    members = ("event", "organizationId", "projectId", "userId", "payload")
    values: Mapping[str, Any] = event
    return {name: values[name] for name in members}


def label_payload(view: View, label: LabelDoc) -> dict[str, Any]:
    """The label as handlers get it: ``jsonResponse`` as a value, the author by id.

    For a review, ``search`` also has the id of the label that was reviewed.
    """
    search = dict(label["search"])
    values: Mapping[str, Any] = label
    if label["labelType"] == "REVIEW":
        search["id"] = label["referencedLabelId"] or _reviewed(view, label)
    return {
        **{member: values[member] for member in _LABEL_MEMBERS},
        "jsonResponse": json.loads(label["jsonResponse"]),
        "search": search,
        "readPermissionsFromProject": None,
    }


def _reviewed(view: View, review: LabelDoc) -> str | None:
    """The newest submitted label that is older than the review."""
    labels = view.labels.find("asset", review["assetId"])
    ids = [each["id"] for each in labels]
    earlier = labels[: ids.index(review["id"])]
    submitted = [each["id"] for each in earlier if each["labelType"] == "DEFAULT"]
    return submitted[-1] if submitted else None


def event_payload(asset: AssetDoc) -> dict[str, Any]:
    """The members that every event about an asset has (contract §8.9)."""
    return {"assetId": asset["id"], "externalId": asset["externalId"]}
