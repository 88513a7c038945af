"""The descriptions of the routes that list projects, assets and labels."""

from __future__ import annotations

from typing import TypedDict

from kili_emulator.http.control.openapi.operation import Operation
from kili_emulator.services.content import AssetRows, LabelRows, ProjectRow

_WORLD = "/worlds/<name>"


class ProjectRows(TypedDict):
    """The projects of a world, oldest first."""

    projects: list[ProjectRow]


class _AssetQuery(TypedDict, total=False):
    project: str
    status: str
    limit: int


class _LabelQuery(TypedDict, total=False):
    project: str
    asset: str
    type: str
    limit: int


OPERATIONS = (
    Operation(
        "listProjects", "GET", f"{_WORLD}/projects", "List the projects.", answer=ProjectRows
    ),
    Operation(
        "listAssets",
        "GET",
        f"{_WORLD}/assets",
        "List assets, oldest first, those of a project or with a status.",
        answer=AssetRows,
        query=_AssetQuery,
    ),
    Operation(
        "listLabels",
        "GET",
        f"{_WORLD}/labels",
        "List the newest labels, oldest first, those of a project, an asset or a type.",
        answer=LabelRows,
        query=_LabelQuery,
    ),
)
