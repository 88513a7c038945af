"""How a plugin stood at some time, told from what became of it.

A place is one in the creation order of the world's documents (events among them): what has a lower
one came first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Became = Literal["ACTIVATED", "DEACTIVATED", "BUILT", "BUILD_FAILED"]
Activity = Literal["ACTIVE", "NEVER_ACTIVE", "NOT_ACTIVE_YET", "DEACTIVATED"]
Deployment = Literal["BUILT", "NOTHING_DEPLOYED", "DEPLOYING", "BUILD_FAILED"]

# The place after all that there is.
NOW = 2**63


class Change(NamedTuple):
    """Something that a plugin became.

    Attributes:
        at: when.
        of: the project where it was activated or deactivated, or the version that was built: ids.
    """

    place: int
    at: str
    became: Became
    of: str


@dataclass(frozen=True)
class Version:
    """A version of a plugin, from the moment that its deployment was asked for.

    Attributes:
        handlers: the handler types that it asks for.
        patterns: of events, likewise.
        client: the version of the SDK that asked for the deployment, if it said so.
    """

    place: int
    id: str
    number: int
    handlers: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    client: str | None = None


@dataclass(frozen=True)
class History:
    """A plugin from its beginning.

    Attributes:
        place: that of its creation.
        at: the time of that.
        versions: in order.
        changes: in order.
    """

    place: int
    at: str
    versions: tuple[Version, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a plugin stands towards a project at one moment.

    Attributes:
        is_created: whether there is such a plugin.
        activity: whether it is active there, or how it is not.
        since: when that became so; of one that is not active yet, when it will be.
        deployment: whether there is a version that can be called, or how there is none.
        version: the version that is called, or else the newest; ``None`` where there is none.
        newest: the newest version, which may be on its way or have failed while another is called.
        newest_deployment: how far that one has come.
    """

    is_created: bool
    activity: Activity
    since: str | None
    deployment: Deployment
    version: Version | None
    newest: Version | None = None
    newest_deployment: Deployment = "NOTHING_DEPLOYED"


def standing(history: History, project_id: str, place: int) -> Standing:
    """How a plugin stood towards a project at a place in the creation order."""
    activity, since = _activity(history, project_id, place)
    is_created = history.place < place
    asked = [each for each in history.versions if each.place < place]
    if not asked:
        return Standing(is_created, activity, since, "NOTHING_DEPLOYED", None)
    newest, built = asked[-1], [each for each in asked if _end(history, each, place) == "BUILT"]
    end = _end(history, newest, place)
    if built:
        return Standing(is_created, activity, since, "BUILT", built[-1], newest, end)
    return Standing(is_created, activity, since, end, newest, newest, end)


def _end(history: History, version: Version, place: int) -> Deployment:
    """How far the deployment of a version had come."""
    ends = [each.became for each in history.changes if each.of == version.id and each.place < place]
    if "BUILT" in ends:
        return "BUILT"
    return "BUILD_FAILED" if ends else "DEPLOYING"


def _activity(history: History, project_id: str, place: int) -> tuple[Activity, str | None]:
    there = [each for each in history.changes if each.of == project_id]
    before = [each for each in there if each.place < place]
    if before:
        is_active = before[-1].became == "ACTIVATED"
        return "ACTIVE" if is_active else "DEACTIVATED", before[-1].at
    return ("NOT_ACTIVE_YET", there[0].at) if there else ("NEVER_ACTIVE", None)
