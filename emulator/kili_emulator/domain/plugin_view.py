"""Views of plugins and webhooks, and of their versions."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.domain.documents import (
    PluginDoc,
    PluginStatus,
    PluginVersionDoc,
    WebhookAddress,
)
from kili_emulator.domain.plugin import build_errors, is_webhook, link_of, newest_version
from kili_emulator.domain.world import View
from kili_emulator.rules.masking import masked


class LinkView(TypedDict):
    """The folder or file that a plugin runs from.

    - ``path``: the absolute path.
    - ``eventMatcher``: the event patterns for ``on_event``.
    - ``error``: the reason why the code on disk cannot run, or the errors of its build; ``None``
      without an error.
    """

    path: str
    eventMatcher: list[str]
    error: str | None


class PluginView(TypedDict):
    """A plugin or webhook as a row of a list.

    - ``projectIds``: the projects on which the plugin is active.
    - ``version``: the number of the newest version; ``None`` if there is no version.
    - ``activeVersion``: the number of the version that runs; ``None`` if no version was deployed.
    - ``link``: ``None`` if the plugin is not linked.
    """

    id: str
    name: str
    status: PluginStatus
    projectIds: list[str]
    createdAt: str
    updatedAt: str
    isWebhook: bool
    version: int | None
    activeVersion: int | None
    link: LinkView | None


class VersionView(TypedDict):
    """A version of a plugin.

    - ``handlerTypes``, ``eventMatcher``: the handlers and the event patterns that it subscribes to.
    - ``clientVersion``: the version of the SDK that created it; ``None`` if it is unknown.
    - ``digest``: the SHA-256 of the archive of the code; empty for a webhook.
    - ``webhook``: the address, with masked secrets; ``None`` for a version with code.
    - ``origin``: the path from which ``main.py`` was read, for a linked plugin; otherwise ``None``.
    - ``problems``: the errors and warnings of the build.
    """

    number: int
    status: PluginStatus
    createdAt: str
    handlerTypes: list[str]
    eventMatcher: list[str]
    clientVersion: str | None
    digest: str
    webhook: WebhookAddress | None
    origin: str | None
    problems: list[str]


def plugin_view(view: View, plugin: PluginDoc) -> PluginView:
    """Return a plugin or webhook as a row of a list."""
    newest = newest_version(view, plugin)
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
        "link": _link_view(view, plugin, newest),
    }


def _link_view(view: View, plugin: PluginDoc, newest: PluginVersionDoc | None) -> LinkView | None:
    link = link_of(plugin)
    if link is None:
        return None
    return {
        "path": link["path"],
        "eventMatcher": link["eventMatcher"],
        "error": link["error"] or _build_errors(view, newest),
    }


def _build_errors(view: View, newest: PluginVersionDoc | None) -> str | None:
    """Return the build errors of the newest version, or ``None`` if its build did not fail."""
    if not newest or newest["status"] != "FAILED":
        return None
    return "\n".join(build_errors(view, newest["pluginId"], newest["id"]))


def version_views(view: View, plugin: PluginDoc) -> list[VersionView]:
    """Return the versions of a plugin, oldest first."""
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
