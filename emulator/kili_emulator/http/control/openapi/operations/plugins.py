"""The descriptions of the routes about plugins."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.domain.plugin_view import PluginView, VersionView
from kili_emulator.domain.why.explanation import Explanation
from kili_emulator.http.control.openapi.operation import Operation

_PLUGINS = "/worlds/<name>/plugins"


class PluginName(TypedDict):
    """The name or id of a plugin."""

    plugin: str


class _VersionNumber(TypedDict, total=False):
    version: int


class _FilesQuery(PluginName, _VersionNumber):
    pass


_DiffQuery = TypedDict("_DiffQuery", {"plugin": str, "from": int, "to": int})


class Diff(TypedDict):
    """A unified diff."""

    diff: str


class _LinkPlace(TypedDict):
    plugin: str
    path: str


class Link(_LinkPlace, total=False):
    """A plugin that runs from a folder.

    - ``path``: the absolute path of a folder or a ``.py`` file on the machine of the emulator.
    - ``projects``: ids or titles of projects to activate the plugin on.
    - ``eventMatcher``: the event patterns for ``on_event``.
    """

    projects: list[str]
    eventMatcher: list[str]


class _WhyQuery(TypedDict, total=False):
    label: str
    asset: str
    project: str
    event: str
    plugin: str


OPERATIONS = (
    Operation(
        "listPlugins", "GET", _PLUGINS, "List plugins and webhooks.", answer=list[PluginView]
    ),
    Operation(
        "listVersions",
        "GET",
        f"{_PLUGINS}/versions",
        "List the versions of a plugin, oldest first.",
        answer=list[VersionView],
        query=PluginName,
    ),
    Operation(
        "showFiles",
        "GET",
        f"{_PLUGINS}/files",
        "Return the source of a version, by path; by default, of the newest version.",
        answer=dict[str, str],
        query=_FilesQuery,
    ),
    Operation(
        "showDiff",
        "GET",
        f"{_PLUGINS}/diff",
        "Compare two versions of a plugin.",
        answer=Diff,
        query=_DiffQuery,
    ),
    Operation(
        "linkPlugin",
        "POST",
        f"{_PLUGINS}/link",
        "Run a plugin from a folder: saving a file there deploys it.",
        answer=PluginView,
        body=Link,
    ),
    Operation(
        "unlinkPlugin",
        "POST",
        f"{_PLUGINS}/unlink",
        "Remove the link of a plugin; its last version stays.",
        answer=PluginView,
        body=PluginName,
    ),
    Operation(
        "explainCalls",
        "GET",
        "/worlds/<name>/why",
        "Explain why plugins were called, or not. Give one of `label`, `asset` and `event`.",
        answer=Explanation,
        query=_WhyQuery,
    ),
)
