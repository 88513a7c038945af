"""What events and handlers are told (contract §8.5, §8.9)."""

from __future__ import annotations

import json
from typing import Any

from emulator.domain.events import Event
from emulator.domain.world import BaseView
from emulator.storage.snapshot import Document

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


def handler_payload(view: BaseView[Any], event: Event) -> dict[str, Any]:
    """The arguments of ``on_submit`` or ``on_review``: ``{"label": …, "asset_id": …}``."""
    label = view.labels.the(event["payload"]["labelId"])
    return {"label": label_payload(view, label), "asset_id": label["assetId"]}


def label_payload(view: BaseView[Any], label: Document) -> dict[str, Any]:
    """The label as handlers get it: ``jsonResponse`` as a value, the author by id.

    For a review, ``search`` also has the id of the label that was reviewed.
    """
    search = dict(label["search"])
    if label["labelType"] == "REVIEW":
        search["id"] = label["referencedLabelId"] or _reviewed(view, label)
    return {
        **{member: label[member] for member in _LABEL_MEMBERS},
        "jsonResponse": json.loads(label["jsonResponse"]),
        "search": search,
        "readPermissionsFromProject": None,
    }


def _reviewed(view: BaseView[Any], review: Document) -> str | None:
    """The newest submitted label that is older than the review."""
    labels = view.labels.find("asset", review["assetId"])
    ids = [each["id"] for each in labels]
    earlier = labels[: ids.index(review["id"])]
    submitted = [each["id"] for each in earlier if each["labelType"] == "DEFAULT"]
    return submitted[-1] if submitted else None


def event_payload(asset: Document) -> dict[str, Any]:
    """The members that every event about an asset has (contract §8.9)."""
    return {"assetId": asset["id"], "externalId": asset["externalId"]}
