"""Views of plugins and webhooks, and of their versions."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain.documents import PluginDoc, PluginVersionDoc
from kili_emulator.domain.plugin import link_of
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked


def plugin_view(view: View, plugin: PluginDoc) -> dict[str, Any]:
    """A plugin or webhook as a row of a list.

    Returns:
        ``id``, ``name``, ``status``, ``projectIds``, ``createdAt``, ``updatedAt``; ``isWebhook``;
        the numbers of the newest ``version`` and of the ``activeVersion``, which runs; ``link``,
        if it is linked: ``path``, ``eventMatcher``, and ``error``, if the code there cannot run.
    """
    versions = view.plugin_versions.find("plugin", plugin["id"])
    link = link_of(plugin)
    active = view.plugin_versions.get(plugin["activeVersionId"] or "")
    return {
        "id": plugin["id"],
        "name": plugin["name"],
        "status": plugin["status"],
        "projectIds": plugin["projectIds"],
        "createdAt": plugin["createdAt"],
        "updatedAt": plugin["updatedAt"],
        "isWebhook": bool(versions) and versions[-1]["webhook"] is not None,
        "version": versions[-1]["number"] if versions else None,
        "activeVersion": active["number"] if active else None,
        "link": {**link, "error": link["error"] or _build_errors(view, versions)} if link else None,
    }


def _build_errors(view: View, versions: list[PluginVersionDoc]) -> str | None:
    """The errors of the build of the newest version, if it failed."""
    if not versions or versions[-1]["status"] != "FAILED":
        return None
    newest = versions[-1]
    lines = view.plugin_build_errors.find("plugin", newest["pluginId"])
    version_lines = [each for each in lines if each["versionId"] == newest["id"]]
    return "\n".join(each["content"] for each in version_lines if each["logType"] == "error")


def version_views(view: View, plugin: PluginDoc) -> list[dict[str, Any]]:
    """The versions of a plugin, oldest first.

    Returns:
        of each ``number``, ``status``, ``createdAt``, ``handlerTypes``, ``eventMatcher``,
        ``clientVersion``, ``digest``, ``webhook`` (its secrets masked), ``origin`` (the file that
        its ``main.py`` was read from, if the plugin was linked), and ``problems``: the
        messages of its build.
    """
    lines = view.plugin_build_errors.find("plugin", plugin["id"])
    return [
        {
            "number": version["number"],
            "status": version["status"],
            "createdAt": version["createdAt"],
            "handlerTypes": version["handlerTypes"],
            "eventMatcher": version["eventMatcher"],
            "clientVersion": version["clientVersion"],
            "digest": version["digest"],
            "webhook": masked(version["webhook"]),
            "origin": version["origin"],
            "problems": [each["content"] for each in lines if each["versionId"] == version["id"]],
        }
        for version in view.plugin_versions.find("plugin", plugin["id"])
    ]
