"""Add the state of a project to a world, beside its other projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from kili_emulator import errors, ids
from kili_emulator.domain import quality
from kili_emulator.domain.consistency import label_marks
from kili_emulator.domain.documents import MemberDoc, OrganizationDoc, UserDoc
from kili_emulator.domain.references import REFERENCES
from kili_emulator.domain.user import find_user_by_email
from kili_emulator.domain.world import Actor, Transaction, World
from kili_emulator.rules.permissions import ProjectRole
from kili_emulator.transfer.new_documents import UNKNOWN_USER
from kili_emulator.transfer.state_form import Documents, State
from kili_emulator.transfer.state_saving import PROJECT_TABLES
from kili_emulator.transfer.world_loading import check_consistency, explained_form

# The tables whose documents are inserted as they are, each after the tables that it refers to.
_COPIED = ("projects", *PROJECT_TABLES)


class NewMember(TypedDict):
    """A user who was added to the project, because documents name them."""

    email: str
    role: ProjectRole


class LoadedProject(NamedTuple):
    """What the loading of a project did.

    Attributes:
        new_users: the e-mails of the users that the organization did not have.
        new_members: the users that the state lists as no members, but its labels name.
    """

    project_id: str
    new_users: list[str]
    new_members: list[NewMember]


def load_project(world: World, state: State, *, replace: bool = False) -> LoadedProject:
    """Add a project with the ids that it has in the state, all or nothing.

    Users are those of the same e-mail; others are added, without an API key. No event is emitted,
    so that no plugin is called.

    Args:
        replace: delete a project of the same id before.

    Raises:
        KiliError: the world has the project or one of its ids, or documents contradict one another.
    """
    with world.transaction(Actor.system()) as tx, explained_form():
        for content in state.files.values():
            world.blobs.put(content)
        loading = _Loading(tx, state)
        if loading.exists and not replace:
            raise errors.state_project_exists(loading.title, loading.project_id)
        loading.delete_project()
        loading.load()
        check_consistency(tx)
    return LoadedProject(loading.project_id, loading.new_users, loading.new_members)


class _Loading:
    """The loading of one project in one transaction."""

    def __init__(self, tx: Transaction, state: State) -> None:
        organizations: list[OrganizationDoc] = tx.organizations.all()
        if not organizations:
            raise errors.state_without_organization()
        self._tx = tx
        self._state = state
        self._organization_id = organizations[0]["id"]
        self._tables = tx.repositories()
        self._project = _only_project(state)
        self.project_id: str = self._project["id"]
        self.title: str = self._project["title"]
        self.exists = tx.projects.get(self.project_id) is not None
        self.new_users: list[str] = []
        self.new_members: list[NewMember] = []
        self._user_ids: dict[str, str] = {UNKNOWN_USER: _first_administrator(tx)["id"]}

    def delete_project(self) -> None:
        """Delete the documents of a project with the same id."""
        issue_ids = {each["id"] for each in self._tx.issues.find("project", self.project_id)}
        for name in PROJECT_TABLES:
            repository = self._tables[name]
            repository.delete_all(
                each
                for each in repository.all()
                if each.get("projectId") == self.project_id or each.get("issueId") in issue_ids
            )
        former = self._tx.projects.get(self.project_id)
        if former:
            self._tx.projects.delete(former)

    def load(self) -> None:
        for user in self._state.documents("users"):
            self._load_user(user)
        for table in _COPIED:
            self._insert(table, [self._translated(table, each) for each in self._documents(table)])
        self._load_tags()
        self._add_authors_as_members()
        self._refresh_labels()

    def _documents(self, table: str) -> Documents:
        return self._state.documents(table)

    def _load_user(self, user: dict[str, Any]) -> None:
        found: UserDoc | None = find_user_by_email(self._tx, user["email"])
        if found is None:
            document: Any = {
                **user,
                "id": user["id"] if self._tx.users.get(user["id"]) is None else self._tx.new_id(),
                "email": user["email"].lower(),
                "organizationId": self._organization_id,
                "password": None,
            }
            found = self._tx.users.insert(document)
            self.new_users.append(found["email"])
        self._user_ids[user["id"]] = found["id"]

    def _translated(self, table: str, document: dict[str, Any]) -> dict[str, Any]:
        """Return a document that refers to the users and the organization of the world."""
        changes: dict[str, Any] = {}
        for each in REFERENCES[table]:
            if each.table == "organizations":
                changes[each.member] = self._organization_id
            elif each.table == "users":
                changes[each.member] = _replaced(document[each.member], self._user_ids)
        return {**document, **changes}

    def _insert(self, table: str, documents: Documents) -> None:
        repository = self._tables[table]
        for each in documents:
            if repository.get(each["id"]) is not None:
                raise errors.state_id_taken(table, each["id"])
            if table != "projects" and each.get("projectId", self.project_id) != self.project_id:
                raise errors.state_unloadable(f"{table} {each['id']} is not of the project")
            repository.insert(each)

    def _load_tags(self) -> None:
        """Put tags of the same label on the project; add those that the organization lacks."""
        tags = self._tx.tags
        for each in tags.all():
            if self.project_id in each["projectIds"]:
                kept = [project for project in each["projectIds"] if project != self.project_id]
                tags.change(each, projectIds=kept)
        for tag in self._documents("tags"):
            same = [
                each
                for each in tags.find("organization", self._organization_id)
                if each["label"] == tag["label"]
            ]
            if same:
                tags.change(same[0], projectIds=[*same[0]["projectIds"], self.project_id])
                continue
            document: Any = {
                **tag,
                "id": tag["id"] if tags.get(tag["id"]) is None else self._tx.new_id(),
                "organizationId": self._organization_id,
                "projectIds": [self.project_id],
            }
            tags.insert(document)

    def _add_authors_as_members(self) -> None:
        """Make the authors of labels members, unless they were: reviewers if they have reviewed."""
        tx = self._tx
        roles: dict[str, ProjectRole] = {}
        for each in tx.labels.find("project", self.project_id):
            is_review = each["labelType"] == "REVIEW"
            if is_review or each["authorId"] not in roles:
                roles[each["authorId"]] = "REVIEWER" if is_review else "LABELER"
        for user_id, role in roles.items():
            user = tx.users.require(user_id)
            is_member = tx.project_users.find("membership", (self.project_id, user_id))
            if is_member or user["isServiceAccount"] or _is_administrator(user):
                continue
            member: MemberDoc = {
                "id": ids.derive_common_id(self.project_id, user_id),
                "projectId": self.project_id,
                "userId": user_id,
                "role": role,
                "starred": False,
                "joinedAt": self._project["createdAt"],
                "deletedAt": None,
                "createdAt": self._project["createdAt"],
            }
            tx.project_users.insert(member)
            self.new_members.append({"email": user["email"], "role": role})

    def _refresh_labels(self) -> None:
        """Give the labels of each asset their "latest" marks.

        An export has no quality marks: they are computed, if no label of the project has any.
        """
        tx = self._tx
        has_marks = _has_quality_marks(self._state)
        for asset in tx.assets.find("project", self.project_id):
            labels: Any = tx.labels.find("asset", asset["id"])
            for label, marks in label_marks(labels, has_steps=bool(asset["stepId"])):
                if any(label[name] != value for name, value in marks.items()):
                    found: Any = label
                    tx.labels.change(found, **marks)
            if not has_marks and labels:
                quality.refresh_marks(tx, asset)


def _only_project(state: State) -> dict[str, Any]:
    projects = state.documents("projects")
    if len(projects) != 1 or projects[0]["id"] != state.manifest["project"]:
        raise errors.state_unloadable("it has not the one project that state.json names")
    return projects[0]


def _first_administrator(tx: Transaction) -> UserDoc:
    for user in tx.users.all():
        if _is_administrator(user):
            return user
    raise errors.state_without_administrator()


def _replaced(value: Any, replaced_ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [replaced_ids.get(each, each) for each in value]
    return replaced_ids.get(value, value)


def _is_administrator(user: UserDoc) -> bool:
    return user["activated"] and user["organizationRole"] == "ADMIN"


def _has_quality_marks(state: State) -> bool:
    members = ("honeypotMark", "inferenceMark", "consensusMark", "reviewScore")
    return any(
        document.get(member) is not None
        for table in ("assets", "labels")
        for document in state.documents(table)
        for member in members
    )
