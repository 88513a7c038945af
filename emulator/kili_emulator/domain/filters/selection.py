"""The selection of the documents that an actor sees in a view of a world."""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain import (
    anonymity,
    api_key,
    event,
    member,
    notification,
    organization,
    user,
)
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import (
    ApiKeyDoc,
    AssetDoc,
    CommentDoc,
    EventDoc,
    IssueDoc,
    LabelDoc,
    LockDoc,
    MemberDoc,
    NotificationDoc,
    OrganizationDoc,
    PluginDoc,
    ProjectDoc,
    ProjectVersionDoc,
    UserDoc,
)
from kili_emulator.domain.filters.api_key import API_KEY
from kili_emulator.domain.filters.asset import ASSET
from kili_emulator.domain.filters.conditions import AnyDoc, D, PredicateTable, Where, is_empty
from kili_emulator.domain.filters.event import EVENT
from kili_emulator.domain.filters.issue import COMMENT, ISSUE
from kili_emulator.domain.filters.label import LABEL
from kili_emulator.domain.filters.lock import LOCK
from kili_emulator.domain.filters.member import MEMBER
from kili_emulator.domain.filters.notification import NOTIFICATION
from kili_emulator.domain.filters.organization import ORGANIZATION
from kili_emulator.domain.filters.plugin import PLUGIN
from kili_emulator.domain.filters.project import PROJECT
from kili_emulator.domain.filters.project_version import PROJECT_VERSION
from kili_emulator.domain.filters.searches import check_searches
from kili_emulator.domain.filters.user import USER
from kili_emulator.domain.repository import ReadRepository

TABLES: dict[str, PredicateTable[Any]] = {
    "api_key": API_KEY,
    "asset": ASSET,
    "comment": COMMENT,
    "event": EVENT,
    "issue": ISSUE,
    "label": LABEL,
    "lock": LOCK,
    "member": MEMBER,
    "notification": NOTIFICATION,
    "organization": ORGANIZATION,
    "plugin": PLUGIN,
    "project": PROJECT,
    "project_version": PROJECT_VERSION,
    "user": USER,
}


class Selection:
    """The documents of a view that an actor sees, selected by a ``where``."""

    def __init__(self, access: Access) -> None:
        self.view = access.view
        self.actor = access.actor
        self._access = access

    def projects(self, where: Where) -> list[ProjectDoc]:
        """Return the projects that the ``where`` selects, in creation order.

        Deleted projects are left out unless the ``where`` has ``deleted``.
        """
        check_searches(where)
        found = self._access.projects()
        hidden = not where.get("deleted")
        return [
            each
            for each in found
            if not (hidden and each["deletedAt"]) and self.matches("project", each, where)
        ]

    def project_versions(self, where: Where) -> list[ProjectVersionDoc]:
        """Return the project versions that the ``where`` selects, in creation order."""
        project_id = where.get("projectId")
        versions = self.view.project_versions
        candidates = versions.find("project", project_id) if project_id else versions.all()
        return self._filter_candidates(candidates, "project_version", where)

    def assets(self, where: Where) -> list[AssetDoc]:
        """Return the assets that the ``where`` selects, in creation order."""
        return self._select(self.view.assets, "asset", where)

    def labels(self, where: Where) -> list[LabelDoc]:
        """Return the labels that the ``where`` selects, in creation order."""
        asset_id = (where.get("asset") or {}).get("id")
        if asset_id:
            labels = self.view.labels.find("asset", asset_id)
            return self._filter_candidates(labels, "label", where)
        return self._select(self.view.labels, "label", where)

    def issues(self, where: Where) -> list[IssueDoc]:
        """Return the issues that the ``where`` selects, in creation order."""
        return self._select(self.view.issues, "issue", where)

    def events(
        self, where: Where, pagination: dict[str, Any], *, descending: bool = False
    ) -> list[EventDoc]:
        """Return a page of the events that the ``where`` selects.

        Args:
            pagination: see :func:`event.select_event_range` and :func:`event.select_event_page`.
            descending: newest events first instead of oldest.
        """
        events = event.visible_events(self._access, where.get("projectId"))
        events_in_range = event.select_event_range(
            events[::-1] if descending else events, pagination
        )
        selected = [each for each in events_in_range if self.matches("event", each, where)]
        return event.select_event_page(selected, pagination)

    def comments(self, where: Where) -> list[CommentDoc]:
        """Return the comments that the ``where`` selects, in creation order."""
        issues = {each["id"] for each in self.issues(where.get("issue") or {})}
        return [
            each
            for each in self.view.comments.all()
            if each["issueId"] in issues and self.matches("comment", each, where)
        ]

    def locks(self, where: Where) -> list[LockDoc]:
        """Return the locks that the ``where`` selects, in creation order."""
        return self._select(self.view.locks, "lock", where)

    def members(self, where: Where) -> list[MemberDoc]:
        """Return the members that the ``where`` selects, project by project.

        The users of plugins are included only if the ``where`` has an ``id``.
        """
        project_id = (where.get("project") or {}).get("id")
        ids = [project_id] if project_id else [each["id"] for each in self.projects({})]
        projects = [self.view.projects.require(each) for each in ids if self._access.can_see(each)]
        list_project_members = (
            member.list_members_and_plugin_users if where.get("id") else member.list_members
        )
        found = [each for project in projects for each in list_project_members(self.view, project)]
        return [each for each in found if self.matches("member", each, where)]

    def users(self, where: Where) -> list[UserDoc]:
        """Return the users that the ``where`` selects.

        The users of plugins are included only if the ``where`` has an ``id`` or ``idIn``.
        """
        hidden = bool(where.get("id") or where.get("idIn"))
        users = user.visible_users(self.view, self.actor, hidden=hidden)
        return [each for each in users if self.matches("user", each, where)]

    def organizations(self, where: Where) -> list[OrganizationDoc]:
        """Return those organizations of the actor, own or created, that the ``where`` selects."""
        found = organization.visible_organizations(self.view, self.actor)
        return [each for each in found if self.matches("organization", each, where)]

    def api_keys(self, where: Where) -> list[ApiKeyDoc]:
        """Return the API keys that the ``where`` selects."""
        keys = api_key.visible_api_keys(self.view, self.actor)
        return [each for each in keys if self.matches("api_key", each, where)]

    def notifications(self, where: Where) -> list[NotificationDoc]:
        """Return the notifications that the ``where`` selects, in creation order."""
        found = notification.visible_notifications(self.view, self.actor)
        return [each for each in found if self.matches("notification", each, where)]

    def plugins(self, where: Where) -> list[PluginDoc]:
        """Return the plugins of the actor's organization that the ``where`` selects."""
        plugins = self.view.plugins.find("organization", self.actor.user["organizationId"])
        return [each for each in plugins if self.matches("plugin", each, where)]

    def matches(self, noun: str, document: AnyDoc, where: Where) -> bool:
        """Return whether the document meets all conditions of a ``where`` of this noun."""
        table = TABLES[noun]
        return all(
            table[name](self, document, value)
            for name, value in where.items()
            if not is_empty(name, value)
        )

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """Return a user as the actor sees them in a project."""
        return anonymity.anonymized_user(self._access, user_id, project_id)

    def _select(self, repository: ReadRepository[D], noun: str, where: Where) -> list[D]:
        project_id = (where.get("project") or {}).get("id")
        candidates: list[D]
        if where.get("id") or where.get("idIn"):
            candidates = repository.get_many([where["id"]] if where.get("id") else where["idIn"])
        elif project_id:
            candidates = repository.find("project", project_id)
        else:
            candidates = repository.all()
        return self._filter_candidates(candidates, noun, where)

    def _filter_candidates(self, candidates: list[D], noun: str, where: Where) -> list[D]:
        check_searches(where)
        where = {name: _as_set(value) for name, value in where.items()}
        visible = set(filter(self._access.can_see, {each["projectId"] for each in candidates}))
        return [
            each
            for each in candidates
            if each["projectId"] in visible and self.matches(noun, each, where)
        ]


def _as_set(value: Any) -> Any:
    """Convert a list of texts into a set, for a constant-time test per document."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    return value


def page(documents: list[D], first: int | None, skip: int | None) -> list[D]:
    """Return one page of a list; a page past the end is empty (contract/http.md#pages).

    Args:
        first: the maximum number of documents; ``None`` for all.
        skip: the number of documents before the page.

    Raises:
        KiliError: ``skip`` is negative.
    """
    start = skip or 0
    if start < 0:
        raise errors.negative_argument("skip")
    return documents[start:] if first is None else documents[start : start + first]
