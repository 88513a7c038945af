"""The source of each version of a plugin: shown, and compared."""

from __future__ import annotations

import difflib
from typing import Any

from emulator import errors
from emulator.domain.documents import PluginDoc, PluginVersionDoc
from emulator.domain.plugin import link_of
from emulator.domain.run_record import find_plugin
from emulator.domain.world import View, World
from emulator.plugins.builder import BuildError, read_archive
from emulator.rules.masking import masked


def told_plugin(view: View, plugin: PluginDoc) -> dict[str, Any]:
    """A plugin in short.

    Returns:
        ``id``, ``name``, ``status``, ``projectIds``, ``createdAt``, ``updatedAt``; ``isWebhook``;
        the numbers of the newest ``version`` and of the ``activeVersion``, which runs; ``link``,
        if it is linked: ``path``, ``eventMatcher``, and ``error``, if what is there cannot run.
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
        "link": {**link, "error": link["error"] or _failure(view, versions)} if link else None,
    }


def _failure(view: View, versions: list[PluginVersionDoc]) -> str | None:
    """What the build of the newest version said, if that failed."""
    if not versions or versions[-1]["status"] != "FAILED":
        return None
    newest = versions[-1]
    lines = view.plugin_build_errors.find("plugin", newest["pluginId"])
    said = [each for each in lines if each["versionId"] == newest["id"]]
    return "\n".join(each["content"] for each in said if each["logType"] == "error")


def told_versions(view: View, name: str) -> list[dict[str, Any]]:
    """The versions of a plugin, oldest first.

    Returns:
        of each ``number``, ``status``, ``createdAt``, ``handlerTypes``, ``eventMatcher``,
        ``clientVersion``, ``digest``, ``webhook`` (its secrets masked), ``origin`` (the file that
        its ``main.py`` was read from, if the plugin was linked), and ``problems``: what its build
        said.

    Raises:
        KiliError: there is no such plugin.
    """
    plugin = find_plugin(view, name)
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


def files_of(world: World, name: str, number: int | None = None) -> dict[str, str]:
    """The source files of a version by path, in their order; bytes that are no text are marked.

    Args:
        number: the newest version's, unless given.

    Raises:
        KiliError: there is no such plugin, or no such version, or it has no readable source.
    """
    view = world.view
    versions = view.plugin_versions.find("plugin", find_plugin(view, name)["id"])
    found = [each for each in versions if number in (None, each["number"])]
    if not found:
        raise errors.plugin_version_unknown(name, number, len(versions))
    version = found[-1]
    if version["webhook"]:
        raise errors.plugin_without_source(name, version["number"], "it is a webhook")
    try:
        files = read_archive(world.blobs.get(version["digest"]))
    except BuildError as error:
        raise errors.plugin_without_source(name, version["number"], str(error)) from None
    return {path: files[path].decode(errors="backslashreplace") for path in sorted(files)}


def difference(world: World, name: str, old: int, new: int) -> str:
    """What changed from one version to another, as a unified diff over all files.

    Raises:
        KiliError: as of :func:`files_of`.
    """
    before, after = files_of(world, name, old), files_of(world, name, new)
    lines: list[str] = []
    for path in sorted({*before, *after}):
        lines += difflib.unified_diff(
            before.get(path, "").splitlines(),
            after.get(path, "").splitlines(),
            f"{old}/{path}" if path in before else "/dev/null",
            f"{new}/{path}" if path in after else "/dev/null",
            lineterm="",
        )
    return "".join(f"{line}\n" for line in lines)
