"""Fields with the names of old clients, which answer the same as another field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ariadne import ObjectType
from graphql import default_field_resolver

from kili_emulator.api.context import Info

COMPUTE_ALIASES: dict[str, tuple[str, ...]] = {
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
"""Type → the members and fields that have an alias with the suffix ``Compute``."""


def _as(name: str) -> Any:
    """Return a resolver that answers the field or the stored member with this name."""

    def resolve(owner: Mapping[str, Any], info: Info) -> Any:
        field = info.parent_type.fields.get(name)
        if field is None or field.resolve in (None, default_field_resolver):
            return owner[name]
        return field.resolve(owner, info)

    return resolve


def _type_with_aliases(name: str, fields: tuple[str, ...]) -> ObjectType:
    type_ = ObjectType(name)
    for each in fields:
        type_.set_field(f"{each}Compute", _as(each))
    return type_


project = ObjectType("Project")
project.set_field("consensusMarkPerCateg", _as("consensusMarkPerCategory"))

BINDABLES = [project, *(_type_with_aliases(*each) for each in COMPUTE_ALIASES.items())]
