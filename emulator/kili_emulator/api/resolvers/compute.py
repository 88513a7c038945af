"""Fields that answer what another one answers, under the name that old clients know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ariadne import ObjectType
from graphql import default_field_resolver

from kili_emulator.api.context import Info

TWINS: dict[str, tuple[str, ...]] = {
    "Asset": (
        "consensusMark",
        "duration",
        "honeypotMark",
        "inferenceMark",
        "latestLabel",
        "metadata",
        "projectId",
        "skipped",
        "status",
    ),
    "Label": (
        "assetId",
        "authorId",
        "honeypotMark",
        "inferenceMark",
        "isLatestDefaultLabelForUser",
        "isLatestLabelForUser",
        "isLatestPredictionLabelForUser",
        "isLatestReviewLabelForUser",
        "numberOfAnnotations",
        "projectId",
        "response",
        "search",
        "totalSecondsToLabel",
    ),
    "ProjectUser": (
        "consensusMark",
        "honeypotMark",
        "lastLabelingAt",
        "numberOfAnnotations",
        "numberOfLabeledAssets",
        "numberOfLabels",
        "totalDuration",
    ),
    "User": ("highestRoleInProject",),
}
"""Type → the members and fields that have a twin; its name ends in ``Compute``."""


def _as(name: str) -> Any:
    """Resolves a field as the one of this name, or to the stored member of this name."""

    def resolve(owner: Mapping[str, Any], info: Info) -> Any:
        field = info.parent_type.fields.get(name)
        if field is None or field.resolve in (None, default_field_resolver):
            return owner[name]
        return field.resolve(owner, info)

    return resolve


def _type_with_twins(name: str, fields: tuple[str, ...]) -> ObjectType:
    type_ = ObjectType(name)
    for each in fields:
        type_.set_field(f"{each}Compute", _as(each))
    return type_


project = ObjectType("Project")
project.set_field("consensusMarkPerCateg", _as("consensusMarkPerCategory"))

BINDABLES = [project, *(_type_with_twins(*each) for each in TWINS.items())]
