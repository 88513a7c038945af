"""Which plugins an event calls, by which handler, and with what.

See contract/plugin.md#handlers, contract/event.md#patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kili_emulator import errors
from kili_emulator.domain import payloads, plugin
from kili_emulator.domain.documents import CallConditions, PluginDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.plugin_state import get_plugin_state
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import View
from kili_emulator.rules import subjects
from kili_emulator.rules.blockers import Blockers, PluginState, ReasonCode, blockers
from kili_emulator.rules.handlers import BY_TYPE, ON_EVENT


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


class NotCalled(NamedTuple):
    """The decision not to call a plugin for events of one subject on a project.

    Attributes:
        reasons: why, the most basic reason first.
        state: the state of the plugin on the project.
    """

    plugin: PluginDoc
    project_id: str
    subject: str
    reasons: tuple[ReasonCode, ...]
    state: PluginState


class DispatchDecisions(NamedTuple):
    """Which plugins the events of a transaction call, and which they do not.

    Attributes:
        called: the id of an event → the calls, in the order of the plugins' creation. Where no
            version is built yet, a run is recorded, too, and refused, so that the log shows it.
        not_called: the other plugins of the organization, and those whose run is refused because
            no version is built.
    """

    called: dict[str, list[Trigger]]
    not_called: list[NotCalled]


def decide_calls(view: View, events: list[Event]) -> DispatchDecisions:
    """Decide which plugins the events of one transaction call.

    Args:
        view: the world after the transaction, in which a plugin may have been deactivated.
    """
    dispatch = _Dispatch(view)
    public_events = [each for each in events if each["event"] not in plugin.LIFECYCLE_EVENTS]
    called = {each["id"]: list(dispatch.triggers(each)) for each in public_events}
    return DispatchDecisions(called, list(dispatch.not_called.values()))


# The ids of a plugin and a project, and the subject of an event.
_Key = tuple[str, str, str]


class _Dispatch:
    """Decides for the events of one transaction, once for each plugin, project and subject."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._plugins = view.plugins.all()
        self._candidates: dict[tuple[str, ...], list[PluginDoc]] = {}
        self._states: dict[tuple[str, str], PluginState] = {}
        self._blockers: dict[_Key, Blockers] = {}
        self.not_called: dict[_Key, NotCalled] = {}

    def triggers(self, event: Event) -> Iterator[Trigger]:
        """The calls for an event; the decisions not to call are kept."""
        project_id, subject = event["projectId"], event["event"]
        listed_ids = event.get("pluginIds", ())
        for each in self._plugins_of_project(project_id, listed_ids) if self._plugins else ():
            key = (each["id"], project_id, subject)
            plugin_blockers = self._find_blockers(key, each)
            is_active = plugin_blockers.activity is None or each["id"] in listed_ids
            if is_active and plugin_blockers.subscription is None:
                yield from _triggers(self._view, each, event)
            if key not in self.not_called and (
                not is_active or plugin_blockers.deployment or plugin_blockers.subscription
            ):
                state = self._states[each["id"], project_id]
                reasons = tuple(plugin_blockers.codes())
                self.not_called[key] = NotCalled(each, project_id, subject, reasons, state)

    def _plugins_of_project(self, project_id: str, listed_ids: Sequence[str]) -> list[PluginDoc]:
        """The plugins of the project's organization, and others that are or were active there."""
        key = (project_id, *listed_ids)
        if key not in self._candidates:
            project = self._view.projects.get(project_id)
            owner = project["organizationId"] if project else None
            self._candidates[key] = [
                each
                for each in self._plugins
                if each["organizationId"] == owner
                or project_id in each["projectIds"]
                or each["id"] in listed_ids
            ]
        return self._candidates[key]

    def _find_blockers(self, key: _Key, each: PluginDoc) -> Blockers:
        if key not in self._blockers:
            plugin_id, project_id, subject = key
            if (plugin_id, project_id) not in self._states:
                self._states[plugin_id, project_id] = get_plugin_state(self._view, each, project_id)
            self._blockers[key] = blockers(subject, self._states[plugin_id, project_id])
        return self._blockers[key]


def trigger_by_hand(plugin_: PluginDoc, asked: CallConditions, event: Event) -> Trigger:
    """The call of a plugin for something that somebody says has happened.

    Args:
        asked: what the plugin asked to be called for.
        event: its subject is one that plugins are sent, or the name of a handler, of which the
            event's payload then has the arguments.

    Raises:
        KiliError: the plugin would not be called for it, or not with that.
    """
    subject, event_payload = event["event"], event["payload"]
    subject_ids = (
        _text_or_none(event_payload.get("assetId")),
        _text_or_none(event_payload.get("labelId")),
    )
    if subject in subjects.SENT_TO_PLUGINS:
        if not subjects.subscribes_to(asked["eventMatcher"], subject):
            raise errors.trigger_event_not_subscribed(plugin_["name"], subject, _called_for(asked))
        enveloped = subjects.gets_envelope(asked["clientVersion"])
        payload = {"payload": payloads.envelope(event) if enveloped else event_payload}
        return Trigger(plugin_, ON_EVENT.type, payload, *subject_ids)
    if subject not in BY_TYPE:
        raise errors.trigger_event_unknown(subject, BY_TYPE)
    if subject not in asked["handlerTypes"]:
        raise errors.trigger_event_not_subscribed(plugin_["name"], subject, _called_for(asked))
    arguments = BY_TYPE[subject].arguments
    if event_payload.keys() != set(arguments):
        raise errors.trigger_arguments_invalid(subject, arguments)
    label = event_payload.get("label")
    label_id = label.get("id") if isinstance(label, dict) else None
    return Trigger(
        plugin_,
        subject,
        event_payload,
        _text_or_none(event_payload.get("asset_id")),
        _text_or_none(label_id),
    )


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _called_for(asked: CallConditions) -> list[str]:
    return [*asked["handlerTypes"], *asked["eventMatcher"]]


def _triggers(view: View, each: PluginDoc, event: Event) -> Iterator[Trigger]:
    """The calls of a plugin for an event; one without a version gets the default handlers."""
    asked = plugin.called_version(view, each) or PluginSubscription().members()
    subject_ids = event["payload"].get("assetId"), event["payload"].get("labelId")
    handler = payloads.handler_type(view, event)
    if handler and handler in asked["handlerTypes"]:
        yield Trigger(each, handler, payloads.handler_payload(view, event), *subject_ids)
    if subjects.subscribes_to(asked["eventMatcher"], event["event"]):
        enveloped = subjects.gets_envelope(asked["clientVersion"])
        event_payload = payloads.envelope(event) if enveloped else event["payload"]
        yield Trigger(each, ON_EVENT.type, {"payload": event_payload}, *subject_ids)
