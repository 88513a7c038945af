"""The references between the documents of a world: which member holds the id of which document.

Members that name former documents are not in this table: a user or a project is never removed, but
an event, a decision or a build line outlives its label, plugin or version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kili_emulator.domain import file
from kili_emulator.storage.snapshot import Document


class Reference(NamedTuple):
    """A member of a table's documents that holds an id, or a list of ids, of another table.

    An empty value (``None`` or ``""``) refers to nothing.

    Attributes:
        member: the name of the member.
        table: the table of the other document.
        is_needed: whether a document is useless without the other document. A document that only
            mentions another one can lose the reference: the member becomes ``None``, or the list
            loses the id.
    """

    member: str
    table: str
    is_needed: bool = True


def _mention(member: str, table: str) -> Reference:
    return Reference(member, table, is_needed=False)


_PROJECT = Reference("projectId", "projects")
_ORGANIZATION = Reference("organizationId", "organizations")
_AUTHOR = Reference("authorId", "users")
_ASSET = Reference("assetId", "assets")
_PLUGIN = Reference("pluginId", "plugins")

# table → its references
REFERENCES: Mapping[str, tuple[Reference, ...]] = {
    "organizations": (_mention("creatorId", "users"),),
    "users": (_ORGANIZATION,),
    "apiKeys": (Reference("userId", "users"),),
    "projects": (_AUTHOR, _ORGANIZATION),
    "projectUsers": (_PROJECT, Reference("userId", "users")),
    "stepGroups": (_PROJECT,),
    "steps": (
        _PROJECT,
        Reference("stepGroupId", "stepGroups"),
        _mention("sendBackStepId", "steps"),
        _mention("assigneeIds", "users"),
    ),
    "assets": (_PROJECT, Reference("stepId", "steps"), _mention("assigneeIds", "users")),
    "labels": (
        _PROJECT,
        _ASSET,
        _AUTHOR,
        _mention("stepId", "steps"),
        _mention("referencedLabelId", "labels"),
    ),
    "issues": (
        _PROJECT,
        _ASSET,
        _AUTHOR,
        _mention("labelId", "labels"),
        _mention("assigneeId", "users"),
    ),
    "comments": (Reference("issueId", "issues"), _AUTHOR),
    "locks": (_PROJECT, _ASSET, _AUTHOR),
    "projectVersions": (_PROJECT,),
    "tags": (_ORGANIZATION, _mention("projectIds", "projects")),
    "notifications": (Reference("userID", "users"),),
    "mails": (Reference("userId", "users"),),
    "files": (_PROJECT,),
    "events": (_PROJECT, _ORGANIZATION, Reference("userId", "users")),
    "internalEvents": (_PROJECT, _ORGANIZATION, Reference("userId", "users")),
    "decisions": (_PROJECT,),
    "transactions": (Reference("userId", "users"),),
    "plugins": (
        _ORGANIZATION,
        Reference("creatorId", "users"),
        Reference("userId", "users"),
        _mention("activeVersionId", "pluginVersions"),
        _mention("projectIds", "projects"),
    ),
    "pluginVersions": (_PLUGIN, Reference("fileId", "files")),
    "pluginBuildErrors": (_PLUGIN,),
    "runs": (_PLUGIN, _PROJECT),
    "pluginLogs": (_PLUGIN, _PROJECT, Reference("runId", "runs")),
    "runCalls": (_PLUGIN, Reference("runId", "runs")),
}

# The members of an asset that can hold a reference to a file (kili_emulator.domain.file).
FILE_MEMBERS = ("content", "jsonContent")


def referenced_ids(document: Document, reference: Reference) -> list[str]:
    """Return the ids that a document holds in one of its members."""
    value: Any = document[reference.member]
    return list(value) if isinstance(value, list) else [value] if value else []


def referenced_files(asset: Document) -> Iterator[tuple[str, str]]:
    """Yield the members of an asset that refer to a file, each with the id of the file."""
    for member in FILE_MEMBERS:
        file_id = file.referenced_file_id(asset[member])
        if file_id is not None:
            yield member, file_id
