"""The state of a plugin on a project, read from the documents of a view."""

from __future__ import annotations

from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import EventDoc, PluginDoc, PluginVersionDoc
from kili_emulator.domain.world import View
from kili_emulator.rules.blockers import Activity, Deployment, PluginState, PluginVersion

_DEPLOYMENTS: dict[str, Deployment] = {
    "ACTIVE": "BUILT",
    "DEPLOYING": "DEPLOYING",
    "FAILED": "BUILD_FAILED",
}


def get_plugin_state(view: View, plugin: PluginDoc, project_id: str) -> PluginState:
    """Return the activity and deployment of a plugin on a project."""
    changes = _activation_events(view, plugin, project_id)
    activations = [
        each["createdAt"] for each in changes if each["event"] == plugin_domain.ACTIVATED
    ]
    called = plugin_domain.called_version(view, plugin)
    newest = plugin_domain.newest_version(view, plugin)
    is_built = plugin["activeVersionId"] is not None
    return PluginState(
        _activity(plugin, project_id, changes),
        changes[-1]["createdAt"] if changes else None,
        "BUILT" if is_built else _deployment(newest),
        _version(called),
        _version(newest),
        _deployment(newest),
        activations[0] if activations else None,
    )


def _activity(plugin: PluginDoc, project_id: str, changes: list[EventDoc]) -> Activity:
    if project_id in plugin["projectIds"]:
        return "ACTIVE"
    return "DEACTIVATED" if changes else "NEVER_ACTIVE"


def _activation_events(view: View, plugin: PluginDoc, project_id: str) -> list[EventDoc]:
    """Return the activation and deactivation events of a plugin on a project, in order."""
    event_names = (plugin_domain.ACTIVATED, plugin_domain.DEACTIVATED)
    events = view.internal_events.find("plugin", plugin["id"])
    return [
        each for each in events if each["projectId"] == project_id and each["event"] in event_names
    ]


def _deployment(version: PluginVersionDoc | None) -> Deployment:
    return _DEPLOYMENTS[version["status"]] if version else "NOTHING_DEPLOYED"


def _version(version: PluginVersionDoc | None) -> PluginVersion | None:
    if version is None:
        return None
    return PluginVersion(
        version["id"],
        version["number"],
        version["handlerTypes"],
        version["eventMatcher"],
        version["clientVersion"],
    )
