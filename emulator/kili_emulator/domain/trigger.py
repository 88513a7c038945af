"""The decisions which plugins an event calls, with which handler and arguments.

See contract/plugin.md#handlers, contract/event.md#patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kili_emulator import errors
from kili_emulator.domain import payloads
from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import CallConditions, PluginDoc
from kili_emulator.domain.event_bus import Event
from kili_emulator.domain.plugin_state import get_plugin_state
from kili_emulator.domain.world import View
from kili_emulator.rules import handlers, subjects
from kili_emulator.rules.blockers import (
    Blockers,
    PluginState,
    PluginVersion,
    ReasonCode,
    called_handlers,
    find_blockers,
)
from kili_emulator.rules.handlers import BY_TYPE, ON_EVENT


@dataclass(frozen=True)
class Trigger:
    """A call of a plugin for an event.

    Attributes:
        handler: the handler type, such as ``onSubmit``.
        payload: the handler's arguments, by name.
        asset_id: the asset that the event is about, or ``None``; log lines have it.
        label_id: the label that the event is about, or ``None``; log lines have it.
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
    """The decisions for a transaction: the plugins that its events call, and the others.

    Attributes:
        called: the id of an event → the calls, in the order of the plugins' creation. A call of a
            plugin without a built version is listed, too: it becomes a refused run, which the
            plugin's log shows.
        not_called: the other plugins of the organization, and the plugins without a built version.
    """

    called: dict[str, list[Trigger]]
    not_called: list[NotCalled]


def decide_calls(view: View, events: list[Event]) -> DispatchDecisions:
    """Decide which plugins the events of one transaction call.

    Args:
        view: the world after the transaction, which may have deactivated a plugin.
    """
    if not view.plugins:
        return DispatchDecisions({}, [])
    dispatch = _Dispatch(view)
    public_events = [each for each in events if each["event"] not in plugin_domain.LIFECYCLE_EVENTS]
    called = {each["id"]: list(dispatch.triggers(each)) for each in public_events}
    return DispatchDecisions(called, list(dispatch.not_called.values()))


def is_offered_to(each: PluginDoc, project_id: str, organization_id: str | None) -> bool:
    """Return whether events of a project are offered to a plugin, which may then be called or not.

    Args:
        organization_id: the organization of the project.
    """
    return each["organizationId"] == organization_id or project_id in each["projectIds"]


# The ids of a plugin and a project, and the subject of an event.
_Key = tuple[str, str, str]


class _Dispatch:
    """The decisions for one transaction, made once for each plugin, project and subject."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._plugins = view.plugins.all()
        self._candidates: dict[tuple[str, ...], list[PluginDoc]] = {}
        self._states: dict[tuple[str, str], PluginState] = {}
        self._blockers: dict[_Key, Blockers] = {}
        self.not_called: dict[_Key, NotCalled] = {}

    def triggers(self, event: Event) -> Iterator[Trigger]:
        """Yield the calls for an event; add the decisions not to call to ``not_called``."""
        project_id, subject = event["projectId"], event["event"]
        listed_ids = event.get("pluginIds", ())
        for plugin in self._plugins_of_project(project_id, listed_ids):
            key = (plugin["id"], project_id, subject)
            plugin_blockers = self._find_blockers(key, plugin)
            state = self._states[plugin["id"], project_id]
            is_active = plugin_blockers.activity is None or plugin["id"] in listed_ids
            if is_active and plugin_blockers.subscription is None:
                yield from _triggers(self._view, plugin, state.version, event)
            if key not in self.not_called and (
                not is_active or plugin_blockers.deployment or plugin_blockers.subscription
            ):
                reasons = tuple(plugin_blockers.codes())
                self.not_called[key] = NotCalled(plugin, project_id, subject, reasons, state)

    def _plugins_of_project(self, project_id: str, listed_ids: Sequence[str]) -> list[PluginDoc]:
        """Return the plugins of the project's organization, and others that are or were active."""
        key = (project_id, *listed_ids)
        if key not in self._candidates:
            project = self._view.projects.get(project_id)
            owner = project["organizationId"] if project else None
            self._candidates[key] = [
                each
                for each in self._plugins
                if each["id"] in listed_ids or is_offered_to(each, project_id, owner)
            ]
        return self._candidates[key]

    def _find_blockers(self, key: _Key, plugin: PluginDoc) -> Blockers:
        if key not in self._blockers:
            plugin_id, project_id, subject = key
            if (plugin_id, project_id) not in self._states:
                state = get_plugin_state(self._view, plugin, project_id)
                self._states[plugin_id, project_id] = state
            self._blockers[key] = find_blockers(subject, self._states[plugin_id, project_id])
        return self._blockers[key]


def trigger_by_hand(plugin: PluginDoc, conditions: CallConditions, event: Event) -> Trigger:
    """Return the call of a plugin for an event that has not happened.

    Args:
        conditions: the handlers and events that the plugin is called for.
        event: an event whose subject plugins can match; or one whose subject is a handler type and
            whose payload has the handler's arguments by name.

    Raises:
        KiliError: the plugin is not called for this subject, or not with this payload.
    """
    subject, event_payload = event["event"], event["payload"]
    subject_ids = (
        _text_or_none(event_payload.get("assetId")),
        _text_or_none(event_payload.get("labelId")),
    )
    if subject in subjects.SENT_TO_PLUGINS:
        if not subjects.subscribes_to(conditions["eventMatcher"], subject):
            subscribed = _handlers_and_patterns(conditions)
            raise errors.trigger_event_not_subscribed(plugin["name"], subject, subscribed)
        enveloped = subjects.gets_envelope(conditions["clientVersion"])
        payload = {"payload": payloads.envelope(event) if enveloped else event_payload}
        return Trigger(plugin, ON_EVENT.type, payload, *subject_ids)
    if subject not in BY_TYPE:
        raise errors.trigger_event_unknown(subject, BY_TYPE)
    if subject not in conditions["handlerTypes"]:
        subscribed = _handlers_and_patterns(conditions)
        raise errors.trigger_event_not_subscribed(plugin["name"], subject, subscribed)
    arguments = BY_TYPE[subject].arguments
    if event_payload.keys() != set(arguments):
        raise errors.trigger_arguments_invalid(subject, arguments)
    label = event_payload.get("label")
    label_id = label.get("id") if isinstance(label, dict) else None
    return Trigger(
        plugin,
        subject,
        event_payload,
        _text_or_none(event_payload.get("asset_id")),
        _text_or_none(label_id),
    )


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _handlers_and_patterns(conditions: CallConditions) -> list[str]:
    return [*conditions["handlerTypes"], *conditions["eventMatcher"]]


def _triggers(
    view: View, plugin: PluginDoc, version: PluginVersion | None, event: Event
) -> Iterator[Trigger]:
    """Yield the calls of a plugin for an event; one without a version has default handlers."""
    version = version or PluginVersion("", 0, handlers.DEFAULT_TYPES)
    subject_ids = event["payload"].get("assetId"), event["payload"].get("labelId")
    for handler in called_handlers(version, event["event"]):
        if handler == ON_EVENT.type:
            enveloped = subjects.gets_envelope(version.client)
            payload = payloads.envelope(event) if enveloped else event["payload"]
            yield Trigger(plugin, handler, {"payload": payload}, *subject_ids)
        elif arguments := payloads.handler_payload(view, handler, event):
            yield Trigger(plugin, handler, arguments, *subject_ids)
