"""Views of plugins and webhooks, and of their versions."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain.documents import PluginDoc, PluginVersionDoc
from kili_emulator.domain.plugin import build_errors, is_webhook, link_of, newest_version
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked


def plugin_view(view: View, plugin: PluginDoc) -> dict[str, Any]:
    """Return a plugin or webhook as a row of a list.

    Returns:
        ``id``, ``name``, ``status``, ``projectIds``, ``createdAt``, ``updatedAt``; ``isWebhook``;
        ``version``, the number of the newest version; ``activeVersion``, the number of the version
        that runs; and ``link``: ``None``, or ``path``, ``eventMatcher`` and ``error``, the reason
        for which the code in the folder cannot run, or ``None``.
    """
    newest = newest_version(view, plugin)
    link = link_of(plugin)
    active = view.plugin_versions.get(plugin["activeVersionId"] or "")
    return {
        "id": plugin["id"],
        "name": plugin["name"],
        "status": plugin["status"],
        "projectIds": plugin["projectIds"],
        "createdAt": plugin["createdAt"],
        "updatedAt": plugin["updatedAt"],
        "isWebhook": is_webhook(view, plugin),
        "version": newest["number"] if newest else None,
        "activeVersion": active["number"] if active else None,
        "link": {**link, "error": link["error"] or _build_errors(view, newest)} if link else None,
    }


def _build_errors(view: View, newest: PluginVersionDoc | None) -> str | None:
    """Return the build errors of the newest version, or ``None`` if its build did not fail."""
    if not newest or newest["status"] != "FAILED":
        return None
    return "\n".join(build_errors(view, newest["pluginId"], newest["id"]))


def version_views(view: View, plugin: PluginDoc) -> list[dict[str, Any]]:
    """Return the versions of a plugin, oldest first.

    Returns:
        a dictionary per version: ``number``, ``status``, ``createdAt``, ``handlerTypes``,
        ``eventMatcher``, ``clientVersion``, ``digest``, ``webhook`` (with masked secrets),
        ``origin`` (the path from which ``main.py`` was read, for a linked plugin), and
        ``problems`` (the messages of the build).
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
