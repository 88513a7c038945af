"""Documents of labels, issues and comments."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from kili_emulator.rules.latest_labels import Label, LatestMarks

IssueType = Literal["ISSUE", "QUESTION"]
IssueStatus = Literal["OPEN", "SOLVED", "CANCELLED"]


class LabelResponse(TypedDict):
    """The members of a label that are computed from its response.

    ``jsonResponse`` is a JSON text. ``search`` holds the result of
    :func:`kili_emulator.rules.annotations.count_nodes`.
    """

    jsonResponse: str
    numberOfAnnotations: int
    search: dict[str, Any]


class _OptionalLabelMarks(TypedDict, total=False):
    consensusMarkPerCategory: dict[str, float] | None


class LabelMarks(LatestMarks, _OptionalLabelMarks):
    """The quality marks of a label, from 0 to 1, and its "latest" marks."""

    honeypotMark: float | None
    inferenceMark: float | None
    consensusMark: float | None
    reviewScore: float | None


class LabelDoc(LabelResponse, Label, LabelMarks):
    """A label of an asset: the response of a person or of a model."""

    assetId: str
    projectId: str
    secondsToLabel: float
    totalSecondsToLabel: int
    clientVersion: int
    version: int
    referencedLabelId: str | None
    isSentBackToQueue: bool
    isLastForStep: bool
    createdAt: str
    updatedAt: str


class IssueDoc(TypedDict):
    """An issue or a question about an asset, a label or an object of a label."""

    id: str
    projectId: str
    assetId: str
    labelId: str | None
    authorId: str
    assigneeId: str | None
    hasBeenSeen: bool
    objectMid: str | None
    type: IssueType
    status: IssueStatus
    issueNumber: int
    createdAt: str
    updatedAt: str


class CommentDoc(TypedDict):
    """A comment on an issue."""

    id: str
    issueId: str
    authorId: str
    text: str
    createdAt: str
    updatedAt: str
