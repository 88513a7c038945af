"""The tables of a world and their indexes, each declared once, as an attribute of :class:`View`.

Reading such an attribute returns the table of that view: a ``ReadRepository``, or a ``Repository``
in a :class:`WritableView`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, cast, get_args, overload

from kili_emulator.domain.documents import (
    ApiKeyDoc,
    AssetDoc,
    BuildErrorDoc,
    CommentDoc,
    DecisionDoc,
    EventDoc,
    FileDoc,
    IssueDoc,
    LabelDoc,
    LockDoc,
    LogLineDoc,
    MailDoc,
    MemberDoc,
    NotificationDoc,
    OrganizationDoc,
    PluginDoc,
    PluginVersionDoc,
    ProjectDoc,
    ProjectVersionDoc,
    RunCallDoc,
    RunDoc,
    StepDoc,
    StepGroupDoc,
    TagDoc,
    TransactionDoc,
    UserDoc,
)
from kili_emulator.domain.repository import D, ReadRepository, Repository
from kili_emulator.storage.documents import Snapshot
from kili_emulator.storage.journal import Change
from kili_emulator.storage.snapshot import Document, TableSpec


class Table(Generic[D]):
    """The declaration of a table whose documents are of type ``D``.

    Args:
        name: the table's name in storage.
        indexes: index name → function from a document to its key; a key of ``None`` leaves the
            document out of the index.
        date_member: see :class:`TableSpec`.
        key_members: see :class:`TableSpec`.
    """

    def __init__(
        self,
        name: str,
        indexes: Mapping[str, Callable[[D], Hashable]] | None = None,
        date_member: str | None = None,
        key_members: tuple[str, ...] = (),
    ) -> None:
        keys = cast("dict[str, Callable[[Document], Hashable]]", dict(indexes or {}))
        self.spec = TableSpec(name, keys, date_member, key_members)
        self._attribute = name

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._attribute = name

    @overload
    def __get__(self, view: None, owner: type[object]) -> Table[D]: ...
    @overload
    def __get__(self, view: WritableView, owner: type[object]) -> Repository[D]: ...
    @overload
    def __get__(self, view: View, owner: type[object]) -> ReadRepository[D]: ...
    def __get__(self, view: View | None, owner: type[object]) -> Table[D] | ReadRepository[D]:
        if view is None:
            return self
        repository: ReadRepository[D] = view.open(self.spec.name)
        view.__dict__[self._attribute] = repository  # the next access finds it there
        return repository


def _label_author(label: LabelDoc) -> tuple[str, str]:
    return (label["assetId"], label["authorId"])


def _membership(member: MemberDoc) -> tuple[str, str]:
    return (member["projectId"], member["userId"])


class View:
    """An immutable view of all tables of a world, as they were at one moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def open(self, table: str) -> ReadRepository[Any]:
        """Return the repository of the table with that name in storage."""
        return ReadRepository(self._snapshot[table])

    organizations = Table[OrganizationDoc]("organizations")
    users = Table[UserDoc](
        "users",
        {"email": lambda user: user["email"], "organization": lambda user: user["organizationId"]},
    )
    api_keys = Table[ApiKeyDoc](
        "apiKeys", {"key": lambda key: key["key"], "user": lambda key: key["userId"]}
    )
    projects = Table[ProjectDoc](
        "projects", {"organization": lambda project: project["organizationId"]}
    )
    project_users = Table[MemberDoc](
        "projectUsers",
        {
            "project": lambda member: member["projectId"],
            "user": lambda member: member["userId"],
            "membership": _membership,
        },
    )
    assets = Table[AssetDoc](
        "assets",
        {
            "project": lambda asset: asset["projectId"],
            "externalId": lambda asset: (asset["projectId"], asset["externalId"]),
            "content": lambda asset: asset["content"] or None,
            "jsonContent": lambda asset: asset["jsonContent"] or None,
            "status": lambda asset: (asset["projectId"], asset["status"]),
        },
        key_members=("projectId", "externalId", "content", "jsonContent", "status"),
    )
    labels = Table[LabelDoc](
        "labels",
        {
            "project": lambda label: label["projectId"],
            "asset": lambda label: label["assetId"],
            "author": _label_author,
            "member": lambda label: (label["projectId"], label["authorId"]),
            "type": lambda label: (label["projectId"], label["labelType"]),
        },
        date_member="createdAt",
        key_members=("projectId", "assetId", "authorId", "labelType", "createdAt"),
    )
    issues = Table[IssueDoc](
        "issues",
        {
            "project": lambda issue: issue["projectId"],
            "asset": lambda issue: issue["assetId"],
        },
    )
    comments = Table[CommentDoc](
        "comments",
        {
            "issue": lambda comment: comment["issueId"],
        },
    )
    steps = Table[StepDoc]("steps", {"project": lambda step: step["projectId"]})
    step_groups = Table[StepGroupDoc]("stepGroups", {"project": lambda group: group["projectId"]})
    locks = Table[LockDoc](
        "locks", {"project": lambda lock: lock["projectId"], "asset": lambda lock: lock["assetId"]}
    )
    project_versions = Table[ProjectVersionDoc](
        "projectVersions", {"project": lambda version: version["projectId"]}
    )
    tags = Table[TagDoc]("tags", {"organization": lambda tag: tag["organizationId"]})
    notifications = Table[NotificationDoc](
        "notifications", {"user": lambda notification: notification["userID"]}
    )
    mails = Table[MailDoc]("mails", {"user": lambda mail: mail["userId"]})
    files = Table[FileDoc]("files", {"folder": lambda file: file["folder"]})
    events = Table[EventDoc](
        "events", {"project": lambda event: event["projectId"]}, key_members=("projectId",)
    )
    internal_events = Table[EventDoc](
        "internalEvents",
        {
            "project": lambda event: event["projectId"],
            "plugin": lambda event: event["payload"].get("pluginId"),
        },
    )
    plugins = Table[PluginDoc](
        "plugins",
        {
            "name": lambda plugin: (plugin["organizationId"], plugin["name"]),
            "organization": lambda plugin: plugin["organizationId"],
            "user": lambda plugin: plugin["userId"],
        },
    )
    decisions = Table[DecisionDoc](
        "decisions",
        {"transaction": lambda decision: decision["transactionId"]},
        key_members=("transactionId",),
    )
    transactions = Table[TransactionDoc](
        "transactions", {"run": lambda transaction: transaction["runId"]}, key_members=("runId",)
    )
    plugin_versions = Table[PluginVersionDoc](
        "pluginVersions", {"plugin": lambda version: version["pluginId"]}
    )
    plugin_build_errors = Table[BuildErrorDoc](
        "pluginBuildErrors", {"plugin": lambda line: line["pluginId"]}
    )
    plugin_logs = Table[LogLineDoc](
        "pluginLogs",
        {
            "plugin": lambda line: line["pluginId"],
            "lane": lambda line: (line["pluginId"], line["projectId"]),
            "project": lambda line: line["projectId"],
            "run": lambda line: line["runId"],
        },
        key_members=("pluginId", "projectId", "runId"),
    )
    runs = Table[RunDoc](
        "runs",
        {
            "plugin": lambda run: run["pluginId"],
            "project": lambda run: run["projectId"],
            "running": lambda run: True if run["outcome"] == "RUNNING" else None,
        },
    )
    run_calls = Table[RunCallDoc](
        "runCalls",
        {"run": lambda call: call["runId"], "plugin": lambda call: call["pluginId"]},
        key_members=("runId", "pluginId"),
    )


class WritableView(View):
    """All tables of a world, for reading and writing.

    Args:
        take_position: returns the next position in creation order, for a new document.
    """

    def __init__(self, snapshot: Snapshot, take_position: Callable[[], int]) -> None:
        super().__init__(snapshot)
        self._take_position = take_position
        self._opened: list[Repository[Any]] = []

    def open(self, table: str) -> Repository[Any]:
        repository: Repository[Any] = Repository(self._snapshot[table], self._take_position)
        self._opened.append(repository)
        return repository

    def repositories(self) -> dict[str, Repository[Any]]:
        """Return all tables by their names in storage."""
        return {
            declared.spec.name: getattr(self, name)
            for name, declared in vars(View).items()
            if isinstance(declared, Table)
        }

    def clear(self) -> None:
        """Delete all documents."""
        for repository in self.repositories().values():
            repository.delete_all(repository.all())

    def changes(self) -> list[Change]:
        """Return the changes in all tables until now."""
        return [change for each in self._opened for change in each.changes()]


_DECLARED = [each for each in vars(View).values() if isinstance(each, Table)]

TABLES: tuple[TableSpec, ...] = tuple(each.spec for each in _DECLARED)

# table name in storage → the TypedDict of its documents
DOCUMENT_TYPES: Mapping[str, type] = {
    each.spec.name: get_args(each.__orig_class__)[0]  # type: ignore[attr-defined]
    for each in _DECLARED
}
