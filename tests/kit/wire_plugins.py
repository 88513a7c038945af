"""Activate plugins of an emulator in this process over HTTP, and read their output."""

from __future__ import annotations

from typing import Any

from tests.kit.wire import Wire


def first_project(wire: Wire) -> str:
    """Return the id of the world's first project."""
    return str(wire.emulator.world.view.projects.all()[0]["id"])


def activate_plugin(wire: Wire, name: str, project: str | None = None) -> None:
    """Activate a plugin on a project; by default, on the first project."""
    where = {"pluginName": name, "projectId": project or first_project(wire)}
    wire.call("activatePluginOnProject", where=where)


def submit_label(wire: Wire, place: int = 0) -> str:
    """Submit an empty label to the asset at this index, and return the id of the label."""
    return wire.append_label(wire.emulator.world.view.assets.all()[place]["id"])


def read_log(wire: Wire, name: str, project: str | None = None) -> list[tuple[str, str]]:
    """Return type and text of the lines of a plugin's log, oldest first."""
    data = {"pluginName": name, "projectId": project or first_project(wire)}
    lines = wire.call("getPluginLogs", data=data, selection="content logType")
    return [(line["logType"], line["content"]) for line in reversed(lines)]


def read_log_texts(wire: Wire, name: str, project: str | None = None) -> list[str]:
    """Return the texts of the lines of a plugin's log, oldest first."""
    return [text for _, text in read_log(wire, name, project)]


def read_build_errors(wire: Wire, name: str) -> list[str]:
    """Return the texts of a plugin's build errors, oldest first."""
    lines = wire.call("getPluginBuildErrors", data={"pluginName": name}, selection="content")
    return [line["content"] for line in reversed(lines)]


def find_runs(wire: Wire, name: str) -> list[dict[str, Any]]:
    """Return the runs of a plugin, oldest first."""
    view = wire.emulator.world.view
    (plugin,) = [each for each in view.plugins.all() if each["name"] == name]
    return list(view.runs.find("plugin", plugin["id"]))
