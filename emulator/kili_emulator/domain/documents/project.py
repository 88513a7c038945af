"""Documents of a project: its settings, members, versions and steps."""

from __future__ import annotations

from typing import Any, TypedDict

from kili_emulator.rules.permissions import ProjectRole
from kili_emulator.rules.steps import Step


class _OptionalProjectMembers(TypedDict, total=False):
    setStatistics: dict[str, Any]


class ProjectMembers(_OptionalProjectMembers):
    """The members of a project that describe its purpose and its settings.

    ``jsonInterface`` is a JSON text. ``setStatistics`` holds the statistics that were set through
    the API: ``{name: {"value": …, "computed": …}}``.
    """

    title: str
    description: str
    inputType: str
    jsonInterface: str
    instructions: str | None
    canNavigateBetweenAssets: bool
    canSkipAsset: bool
    complianceTags: list[str]
    consensusTotCoverage: int
    geospatialSettings: dict[str, Any] | None
    isAnonymized: bool
    metadataProperties: dict[str, Any]
    minConsensusSize: int
    reviewCoverage: int
    secondsToLabelBeforeAutoAssign: int | None
    shouldAutoAssign: bool
    shouldRelaunchKpiComputation: bool
    useHoneyPot: bool
    workflowVersion: str
    enforceStepSeparation: bool


class ProjectDoc(ProjectMembers):
    """A project."""

    id: str
    authorId: str
    organizationId: str
    createdAt: str
    updatedAt: str
    archivedAt: str | None
    deletedAt: str | None


class _OptionalMemberMembers(TypedDict, total=False):
    createdAt: str
    setStatistics: dict[str, Any]


class MemberDoc(_OptionalMemberMembers):
    """A present or former member of a project; a former member has a time in ``deletedAt``.

    An administrator of the organization who has not joined the project is listed as a document
    whose ``joinedAt`` is ``None`` and which has no ``createdAt``: such a document is not stored.
    """

    id: str
    projectId: str
    userId: str
    role: ProjectRole
    starred: bool
    joinedAt: str | None
    deletedAt: str | None


class ProjectVersionDoc(TypedDict):
    """A version of a project: the name and content of an export."""

    id: str
    projectId: str
    name: str
    content: str | None
    createdAt: str


class StepDoc(Step):
    """A step of a project's workflow."""

    projectId: str


class StepGroupDoc(TypedDict):
    """A group of steps of a V3 project."""

    id: str
    projectId: str
    name: str
