"""Which plugins an event calls, by which handler, and with what (contract §8.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator.domain import payloads, plugin
from emulator.domain.events import Event
from emulator.domain.world import BaseView
from emulator.storage.snapshot import Document

# event → the handler type it causes
_HANDLER_TYPES = {
    "label.workflow.created.default": "onSubmit",
    "label.workflow.created.review": "onReview",
}


@dataclass(frozen=True)
class Trigger:
    """A plugin to be called for an event.

    Attributes:
        handler: the handler type, such as ``onSubmit``.
        payload: the handler's arguments, by name.
        asset_id: the asset that the event is about, if any; log lines say so.
        label_id: likewise the label.
    """

    plugin: Document
    handler: str
    payload: dict[str, Any]
    asset_id: str | None
    label_id: str | None


def triggered_by(view: BaseView[Any], event: Event) -> list[Trigger]:
    """The plugins that an event calls, in the order of their creation.

    Args:
        view: the world right after the event.
    """
    handler = _HANDLER_TYPES.get(event["event"])
    label = view.labels.get(event["payload"]["labelId"]) if handler else None
    if handler is None or label is None:
        return []
    called = [each for each in _active_on(view, event["projectId"]) if _has(view, each, handler)]
    payload = payloads.handler_payload(view, event) if called else {}
    return [Trigger(each, handler, payload, label["assetId"], label["id"]) for each in called]


def _active_on(view: BaseView[Any], project_id: str) -> list[Document]:
    return [each for each in view.plugins.all() if project_id in each["projectIds"]]


def _has(view: BaseView[Any], each: Document, handler: str) -> bool:
    return handler in plugin.handler_types(view, each)
