"""A list, a count and a page agree with a test of every document, by indexes or without."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.app import Emulator
from kili_emulator.domain.filters import Selection, selection
from kili_emulator.domain.world import Actor, Transaction, World

Doc = dict[str, Any]
Where = dict[str, Any]

PROJECTS = ("open", "hidden", "deleted")
VISIBLE = {"admin": {"open", "hidden"}, "labeler": {"open"}}
USERS = ("admin", "labeler", "reviewer")
ASSETS = [f"asset{number}" for number in range(6)]
LABELS = [f"label{number}" for number in range(10)]
ISSUES = [f"issue{number}" for number in range(4)]
COMMENTS = [f"comment{number}" for number in range(4)]
LOCKS = [f"lock{number}" for number in range(4)]
EXTERNAL_IDS = ("a", "ab", "b")
STATUSES = ("TODO", "LABELED", "REVIEWED")
TYPES = ("DEFAULT", "REVIEW", "PREDICTION")
DAYS = [f"2020-01-0{day}T00:00:00.000Z" for day in (1, 2, 3)]

DATES = [*DAYS, "2020-01-02", "2019-12-31", "2020-01-02T00:00:00.001Z"]


def one(*pools: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([each for pool in pools for each in pool] + ["unknown"])


def some(*pools: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from([each for pool in pools for each in pool]), max_size=3)


def wheres(
    members: dict[str, st.SearchStrategy[Any]], max_size: int = 3
) -> st.SearchStrategy[Where]:
    """Draw a where that has some of the members; a null or an empty object filters nothing."""

    def draw_members(names: list[str]) -> st.SearchStrategy[Where]:
        return st.fixed_dictionaries({each: st.none() | members[each] for each in names})

    names = st.lists(st.sampled_from(sorted(members)), max_size=max_size, unique=True)
    return names.flatmap(draw_members)


PROJECT_WHERES = wheres({"id": one(PROJECTS)})
USER_WHERES = wheres({"id": one(USERS), "idIn": some(USERS)}, 1)
ASSET_MEMBERS = {
    "id": one(ASSETS),
    "idIn": some(ASSETS),
    "idNotIn": some(ASSETS),
    "externalIdIn": some(EXTERNAL_IDS),
    "externalIdStrictlyIn": some(EXTERNAL_IDS),
    "project": PROJECT_WHERES,
    "statusIn": some(STATUSES),
}
LABEL_MEMBERS = {
    "id": one(LABELS),
    "idIn": some(LABELS),
    "asset": wheres(ASSET_MEMBERS),
    "createdAt": st.sampled_from(DATES),
    "createdAtGte": st.sampled_from(DATES),
    "createdAtLte": st.sampled_from(DATES),
    "labelerIn": some(USERS),
    "labelerNotIn": some(USERS),
    "project": PROJECT_WHERES,
    "reviewerIn": some(USERS),
    "typeIn": some(TYPES),
    "user": USER_WHERES,
}
ISSUE_MEMBERS = {
    "id": one(ISSUES),
    "asset": wheres(ASSET_MEMBERS),
    "assetIn": some(ASSETS),
    "project": PROJECT_WHERES,
    "status": st.sampled_from(["OPEN", "SOLVED"]),
}
ASSET_MEMBERS_WITH_RELATED = {
    **ASSET_MEMBERS,
    "issue": wheres(ISSUE_MEMBERS),
    "label": wheres(LABEL_MEMBERS),
}
WHERES = {
    "assets": wheres(ASSET_MEMBERS_WITH_RELATED, 4),
    "labels": wheres(LABEL_MEMBERS, 4),
    "issues": wheres(ISSUE_MEMBERS),
    "comments": wheres({"id": one(COMMENTS), "issue": wheres(ISSUE_MEMBERS)}),
    "locks": wheres({"id": one(LOCKS)}),
}


class Content:
    """Random documents in a transaction, and their selection without indexes.

    Args:
        data: draws the documents.
    """

    def __init__(self, tx: Transaction, data: st.DataObject) -> None:
        self.tx = tx
        self._draw = data.draw
        self.users = {each: self._user_id(each) for each in USERS}
        self._insert_projects()
        self.assets = self._insert("assets", ASSETS, self._asset)
        self.labels = self._insert("labels", LABELS, self._label)
        self.issues = self._insert("issues", ISSUES, self._issue)
        self.comments = self._insert("comments", COMMENTS, self._comment)
        self.locks = self._insert("locks", LOCKS, self._on_asset)

    def _user_id(self, name: str) -> str:
        (user,) = self.tx.users.find("email", f"{name}@example.com")
        return user["id"]

    def _insert_projects(self) -> None:
        (project, *_) = self.tx.projects.all()
        memberships = self.tx.project_users.find("project", project["id"])
        for name in PROJECTS:
            deleted_at = self.tx.now if name == "deleted" else None
            self.tx.projects.insert({**project, "id": name, "deletedAt": deleted_at})
        (joined,) = [each for each in memberships if each["userId"] == self.users["labeler"]]
        for name in ("open", "deleted"):
            self.tx.project_users.insert({**joined, "id": f"of {name}", "projectId": name})

    def _pick(self, choices: Any) -> Any:
        return self._draw(st.sampled_from(list(choices)))

    def _insert(self, table: str, ids: list[str], members: Callable[[], Doc]) -> dict[str, Doc]:
        """Insert, move and delete documents in random order; return those that are left."""
        repository = getattr(self.tx, table)
        template = repository.all()[0] if len(repository) else {}
        for each in self._draw(st.permutations(ids)):
            repository.insert({**template, **members(), "id": each})
        for each in self._draw(st.sets(st.sampled_from(ids), max_size=3)):
            repository.change(repository.require(each), **members())
        for each in self._draw(st.sets(st.sampled_from(ids), max_size=2)) - {ids[0]}:
            if table in {"labels", "comments", "locks"}:
                repository.delete(repository.require(each))
        return {each: repository.get(each) for each in ids if repository.get(each)}

    def _asset(self) -> Doc:
        return {
            "projectId": self._pick(PROJECTS),
            "externalId": self._pick(EXTERNAL_IDS),
            "status": self._pick(STATUSES),
        }

    def _on_asset(self) -> Doc:
        asset = self._pick(self.assets.values())
        return {"assetId": asset["id"], "projectId": asset["projectId"]}

    def _label(self) -> Doc:
        members = {"labelType": self._pick(TYPES), "createdAt": self._pick(DAYS)}
        return {**self._on_asset(), **members, "authorId": self.users[self._pick(USERS)]}

    def _issue(self) -> Doc:
        return {**self._on_asset(), "status": self._pick(["OPEN", "SOLVED"])}

    def _comment(self) -> Doc:
        return {"issueId": self._pick(self.issues)}

    def select(self, table: str, where: Where, visible: set[str]) -> list[Doc]:
        """Test every visible document of a table, and sort those that pass."""
        repository = getattr(self.tx, table)
        documents: list[Doc] = list(getattr(self, table).values())
        found = [
            each
            for each in documents
            if self._project_id(each) in visible and self._meets(table, each, where)
        ]
        found.sort(key=lambda each: repository.position(each["id"]))
        return sorted(found, key=lambda each: each["createdAt"]) if table == "labels" else found

    def _project_id(self, document: Doc) -> str:
        owner = self.issues[document["issueId"]] if "issueId" in document else document
        return str(owner["projectId"])

    def _meets(self, table: str, document: Doc, where: Where) -> bool:
        return all(
            self._meets_one(table, document, name, value)
            for name, value in where.items()
            if not _is_empty(value)
        )

    def _meets_one(self, table: str, document: Doc, name: str, value: Any) -> bool:
        nested = {
            "asset": lambda: self._meets("assets", self.assets[document["assetId"]], value),
            "issue": lambda: self._meets_issue(table, document, value),
            "label": lambda: self._has("labels", document, value),
            "project": lambda: self._meets("projects", {"id": document["projectId"]}, value),
            "user": lambda: self._meets("users", {"id": document["authorId"]}, value),
        }
        return nested[name]() if name in nested else TESTS[name](document, value)

    def _meets_issue(self, table: str, document: Doc, where: Where) -> bool:
        if table == "comments":
            return self._meets("issues", self.issues[document["issueId"]], where)
        return self._has("issues", document, where)

    def _has(self, table: str, asset: Doc, where: Where) -> bool:
        return any(
            each["assetId"] == asset["id"] and self._meets(table, each, where)
            for each in getattr(self, table).values()
        )


TESTS: dict[str, Callable[[Doc, Any], bool]] = {
    "id": lambda document, value: document["id"] == value,
    "idIn": lambda document, values: document["id"] in values,
    "idNotIn": lambda document, values: document["id"] not in values,
    "assetIn": lambda issue, values: issue["assetId"] in values,
    "createdAt": lambda label, value: label["createdAt"].startswith(value),
    "createdAtGte": lambda label, value: label["createdAt"] >= value,
    "createdAtLte": lambda label, value: label["createdAt"][: len(value)] <= value,
    "externalIdIn": lambda asset, values: any(each in asset["externalId"] for each in values),
    "externalIdStrictlyIn": lambda asset, values: asset["externalId"] in values,
    "labelerIn": lambda label, ids: label["labelType"] == "DEFAULT" and label["authorId"] in ids,
    "labelerNotIn": lambda label, ids: (
        label["labelType"] == "DEFAULT" and label["authorId"] not in ids
    ),
    "reviewerIn": lambda label, ids: label["labelType"] == "REVIEW" and label["authorId"] in ids,
    "status": lambda issue, value: issue["status"] == value,
    "statusIn": lambda asset, values: asset["status"] in values,
    "typeIn": lambda label, values: label["labelType"] in values,
}


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_is_empty, value.values())))


class _UndoneError(Exception):
    """Undoes a transaction."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Emulator(seed=0) as emulator:
        yield emulator.world


def _with_user_ids(value: Any, users: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _with_user_ids(each, users) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_user_ids(each, users) for each in value]
    return users.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("table", WHERES)
@given(data=st.data())
def test_plan_equals_a_full_scan(world: World, table: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(VISIBLE)))
    (user,) = world.view.users.find("email", f"{name}@example.com")
    before = {each["id"] for each in getattr(world.view, table).all()}
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.suppress(_UndoneError),
        world.transaction(Actor(user)) as tx,
    ):
        patch.setattr(selection, "FEW", data.draw(st.sampled_from([0, 1, selection.FEW])))
        content = Content(tx, data)
        for _ in range(4):
            where = _with_user_ids(data.draw(WHERES[table]), content.users)
            plan = getattr(Selection(tx.access), table)(where)
            found = [each for each in plan if each["id"] not in before]
            assert found == content.select(table, where, VISIBLE[name])
            everything = list(plan)
            assert plan.count() == len(everything)
            skip, first = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 5))
            assert plan.page(first, skip) == everything[skip : skip + first]
            assert plan.page(None, skip) == everything[skip:]
        raise _UndoneError
