"""Which plugins an event calls, by which handler, and with what (contract §8.5, §8.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator.domain import payloads, plugin
from emulator.domain.events import Event
from emulator.domain.plugin_subscription import PluginSubscription
from emulator.domain.world import BaseView
from emulator.rules import subjects
from emulator.storage.snapshot import Document

# The handler that is called for every event that a pattern of the plugin matches.
ON_EVENT = "onEvent"


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
    return [
        trigger
        for each in view.plugins.all()
        if event["projectId"] in each["projectIds"]
        for trigger in _triggers(view, each, event)
    ]


def _triggers(view: BaseView[Any], each: Document, event: Event) -> Iterator[Trigger]:
    """What an event calls of a plugin that is active where it happened."""
    asked = plugin.called_version(view, each) or PluginSubscription().members()
    about = event["payload"].get("assetId"), event["payload"].get("labelId")
    handler = payloads.handler_type(view, event)
    if handler and handler in asked["handlerTypes"]:
        yield Trigger(each, handler, payloads.handler_payload(view, event), *about)
    if _matches(asked["eventMatcher"], event["event"]):
        enveloped = subjects.gets_envelope(asked["clientVersion"])
        told = payloads.envelope(event) if enveloped else event["payload"]
        yield Trigger(each, ON_EVENT, {"payload": told}, *about)


def _matches(patterns: list[str], subject: str) -> bool:
    sent = subject in subjects.SENT_TO_PLUGINS
    return sent and any(subjects.matches(each, subject) for each in patterns)
