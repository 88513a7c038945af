"""Reader of the tables of ``docs/contract/what-calls-plugins.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "contract" / "what-calls-plugins.md"

_CODE = re.compile(r"`([^`]+)`")
_MEMBER = re.compile(r"`([^`]+)`(\??)")
_ASIDE = re.compile(r"\([^)]*\)")
_OLDER = re.compile(r"Older names of these mutations: (.*?)\.\n", re.S)

_LABEL_TYPES = ("AUTOSAVE", "DEFAULT", "INFERENCE", "PREDICTION", "REVIEW")
_WAYS_TO_LABEL = ("appendManyLabels", "appendToLabels")


@dataclass(frozen=True)
class Row:
    """An action, with its events and handler calls.

    Attributes:
        ways: mutations, with the type of the label if it matters, and verbs of simulated users.
        required: the members that each event's payload has besides the usual members.
        optional: the members that each event's payload may have.
    """

    title: str
    ways: frozenset[str]
    events: tuple[str, ...]
    handlers: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str]

    def allows(self, event: str, members: frozenset[str]) -> bool:
        """Return whether the payload of an event has all required and no unlisted members."""
        usual = {"assetId", "externalId"} if not event.startswith("project.") else set()
        least = usual | self.required
        return least <= members <= least | self.optional


@dataclass(frozen=True)
class Handler:
    """A handler and its arguments."""

    name: str
    method: str
    arguments: tuple[str, ...]
    members: frozenset[str]


def _section(title: str) -> str:
    """Return the text below a heading of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _table(title: str) -> list[list[str]]:
    """Return the table below a heading as rows of cells, without the header."""
    lines = [line for line in _section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def rows() -> list[Row]:
    """Return the actions; skip rows that only group others."""
    return [_row(cells) for cells in _table("Actions") if not cells[0].startswith("**")]


def _row(cells: list[str]) -> Row:
    title, calls, actions, events, handlers, payload = cells
    members = _MEMBER.findall(payload)
    ways = [each for cell in (calls, actions) for each in _CODE.findall(_ASIDE.sub("", cell))]
    return Row(
        title,
        frozenset(way for each in ways for way in _expanded(each)),
        tuple(_CODE.findall(events)),
        tuple(_CODE.findall(handlers)),
        frozenset(name for name, mark in members if not mark),
        frozenset(name for name, mark in members if mark),
    )


def _expanded(way: str) -> Iterator[str]:
    """Expand ``label TYPE`` to both ways to label, and a mutation without a type to each type."""
    name, _, type_ = way.partition(" ")
    if name == "label":
        yield from (f"{each} {type_}" for each in _WAYS_TO_LABEL)
    elif name in _WAYS_TO_LABEL and not type_:
        yield from (f"{name} {each}" for each in _LABEL_TYPES)
    else:
        yield way


def handlers() -> list[Handler]:
    """Return the handlers; "the same" in a row stands for the members of the row above."""
    found: list[Handler] = []
    for name, method, arguments, members in _table("Arguments of handlers"):
        stated = set(_CODE.findall(members))
        if members.startswith("the same"):
            stated |= found[-1].members
        codes = [_CODE.findall(each) for each in (name, method, arguments)]
        found.append(Handler(codes[0][0], codes[1][0], tuple(codes[2]), frozenset(stated)))
    return found


def read_older_names() -> dict[str, str]:
    """Return the older name of a mutation → the name in the table."""
    (listed,) = _OLDER.findall(_section("Older names"))
    names = {}
    for part in listed.split(";"):
        *older, newer = _CODE.findall(part)
        names |= dict.fromkeys(older, newer)
    return names
