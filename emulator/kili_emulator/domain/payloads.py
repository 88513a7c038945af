"""The payloads of events and the arguments of handlers.

See contract/plugin.md#handlers, contract/event.md#subjects-and-payloads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kili_emulator.domain.documents import AssetDoc, LabelDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.world import View
from kili_emulator.rules.subjects import CUSTOM_INTERFACE_CLICKED, SENT_BACK, SETTINGS_CHANGED

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


def handler_payload(view: View, event: Event) -> dict[str, Any] | None:
    """The arguments of the handler that an event calls, by name; ``None`` without its label.

    The event of a label that has been deleted calls no handler.
    """
    payload = event["payload"]
    if event["event"] == SETTINGS_CHANGED:
        return {"settings_updated": payload["settings"]}
    if event["event"] == SENT_BACK:
        return {"asset_id": payload["assetId"]}
    if event["event"] == CUSTOM_INTERFACE_CLICKED:
        clicked = {"id": payload["labelId"], "jsonResponse": payload["jsonResponse"]}
        return {"label": clicked, "asset_id": payload["assetId"]}
    label = view.labels.get(payload["labelId"])
    if label is None:
        return None
    return {"label": label_payload(view, label), "asset_id": label["assetId"]}


def envelope(event: Event) -> dict[str, Any]:
    """Return an event with the declared members only, as clients outside the emulator get it.

    See contract/event.md#subjects-and-payloads.
    """
    members = ("event", "organizationId", "projectId", "userId", "payload")
    values: Mapping[str, Any] = event
    return {name: values[name] for name in members}


def label_payload(view: View, label: LabelDoc) -> dict[str, Any]:
    """Return the label as handlers get it: ``jsonResponse`` as a value, the author by id.

    For a review, ``search`` also has the id of the reviewed label.
    """
    search = dict(label["search"])
    values: Mapping[str, Any] = label
    if label["labelType"] == "REVIEW":
        search["id"] = label["referencedLabelId"] or _reviewed_label_id(view, label)
    return {
        **{member: values[member] for member in _LABEL_MEMBERS},
        "jsonResponse": json.loads(label["jsonResponse"]),
        "search": search,
        "readPermissionsFromProject": None,
    }


def _reviewed_label_id(view: View, review: LabelDoc) -> str | None:
    """Return the id of the newest submitted label that is older than the review."""
    labels = view.labels.find("asset", review["assetId"])
    ids = [each["id"] for each in labels]
    earlier = labels[: ids.index(review["id"])]
    submitted = [each["id"] for each in earlier if each["labelType"] == "DEFAULT"]
    return submitted[-1] if submitted else None


def asset_payload(asset: AssetDoc) -> dict[str, Any]:
    """Return the payload members that every event about an asset has.

    See contract/event.md#subjects-and-payloads.
    """
    return {"assetId": asset["id"], "externalId": asset["externalId"]}
