"""Which plugins an event calls, by which handler, and with what (contract §8.5, §8.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator import errors
from emulator.domain import payloads, plugin
from emulator.domain.documents import CalledFor, PluginDoc
from emulator.domain.events import Event
from emulator.domain.plugin_subscription import PluginSubscription
from emulator.domain.world import View
from emulator.rules import subjects
from emulator.rules.plugin_source import HANDLER_TYPES, ON_EVENT_METHOD

# The handler that is called for every event that a pattern of the plugin matches.
ON_EVENT = "onEvent"

# The method of PluginHandler that a handler type calls.
METHODS = {
    **{handler_type: method for method, handler_type in HANDLER_TYPES.items()},
    ON_EVENT: ON_EVENT_METHOD,
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

    plugin: PluginDoc
    handler: str
    payload: dict[str, Any]
    asset_id: str | None
    label_id: str | None


def triggered_by(view: View, event: Event) -> list[Trigger]:
    """The plugins that an event calls, in the order of their creation.

    Args:
        view: the world right after the event, which may have ended that a plugin is active.
    """
    return [
        trigger
        for each in view.plugins.all()
        if event["projectId"] in each["projectIds"] or each["id"] in event.get("pluginIds", ())
        for trigger in _triggers(view, each, event)
    ]


def called_by_hand(plugin_: PluginDoc, asked: CalledFor, event: Event) -> Trigger:
    """The call of a plugin for something that somebody says has happened.

    Args:
        asked: what the plugin asked to be called for.
        event: its subject is one that plugins are sent, or the name of a handler, of which the
            event's payload then has the arguments.

    Raises:
        KiliError: the plugin would not be called for it, or not with that.
    """
    subject, told = event["event"], event["payload"]
    about = _text(told.get("assetId")), _text(told.get("labelId"))
    if subject in subjects.SENT_TO_PLUGINS:
        if not subjects.asks_for(asked["eventMatcher"], subject):
            raise errors.trigger_not_called(plugin_["name"], subject, _calls(asked))
        enveloped = subjects.gets_envelope(asked["clientVersion"])
        payload = {"payload": payloads.envelope(event) if enveloped else told}
        return Trigger(plugin_, ON_EVENT, payload, *about)
    arguments = payloads.HANDLER_ARGUMENTS.get(subject)
    if arguments is None:
        raise errors.trigger_unknown_event(subject, payloads.HANDLER_ARGUMENTS)
    if subject not in asked["handlerTypes"]:
        raise errors.trigger_not_called(plugin_["name"], subject, _calls(asked))
    if told.keys() != set(arguments):
        raise errors.trigger_arguments(subject, arguments)
    label = told.get("label")
    label_id = label.get("id") if isinstance(label, dict) else None
    return Trigger(plugin_, subject, told, _text(told.get("asset_id")), _text(label_id))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _calls(asked: CalledFor) -> list[str]:
    return [*asked["handlerTypes"], *asked["eventMatcher"]]


def _triggers(view: View, each: PluginDoc, event: Event) -> Iterator[Trigger]:
    """What an event calls of a plugin that is active where it happened."""
    asked = plugin.called_version(view, each) or PluginSubscription().members()
    about = event["payload"].get("assetId"), event["payload"].get("labelId")
    handler = payloads.handler_type(view, event)
    if handler and handler in asked["handlerTypes"]:
        yield Trigger(each, handler, payloads.handler_payload(view, event), *about)
    if subjects.asks_for(asked["eventMatcher"], event["event"]):
        enveloped = subjects.gets_envelope(asked["clientVersion"])
        told = payloads.envelope(event) if enveloped else event["payload"]
        yield Trigger(each, ON_EVENT, {"payload": told}, *about)
