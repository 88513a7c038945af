"""What ``where`` selects (contract §4.5, §5.4, §7).

Each noun has a table from the filter's name to its predicate; a where of another noun inside one
(``LabelWhere.asset``) is that noun's own table. An absent member, ``null`` and an empty object
filter nothing. All conditions must hold; those under ``label`` and ``issue`` of an asset, on one
same label or issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from emulator import clock, errors
from emulator.domain import access, asset, user
from emulator.domain.world import Actor, BaseView
from emulator.rules.patterns import ilike
from emulator.storage.snapshot import Document

Where = dict[str, Any]
AnyView = BaseView[Any]
Predicate = Callable[["Selection", Document, Any], bool]


class Selection:
    """What one actor can select from one view."""

    def __init__(self, view: AnyView, actor: Actor) -> None:
        self.view = view
        self.actor = actor
        self._seen: dict[str, bool] = {}

    def projects(self, where: Where) -> list[Document]:
        """The projects that the where selects, in creation order."""
        found = access.visible_projects(self.view, self.actor)
        hidden = not where.get("deleted")
        return [
            each
            for each in found
            if not (hidden and each["deletedAt"]) and self.holds(_PROJECT, each, where)
        ]

    def assets(self, where: Where) -> list[Document]:
        """The assets that the where selects, in creation order."""
        return self._select(self.view.assets, _ASSET, where)

    def labels(self, where: Where) -> list[Document]:
        """The labels that the where selects, in creation order."""
        asset_id = (where.get("asset") or {}).get("id")
        if asset_id:
            labels = self.view.labels.find("asset", asset_id)
            return self._kept(labels, _LABEL, where)
        return self._select(self.view.labels, _LABEL, where)

    def issues(self, where: Where) -> list[Document]:
        """The issues that the where selects, in creation order."""
        return self._select(self.view.issues, _ISSUE, where)

    def users(self, where: Where) -> list[Document]:
        """The users that the where selects; plugins' own ones only when asked by id."""
        hidden = bool(where.get("id") or where.get("idIn"))
        users = user.visible_users(self.view, self.actor, hidden=hidden)
        return [each for each in users if self.holds(_USER, each, where)]

    def organizations(self, where: Where) -> list[Document]:
        """The actor's organization, if the where selects it."""
        own = self.view.organizations.the(self.actor.user["organizationId"])
        return [own] if self.holds(_ORGANIZATION, own, where) else []

    def api_keys(self, where: Where) -> list[Document]:
        """The API keys that the where selects."""
        keys = user.visible_api_keys(self.view, self.actor)
        return [each for each in keys if self.holds(_API_KEY, each, where)]

    def plugins(self, where: Where) -> list[Document]:
        """The plugins of the actor's organization that the where selects."""
        plugins = self.view.plugins.find("organization", self.actor.user["organizationId"])
        return [each for each in plugins if self.holds(_PLUGIN, each, where)]

    def holds(self, table: dict[str, Predicate], document: Document, where: Where) -> bool:
        """Whether every condition of the where holds for the document."""
        return all(
            table[name](self, document, value)
            for name, value in where.items()
            if not is_empty(value)
        )

    def sees(self, project_id: str) -> bool:
        """Whether the actor sees the project."""
        if project_id not in self._seen:
            self._seen[project_id] = access.sees(self.view, self.actor, project_id)
        return self._seen[project_id]

    def _select(self, repository: Any, table: dict[str, Predicate], where: Where) -> list[Document]:
        project_id = (where.get("project") or {}).get("id")
        candidates: Iterable[Document]
        if where.get("id") or where.get("idIn"):
            candidates = repository.some([where["id"]] if where.get("id") else where["idIn"])
        elif project_id:
            candidates = repository.find("project", project_id)
        else:
            candidates = repository.all()
        return self._kept(candidates, table, where)

    def _kept(
        self, candidates: Iterable[Document], table: dict[str, Predicate], where: Where
    ) -> list[Document]:
        return [
            each
            for each in candidates
            if self.sees(each["projectId"]) and self.holds(table, each, where)
        ]


def page(documents: list[Document], first: int | None, skip: int | None) -> list[Document]:
    """One page of a list; past its end there is nothing (contract §1.8).

    Raises:
        KiliError: it begins before the list.
    """
    start = skip or 0
    if start < 0:
        raise errors.negative("skip")
    return documents[start:] if first is None else documents[start : start + first]


def is_empty(value: Any) -> bool:
    """Whether a condition filters nothing: it is absent, or an object of such ones."""
    return value is None or (isinstance(value, dict) and all(map(is_empty, value.values())))


def _equals(member: str) -> Predicate:
    return lambda _, document, value: bool(document[member] == value)


def _is_in(member: str) -> Predicate:
    return lambda _, document, value: document[member] in value


def _not_in(member: str) -> Predicate:
    return lambda _, document, value: document[member] not in value


def _since(member: str) -> Predicate:
    return lambda _, document, value: bool(document[member] >= _moment(value))


def _until(member: str) -> Predicate:
    return lambda _, document, value: bool(document[member] <= _moment(value))


def _moment(value: str) -> str:
    return clock.to_text(clock.from_text(value))


def _on(_: Selection, document: Document, value: str) -> bool:
    """Created at that moment, or on that day where only a date is given."""
    if len(value) == len("2023-01-16"):
        return bool(document["createdAt"].startswith(value))
    return bool(document["createdAt"] == _moment(value))


def _referenced(member: str, table: str, predicates: str) -> Predicate:
    """A condition on the document that a member names."""

    def holds(selection: Selection, document: Document, where: Where) -> bool:
        other = getattr(selection.view, table).the(document[member])
        return selection.holds(_TABLES[predicates], other, where)

    return holds


def _any_below(table: str, predicates: str) -> Predicate:
    """A condition that one same document of an asset's labels or issues meets."""

    def holds(selection: Selection, document: Document, where: Where) -> bool:
        others = getattr(selection.view, table).find("asset", document["id"])
        return any(selection.holds(_TABLES[predicates], each, where) for each in others)

    return holds


def _search_project(_: Selection, project: Document, pattern: str) -> bool:
    return ilike(pattern, project["title"]) or ilike(pattern, project["description"])


def _archived(_: Selection, project: Document, value: bool) -> bool:
    return bool(project["archivedAt"]) == value


def _partial_external_id(_: Selection, document: Document, parts: list[str]) -> bool:
    return any(part in document["externalId"] for part in parts)


def _metadata(_: Selection, document: Document, conditions: Any) -> bool:
    if not isinstance(conditions, dict):
        raise errors.not_an_object("The query", "metadata")
    values = asset.metadata(document)
    values = values if isinstance(values, dict) else {}
    return all(_metadata_holds(values.get(key), wanted) for key, wanted in conditions.items())


def _metadata_holds(value: Any, wanted: Any) -> bool:
    """Equal; any of a list of texts; or between two numbers (contract §5.4)."""
    if not isinstance(wanted, list):
        return bool(value == wanted)
    if len(wanted) == 2 and all(_is_number(each) for each in wanted):
        return _is_number(value) and bool(wanted[0] <= value <= wanted[1])
    return value in wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _author_name(selection: Selection, label: Document, names: list[str]) -> bool:
    author = selection.view.users.the(label["authorId"])
    first, last = author["firstname"], author["lastname"]
    return any(name in (first, last, f"{first} {last}") for name in names)


def _author(selection: Selection, label: Document, where: Where) -> bool:
    return selection.holds(_USER, selection.view.users.the(label["authorId"]), where)


def _key_of(selection: Selection, owner: Document, key: str) -> bool:
    return any(each["userId"] == owner["id"] for each in selection.view.api_keys.find("key", key))


def _own_user(selection: Selection, organization: Document, where: Where) -> bool:
    users = selection.view.users.find("organization", organization["id"])
    return any(selection.holds(_USER, each, where) for each in users)


_DATES: dict[str, Predicate] = {
    "createdAtGte": _since("createdAt"),
    "createdAtLte": _until("createdAt"),
    "updatedAtGte": _since("updatedAt"),
    "updatedAtLte": _until("updatedAt"),
}

_IDS: dict[str, Predicate] = {"id": _equals("id"), "idIn": _is_in("id")}

_PROJECT: dict[str, Predicate] = {
    **_DATES,
    "id": _equals("id"),
    "archived": _archived,
    "deleted": lambda *_: True,
    "organizationId": _equals("organizationId"),
    "searchQuery": _search_project,
}

_ASSET: dict[str, Predicate] = {
    **_DATES,
    **_IDS,
    "externalIdIn": _partial_external_id,
    "externalIdStrictlyIn": _is_in("externalId"),
    "idNotIn": _not_in("id"),
    "issue": _any_below("issues", "issue"),
    "label": _any_below("labels", "label"),
    "metadata": _metadata,
    "project": _referenced("projectId", "projects", "project"),
    "skipped": _equals("skipped"),
    "statusIn": _is_in("status"),
}

_LABEL: dict[str, Predicate] = {
    **_IDS,
    "asset": _referenced("assetId", "assets", "asset"),
    "authorIn": _author_name,
    "createdAt": _on,
    "createdAtGte": _since("createdAt"),
    "createdAtLte": _until("createdAt"),
    "project": _referenced("projectId", "projects", "project"),
    "typeIn": _is_in("labelType"),
    "user": _author,
}

_ISSUE: dict[str, Predicate] = {
    "id": _equals("id"),
    "asset": _referenced("assetId", "assets", "asset"),
    "assetIn": _is_in("assetId"),
    "project": _referenced("projectId", "projects", "project"),
    "status": _equals("status"),
    "type": _equals("type"),
}

_ORGANIZATION: dict[str, Predicate] = {"id": _equals("id"), "user": _own_user}

_USER: dict[str, Predicate] = {
    **_IDS,
    "activated": _equals("activated"),
    "apiKey": _key_of,
    "email": _equals("email"),
    "organization": _referenced("organizationId", "organizations", "organization"),
}

_API_KEY: dict[str, Predicate] = {
    "id": _equals("id"),
    "key": _equals("key"),
    "user": _referenced("userId", "users", "user"),
}

_PLUGIN: dict[str, Predicate] = {"id": _equals("id"), "name": _equals("name")}

_TABLES = {
    "asset": _ASSET,
    "issue": _ISSUE,
    "label": _LABEL,
    "organization": _ORGANIZATION,
    "project": _PROJECT,
    "user": _USER,
}
