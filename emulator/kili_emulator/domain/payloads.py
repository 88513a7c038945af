"""The payloads of events and the arguments of handlers.

See contract/plugin.md#handlers, contract/event.md#subjects-and-payloads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kili_emulator.domain.documents import AssetDoc, LabelDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.world import View

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


def handler_payload(view: View, handler_type: str, event: Event) -> dict[str, Any] | None:
    """Return the arguments of a handler for an event that calls it, by name.

    The result is ``None`` if the label of the event has been deleted: the event then calls no
    handler. See contract/what-calls-plugins.md#arguments-of-handlers.
    """
    return HANDLER_ARGUMENTS[handler_type](view, event["payload"])


def _label_arguments(view: View, payload: dict[str, Any]) -> dict[str, Any] | None:
    label = view.labels.get(payload["labelId"])
    if label is None:
        return None
    return {"label": label_payload(view, label), "asset_id": label["assetId"]}


def _click_arguments(_view: View, payload: dict[str, Any]) -> dict[str, Any]:
    clicked = {"id": payload["labelId"], "jsonResponse": payload["jsonResponse"]}
    return {"label": clicked, "asset_id": payload["assetId"]}


def _asset_arguments(_view: View, payload: dict[str, Any]) -> dict[str, Any]:
    return {"asset_id": payload["assetId"]}


def _settings_arguments(_view: View, payload: dict[str, Any]) -> dict[str, Any]:
    return {"settings_updated": payload["settings"]}


# A handler type → the function that makes the arguments of the handler from the event's payload.
HANDLER_ARGUMENTS: Mapping[str, Callable[[View, dict[str, Any]], dict[str, Any] | None]] = {
    "onSubmit": _label_arguments,
    "onReview": _label_arguments,
    "onCustomInterfaceClick": _click_arguments,
    "onSendBackToQueue": _asset_arguments,
    "onProjectUpdated": _settings_arguments,
}


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
