"""Documents of labels, and of issues about them."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from kili_emulator.rules.latest_labels import Label, LatestMarks

IssueType = Literal["ISSUE", "QUESTION"]
IssueStatus = Literal["OPEN", "SOLVED", "CANCELLED"]


class LabelResponse(TypedDict):
    """The members of a label that follow from its response.

    ``jsonResponse`` is a JSON text, ``search`` the counts of
    :func:`kili_emulator.rules.annotations.search_counts`.
    """

    jsonResponse: str
    numberOfAnnotations: int
    search: dict[str, Any]


class _OptionalLabelMarks(TypedDict, total=False):
    consensusMarkPerCategory: dict[str, float] | None


class LabelMarks(LatestMarks, _OptionalLabelMarks):
    """The marks of a label: of quality, from 0 to 1, and those of its author's latest labels."""

    honeypotMark: float | None
    inferenceMark: float | None
    consensusMark: float | None
    reviewScore: float | None


class LabelDoc(LabelResponse, Label, LabelMarks):
    """A label of an asset: the response of a person or a model."""

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
