"""The members that a copy of a project asks for, as far as the API of the source has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Nested(NamedTuple):
    """A member that is an object, or a list of objects."""

    name: str
    type: str
    members: Selection


Selection = tuple["str | Nested", ...]

# type of the API → its fields
Fields = Mapping[str, frozenset[str]]

_AUTHOR: Selection = ("id", "email", "firstname", "lastname", "isServiceAccount")
_USER: Selection = (
    *_AUTHOR,
    "organizationRole",
    "activated",
    "hasCompletedLabelingTour",
    "hubspotSubscriptionStatus",
    "createdAt",
    "updatedAt",
)
_ID: Selection = ("id",)

PROJECT: Selection = (
    *("id", "title", "description", "inputType", "jsonInterface", "instructions"),
    *("canNavigateBetweenAssets", "canSkipAsset", "complianceTags", "consensusTotCoverage"),
    *("geospatialSettings", "metadataProperties", "minConsensusSize", "reviewCoverage"),
    *("secondsToLabelBeforeAutoAssign", "shouldAutoAssign", "shouldRelaunchKpiComputation"),
    *("useHoneyPot", "workflowVersion", "enforceStepSeparation"),
    *("createdAt", "updatedAt", "archivedAt"),
    Nested("author", "User", _USER),
    Nested("stepGroups", "ProjectStepGroup", ("id", "name")),
    Nested(
        "steps",
        "ProjectStep",
        (
            *("id", "name", "type", "order", "stepGroupId", "stepCoverage", "consensusCoverage"),
            *("numberOfExpectedLabelsForConsensus", "sendBackStepId", "useHoneypot"),
            Nested("assignees", "User", _AUTHOR),
        ),
    ),
)
MEMBER: Selection = (
    *("id", "role", "starred", "status", "deletedAt"),
    Nested("user", "User", _USER),
)
ASSET: Selection = (
    *("id", "externalId", "content", "jsonContent", "jsonMetadata", "ocrMetadata"),
    *("status", "skipped", "priority", "isHoneypot", "isUsedForConsensus"),
    *("consensusMark", "consensusMarkPerCategory", "honeypotMark", "inferenceMark"),
    *("createdAt", "updatedAt"),
    Nested("resolution", "Resolution", ("width", "height")),
    Nested("pageResolutions", "PageResolution", ("width", "height", "pageNumber", "rotation")),
    Nested("currentStep", "AssetWorkflowStep", ("id", "status")),
    Nested("toBeLabeledBy", "ProjectUser", (Nested("user", "User", _AUTHOR),)),
)
LABEL: Selection = (
    *("id", "assetId", "labelType", "jsonResponse", "jsonResponseUrl", "modelName"),
    *("secondsToLabel", "totalSecondsToLabel", "clientVersion", "version"),
    *("isSentBackToQueue", "isHoneypot", "honeypotMark", "inferenceMark", "reviewScore"),
    "createdAt",
    Nested("author", "User", _AUTHOR),
    Nested("assetStep", "AssetWorkflowStep", _ID),
    Nested("referencedLabel", "Label", _ID),
)
ISSUE: Selection = (
    *("id", "assetId", "hasBeenSeen", "objectMid", "type", "status", "issueNumber"),
    *("createdAt", "updatedAt"),
    Nested("author", "User", _AUTHOR),
    Nested("assignee", "User", _AUTHOR),
    Nested(
        "comments",
        "Comment",
        (
            *("id", "text", "createdAt", "updatedAt"),
            Nested("author", "ProjectUser", (Nested("user", "User", _AUTHOR),)),
        ),
    ),
)
TAG: Selection = ("id", "label", "color")

SELECTIONS: Mapping[str, Selection] = {
    "Project": PROJECT,
    "ProjectUser": MEMBER,
    "Asset": ASSET,
    "Label": LABEL,
    "Issue": ISSUE,
    "Tag": TAG,
}
NEEDED: Mapping[str, frozenset[str]] = {
    "Project": frozenset({"id", "title", "inputType", "jsonInterface"}),
    "Asset": frozenset({"id", "externalId", "content"}),
    "Label": frozenset({"id", "jsonResponse", "labelType", "createdAt", "author"}),
}


def types_of(selection: Selection) -> Iterator[str]:
    """Yield the types of the objects in a selection."""
    for each in selection:
        if isinstance(each, Nested):
            yield each.type
            yield from types_of(each.members)


def selected(type_name: str, selection: Selection, fields: Fields) -> str:
    """Return the text of a selection in GraphQL, without members that the API does not have."""
    known = fields.get(type_name, frozenset())
    parts: list[str] = []
    for each in selection:
        if isinstance(each, str):
            parts += [each] if each in known else []
        elif each.name in known:
            inner = selected(each.type, each.members, fields)
            parts += [f"{each.name} {{ {inner} }}"] if inner else []
    return " ".join(parts)


def missing(type_name: str, selection: Selection, fields: Fields) -> Iterator[str]:
    """Yield the members of a selection that the API does not have, as ``Type.member``."""
    known = fields.get(type_name, frozenset())
    for each in selection:
        name = each if isinstance(each, str) else each.name
        if name not in known:
            yield f"{type_name}.{name}"
        elif isinstance(each, Nested):
            yield from missing(each.type, each.members, fields)
