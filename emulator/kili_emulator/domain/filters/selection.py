"""The selection of the documents that an actor sees in a view of a world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from typing import Any

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
from kili_emulator.domain.filters.asset import ASSET, ASSET_LOOKUPS
from kili_emulator.domain.filters.conditions import (
    AnyDoc,
    ConditionTable,
    D,
    Test,
    Where,
    is_empty,
    meets_all,
)
from kili_emulator.domain.filters.event import EVENT
from kili_emulator.domain.filters.index_lookup import Lookup, narrow, value_at, without
from kili_emulator.domain.filters.issue import COMMENT, ISSUE, ISSUE_LOOKUPS
from kili_emulator.domain.filters.label import LABEL, LABEL_LOOKUPS
from kili_emulator.domain.filters.lock import LOCK, LOCK_LOOKUPS
from kili_emulator.domain.filters.member import MEMBER
from kili_emulator.domain.filters.notification import NOTIFICATION
from kili_emulator.domain.filters.organization import ORGANIZATION
from kili_emulator.domain.filters.plan import Plan
from kili_emulator.domain.filters.plugin import PLUGIN
from kili_emulator.domain.filters.project import PROJECT
from kili_emulator.domain.filters.project_version import (
    PROJECT_VERSION,
    PROJECT_VERSION_LOOKUPS,
)
from kili_emulator.domain.filters.searches import check_searches
from kili_emulator.domain.filters.user import USER
from kili_emulator.domain.repository import ReadRepository

CONDITIONS: dict[str, ConditionTable[Any]] = {
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


# Labels are few if their number is at most this part of the assets of their project.
FEW = 4

# The conditions that find a few assets by themselves.
_ASSET_IDS = ("id", "idIn", "externalIdStrictlyIn")


class Selection:
    """The documents of a view that an actor sees, selected by a ``where``.

    A method compiles its ``where`` once, into a :class:`Plan`.
    """

    def __init__(self, access: Access) -> None:
        self.view = access.view
        self.actor = access.actor
        self._access = access

    def projects(self, where: Where) -> Plan[ProjectDoc]:
        """Select projects, in creation order.

        Deleted projects are left out unless the ``where`` has ``deleted``.
        """
        check_searches(where)
        hidden = not where.get("deleted")
        visible = self._access.projects(where.get("id"))
        found = [each for each in visible if not (hidden and each["deletedAt"])]
        return self._filter(found, "project", where)

    def project_versions(self, where: Where) -> Plan[ProjectVersionDoc]:
        """Select project versions, in creation order."""
        return self._select(
            self.view.project_versions, "project_version", PROJECT_VERSION_LOOKUPS, where
        )

    def assets(self, where: Where) -> Plan[AssetDoc]:
        """Select assets, in creation order."""
        check_searches(where)
        where = self._replace_related("label", self.labels, where)
        where = self._replace_related("issue", self.issues, where)
        return self._select(self.view.assets, "asset", ASSET_LOOKUPS, where)

    def _replace_related(
        self, name: str, select: Callable[[Where], Plan[Any]], where: Where
    ) -> Where:
        """Replace a condition on labels or issues by the ids of their assets, if these are few."""
        related, project_id = where.get(name), value_at(where, "project.id")
        has_ids = any(where.get(each) is not None for each in _ASSET_IDS)
        if related is None or is_empty(name, related) or project_id is None or has_ids:
            return where
        if value_at(related, "project.id") not in (None, project_id):
            return where
        project = {**(related.get("project") or {}), "id": project_id}
        found = select({**related, "project": project})
        if found.candidate_count * FEW > self.view.assets.count("project", project_id):
            return where
        asset_ids = {each["assetId"] for each in found}
        return {**without(where, name), "idIn": sorted(asset_ids)}

    def labels(self, where: Where) -> Plan[LabelDoc]:
        """Select labels, in creation order."""
        check_searches(where)
        complete = self._replace_external_ids(_move_project(where))
        return self._select(self.view.labels, "label", LABEL_LOOKUPS, complete)

    def _replace_external_ids(self, where: Where) -> Where:
        """Replace a condition on assets by their ids, if it has external ids."""
        conditions = where.get("asset") or {}
        if conditions.get("externalIdStrictlyIn") is None:
            return where
        project_id = value_at(where, "project.id")
        if project_id is not None and value_at(conditions, "project.id") is None:
            project = {**(conditions.get("project") or {}), "id": project_id}
            conditions = {**conditions, "project": project}
        return {**where, "asset": {"idIn": [each["id"] for each in self.assets(conditions)]}}

    def issues(self, where: Where) -> Plan[IssueDoc]:
        """Select issues, in creation order."""
        return self._select(self.view.issues, "issue", ISSUE_LOOKUPS, where)

    def events(
        self, where: Where, pagination: dict[str, Any], *, descending: bool = False
    ) -> list[EventDoc]:
        """Return a page of the events that the ``where`` selects.

        Args:
            pagination: see :func:`event.event_range` and :func:`event.page_bounds`.
            descending: newest events first instead of oldest.
        """
        project_id = where.get("projectId")
        events = event.visible_events(self._access, project_id)
        places = event.event_range(events, pagination, descending=descending)
        page = event.page_bounds(pagination)
        tests = self._tests("event", without(where, "projectId") if project_id else where)
        if not tests:
            return list(event.read_events(events, places[page], descending=descending))
        selected = filter(
            meets_all(tests), event.read_events(events, places, descending=descending)
        )
        return list(islice(selected, page.start, page.stop))

    def comments(self, where: Where) -> Plan[CommentDoc]:
        """Select comments, in creation order."""
        comments = self.view.comments
        issues = self.issues(where.get("issue") or {})
        found = comments.select(comments.posting("issue", each["id"]) for each in issues)
        return Plan(found, self._tests("comment", without(where, "issue")))

    def locks(self, where: Where) -> Plan[LockDoc]:
        """Select locks, in creation order."""
        return self._select(self.view.locks, "lock", LOCK_LOOKUPS, where)

    def members(self, where: Where) -> Plan[MemberDoc]:
        """Select members, project by project.

        The users of plugins are included only if the ``where`` has an ``id``.
        """
        project_id = (where.get("project") or {}).get("id")
        ids = [project_id] if project_id else [each["id"] for each in self.projects({})]
        projects = [self.view.projects.require(each) for each in ids if self._access.can_see(each)]
        list_project_members = (
            member.list_members_and_plugin_users if where.get("id") else member.list_members
        )
        found = [each for project in projects for each in list_project_members(self.view, project)]
        return self._filter(found, "member", where)

    def users(self, where: Where) -> Plan[UserDoc]:
        """Select users.

        The users of plugins are included only if the ``where`` has an ``id`` or ``idIn``.
        """
        hidden = bool(where.get("id") or where.get("idIn"))
        found = user.visible_users(self.view, self.actor, hidden=hidden)
        return self._filter(found, "user", where)

    def organizations(self, where: Where) -> Plan[OrganizationDoc]:
        """Select organizations of the actor, own or created."""
        found = organization.visible_organizations(self.view, self.actor)
        return self._filter(found, "organization", where)

    def api_keys(self, where: Where) -> Plan[ApiKeyDoc]:
        """Select API keys."""
        found = api_key.visible_api_keys(self.view, self.actor)
        return self._filter(found, "api_key", where)

    def notifications(self, where: Where) -> Plan[NotificationDoc]:
        """Select notifications, in creation order."""
        found = notification.visible_notifications(self.view, self.actor)
        return self._filter(found, "notification", where)

    def plugins(self, where: Where) -> Plan[PluginDoc]:
        """Select plugins of the actor's organization."""
        found = self.view.plugins.find("organization", self.actor.user["organizationId"])
        return self._filter(found, "plugin", where)

    def compile(self, noun: str, where: Where) -> Test[AnyDoc]:
        """Compile all conditions of a ``where`` of this noun into one test."""
        return meets_all(self._tests(noun, where))

    def anonymized_user(self, user_id: str, project_id: str) -> UserDoc:
        """Return a user as the actor sees them in a project."""
        return anonymity.anonymized_user(self._access, user_id, project_id)

    def _tests(self, noun: str, where: Where) -> list[Test[AnyDoc]]:
        table = CONDITIONS[noun]
        return [
            table[name](self, value) for name, value in where.items() if not is_empty(name, value)
        ]

    def _filter(self, documents: list[D], noun: str, where: Where) -> Plan[D]:
        return Plan(documents, self._tests(noun, where))

    def _select(
        self,
        repository: ReadRepository[D],
        noun: str,
        lookups: Sequence[Lookup],
        where: Where,
    ) -> Plan[D]:
        check_searches(where)
        can_see = cache(self._access.can_see)
        narrowed = narrow(repository, lookups, where, can_see)
        tests = self._tests(noun, narrowed.rest)
        if not narrowed.are_visible:
            tests.insert(0, lambda document: can_see(document["projectId"]))
        return Plan(narrowed.documents, tests)


def _move_project(where: Where) -> Where:
    """Move the project of the assets of a ``LabelWhere`` to the labels, which have the same."""
    of_assets = value_at(where, "asset.project.id")
    if of_assets is None or value_at(where, "project.id") not in (None, of_assets):
        return where
    project = {**(where.get("project") or {}), "id": of_assets}
    return {**without(where, "asset.project.id"), "project": project}
