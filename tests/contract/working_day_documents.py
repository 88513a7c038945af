"""The documents of a working day: users, assets with labels, issues, the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SUBMITTED = ("DEFAULT", "REVIEW")
LABEL_TYPES = (*SUBMITTED, "AUTOSAVE", "PREDICTION", "INFERENCE")

CONSENSUS_SIZE = 2

PEOPLE = {
    "admin": "ADMIN",
    "manager": "TEAM_MANAGER",
    "reviewer": "REVIEWER",
    "labeler": "LABELER",
}
_RANKS = ["LABELER", "REVIEWER", "TEAM_MANAGER", "ADMIN"]

ROLE_FOR = {
    "DEFAULT": "LABELER",
    "AUTOSAVE": "LABELER",
    "REVIEW": "REVIEWER",
    "PREDICTION": "TEAM_MANAGER",
    "INFERENCE": "TEAM_MANAGER",
    "QUESTION": "LABELER",
    "ISSUE": "REVIEWER",
}


class RefusedError(Exception):
    """The action is refused with an error and changes nothing."""


def require(who: str, role: str) -> None:
    if _RANKS.index(PEOPLE[who]) < _RANKS.index(role):
        raise RefusedError


@dataclass
class Label:
    type: str
    author: str
    model: str | None
    step: str | None
    sent_back: bool = False
    id: str = ""


@dataclass
class Issue:
    asset: str
    type: str
    number: int
    author: str
    assignee: str | None
    status: str = "OPEN"
    seen: bool = False
    comments: list[str] = field(default_factory=list)
    id: str = ""


@dataclass
class Asset:
    name: str
    step: str | None = None
    step_status: str | None = None
    status: str = "TODO"
    skipped: bool = False
    consensus: bool = False
    priority: int = 0
    assignees: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    id: str = ""

    def latest(self) -> Label | None:
        """Return the newest label that a user submitted."""
        return next((each for each in reversed(self.labels) if each.type in SUBMITTED), None)

    def newest_of(self, author: str, types: Iterable[str], step: str | None = None) -> Label | None:
        """Return an author's newest label of these types, on a step if one is given."""
        for each in reversed(self.labels):
            if each.author == author and each.type in types and step in (None, each.step):
                return each
        return None

    def latest_of(self, author: str) -> Label | None:
        """Return an author's last submitted label; else their label in progress or a model's."""
        for types in (SUBMITTED, ("AUTOSAVE",), LABEL_TYPES):
            if found := self.newest_of(author, types):
                return found
        return None

    def authors_in_progress(self) -> set[str]:
        """Return the users who have a label in progress."""
        authors = {each.author for each in self.labels}
        newest = {each: self.newest_of(each, (*SUBMITTED, "AUTOSAVE")) for each in authors}
        return {author for author, each in newest.items() if each and each.type == "AUTOSAVE"}


@dataclass
class Event:
    """An event of the audit trail; its payload refers to the labels and issues of the model."""

    subject: str
    asset: Asset | None
    members: dict[str, Any]


@dataclass
class Project:
    """The content of a project, and the events of the last action."""

    stepped: bool
    coverage: int = 0
    consensus_size: int = CONSENSUS_SIZE
    archived: bool = False
    assets: list[Asset] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    trail: list[Event] = field(default_factory=list)
    unnamed: list[Asset | Label | Issue] = field(default_factory=list)

    def asset(self, name: str) -> Asset:
        return next(each for each in self.assets if each.name == name)

    def label(self, label_id: str) -> tuple[Asset, Label]:
        labels = ((asset, label) for asset in self.assets for label in asset.labels)
        return next(each for each in labels if each[1].id == label_id)

    def issue(self, issue_id: str) -> Issue:
        return next(each for each in self.issues if each.id == issue_id)

    def add_event(self, subject: str, asset: Asset | None, **members: Any) -> None:
        self.trail.append(Event(subject, asset, members))
