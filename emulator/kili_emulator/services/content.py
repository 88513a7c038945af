"""The content of a world as lists: projects, assets and labels, for all of its users."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict, get_args

from kili_emulator import errors
from kili_emulator.domain.documents import AssetDoc, LabelDoc, ProjectDoc
from kili_emulator.domain.lookup import find_asset, find_project
from kili_emulator.domain.world import View
from kili_emulator.rules.workflow import LabelType, Status, StepStatus

_SKIPPED = "SKIPPED"
_STATUSES = tuple(dict.fromkeys((*get_args(Status), *get_args(StepStatus), _SKIPPED)))


@dataclass(frozen=True)
class ContentQuery:
    """The conditions of a list; ``None`` selects everything.

    Attributes:
        project: the project's id or title.
        asset: the asset's id, or with ``project`` its external id.
        status: the status of an asset, or its status in its step; ``SKIPPED``.
        type: the type of a label; by default, all types but AUTOSAVE.
        limit: the largest number of rows: the oldest assets, the newest labels.
    """

    project: str | None = None
    asset: str | None = None
    status: str | None = None
    type: str | None = None
    limit: int | None = None


class ProjectRow(TypedDict):
    """A project; ``assets`` and ``labels`` are their numbers."""

    id: str
    title: str
    inputType: str
    archived: bool
    assets: int
    labels: int


class AssetRow(TypedDict):
    """An asset; ``step`` and ``stepStatus`` are ``None`` in a V1 project."""

    id: str
    externalId: str
    projectId: str
    status: Status
    skipped: bool
    step: str | None
    stepStatus: StepStatus | None
    labels: int


class LabelRow(TypedDict):
    """A label; ``author`` is an e-mail address."""

    id: str
    projectId: str
    assetId: str
    externalId: str
    labelType: LabelType
    author: str
    createdAt: str
    isLatest: bool
    jsonResponse: dict[str, Any]


class AssetRows(TypedDict):
    """Assets; ``total`` is their number without the limit."""

    assets: list[AssetRow]
    total: int


class LabelRows(TypedDict):
    """Labels; ``total`` is their number without the limit."""

    labels: list[LabelRow]
    total: int


def list_projects(view: View) -> list[ProjectRow]:
    """Return the projects of a world that are not deleted, oldest first."""
    return [
        {
            "id": each["id"],
            "title": each["title"],
            "inputType": each["inputType"],
            "archived": bool(each["archivedAt"]),
            "assets": view.assets.count("project", each["id"]),
            "labels": view.labels.count("project", each["id"]),
        }
        for each in _projects(view, None)
    ]


def list_assets(view: View, query: ContentQuery) -> AssetRows:
    """Return assets, oldest first.

    Raises:
        KiliError: the project is unknown, or there is no such status.
    """
    status = _known(query.status, "status", _STATUSES)
    found = [
        asset
        for project in _projects(view, query.project)
        for asset in view.assets.find("project", project["id"])
        if status is None or _has_status(asset, status)
    ]
    return {
        "assets": [_asset_row(view, each) for each in islice(found, query.limit)],
        "total": len(found),
    }


def list_labels(view: View, query: ContentQuery) -> LabelRows:
    """Return labels, oldest first; with a limit the newest.

    Raises:
        KiliError: project or asset is unknown, or there is no such type.
    """
    label_type = _known(query.type, "type", get_args(LabelType))
    found = [
        label
        for label in _labels(view, query)
        if label["labelType"] == label_type
        or (label_type is None and label["labelType"] != "AUTOSAVE")
    ]
    found.sort(key=lambda each: each["createdAt"])
    limit = len(found) if query.limit is None else query.limit
    return {
        "labels": [_label_row(view, each) for each in found[max(0, len(found) - limit) :]],
        "total": len(found),
    }


def _projects(view: View, name: str | None) -> list[ProjectDoc]:
    if name is not None:
        return [find_project(view, name)]
    return [each for each in view.projects.all() if not each["deletedAt"]]


def _labels(view: View, query: ContentQuery) -> list[LabelDoc]:
    if query.asset is None:
        projects = _projects(view, query.project)
        return [label for each in projects for label in view.labels.find("project", each["id"])]
    if query.project is not None:
        asset = find_asset(view, find_project(view, query.project), query.asset)
        return view.labels.find("asset", asset["id"])
    if view.assets.get(query.asset) is None:
        raise errors.asset_not_known(query.asset)
    return view.labels.find("asset", query.asset)


def _known(value: str | None, name: str, known: tuple[str, ...]) -> str | None:
    """Return a value in upper case.

    Raises:
        KiliError: it is not one of the known values.
    """
    if value is not None and value.upper() not in known:
        raise errors.parameter_invalid(name, f"one of {', '.join(known)}")
    return value and value.upper()


def _has_status(asset: AssetDoc, status: str) -> bool:
    if asset["skipped"]:
        return status == _SKIPPED
    return status in (asset["status"], asset["stepStatus"])


def _asset_row(view: View, asset: AssetDoc) -> AssetRow:
    step = view.steps.get(asset["stepId"] or "")
    return {
        "id": asset["id"],
        "externalId": asset["externalId"],
        "projectId": asset["projectId"],
        "status": asset["status"],
        "skipped": asset["skipped"],
        "step": step["name"] if step else None,
        "stepStatus": asset["stepStatus"],
        "labels": view.labels.count("asset", asset["id"]),
    }


def _label_row(view: View, label: LabelDoc) -> LabelRow:
    return {
        "id": label["id"],
        "projectId": label["projectId"],
        "assetId": label["assetId"],
        "externalId": view.assets.require(label["assetId"])["externalId"],
        "labelType": label["labelType"],
        "author": view.users.require(label["authorId"])["email"],
        "createdAt": label["createdAt"],
        "isLatest": label["isLatestLabelForUser"],
        "jsonResponse": json.loads(label["jsonResponse"]),
    }
