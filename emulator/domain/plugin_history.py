"""What became of a plugin, from its beginning: see :mod:`emulator.rules.plugin_history`."""

from __future__ import annotations

from emulator.domain import plugin as plugins_of
from emulator.domain.documents import EventDoc, PluginDoc, PluginVersionDoc
from emulator.domain.world import View
from emulator.rules.plugin_history import Became, Change, History, Version

_BECAME: dict[str, Became] = {
    plugins_of.ACTIVATED: "ACTIVATED",
    plugins_of.DEACTIVATED: "DEACTIVATED",
    plugins_of.BUILT: "BUILT",
    plugins_of.BUILD_FAILED: "BUILD_FAILED",
}


def history_of(view: View, plugin: PluginDoc) -> History:
    """All that became of a plugin."""
    versions = view.plugin_versions.find("plugin", plugin["id"])
    events = view.internal_events.find("plugin", plugin["id"])
    return History(
        view.plugins.position(plugin["id"]),
        plugin["createdAt"],
        tuple(_version(view, each) for each in versions),
        tuple(_change(view, each) for each in events if each["event"] in _BECAME),
    )


def _version(view: View, version: PluginVersionDoc) -> Version:
    return Version(
        view.plugin_versions.position(version["id"]),
        version["id"],
        version["number"],
        tuple(version["handlerTypes"]),
        tuple(version["eventMatcher"]),
        version["clientVersion"],
    )


def _change(view: View, event: EventDoc) -> Change:
    of = event["projectId"] or event["payload"]["versionId"]
    place = view.internal_events.position(event["id"])
    return Change(place, event["createdAt"], _BECAME[event["event"]], of)
