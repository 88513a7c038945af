"""Inputs that select and order the events of the audit trail.

The cases of the conditions of ``EventsWhere`` are here and not in ``filter_cases.py``, because
events have no count operation and pages of their own kind.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kili_emulator import clock
from tests.contract.inputs.registry import CaseWorld, case
from tests.kit.world_time import advance

Events = list[dict[str, Any]]


def _events(
    case_world: CaseWorld,
    where: dict[str, Any] | None = None,
    key: str = "admin",
    **pagination: Any,
) -> Events:
    found: Events = case_world.wire.call("events", key, where=where or {}, pagination=pagination)
    return found


def _selected(case_world: CaseWorld, member: str, value: str) -> Events:
    """Return the events that a condition selects; they must be a proper part of all events."""
    found = _events(case_world, {member: value})
    assert 0 < len(found) < len(_events(case_world))
    assert _events(case_world, {member: "cl00000000000000000000000"}) == []
    return found


@case("EventsWhere.projectId", "events(where)")
def _(case_world: CaseWorld) -> None:
    hidden = case_world.names["hidden project"]
    assert {each["projectId"] for each in _selected(case_world, "projectId", hidden)} == {hidden}


@case("EventsWhere.event")
def _(case_world: CaseWorld) -> None:
    created = _selected(case_world, "event", "project.created")
    assert {each["event"] for each in created} == {"project.created"}
    assert _events(case_world, {"event": "project.*"}) == []


@case("EventsWhere.userId")
def _(case_world: CaseWorld) -> None:
    rita = case_world.names["rita"]
    assert {each["userId"] for each in _selected(case_world, "userId", rita)} == {rita}


@case("EventsWhere.organizationId")
def _(case_world: CaseWorld) -> None:
    everything = _events(case_world)
    assert _events(case_world, {"organizationId": case_world.names["organization"]}) == everything
    assert _events(case_world, {"organizationId": "another"}) == []


@case("EventsWhere.createdAtGte", "EventsWhere.createdAtLte")
def _(case_world: CaseWorld) -> None:
    earlier = _events(case_world)
    world = case_world.wire.emulator.world
    moment = clock.format_time(world.clock.now() + timedelta(minutes=30))
    advance(world, timedelta(hours=1))
    case_world.wire.call("createProject", data={"title": "Later"})
    (later,) = _events(case_world, {"createdAtGte": moment})
    assert later["event"] == "project.created"
    assert _events(case_world, {"createdAtGte": later["createdAt"]}) == [later]
    assert _events(case_world, {"createdAtLte": moment}) == earlier
    assert _events(case_world, {"createdAtLte": later["createdAt"]}) == [*earlier, later]


@case("events(order)")
def _(case_world: CaseWorld) -> None:
    oldest_first = _events(case_world)

    def ordered(order: str) -> Any:
        return case_world.wire.call("events", where={}, pagination={}, order=order)

    assert ordered("asc") == oldest_first
    assert ordered("desc") == oldest_first[::-1]


@case("EventPagination.first", "EventPagination.skip", "events(pagination)")
def _(case_world: CaseWorld) -> None:
    everything = _events(case_world)
    assert _events(case_world, first=2) == everything[:2]
    assert _events(case_world, skip=3) == everything[3:]
    assert _events(case_world, skip=1, first=1) == everything[1:2]
    assert _events(case_world, first=0) == []
    assert _events(case_world, skip=len(everything)) == []
    for member, value, says in (
        ("first", -1, "first must be between 0 and 1000"),
        ("first", 1001, "first must be between 0 and 1000"),
        ("skip", -1, "skip must be 0 or more"),
    ):
        pagination = {member: value}
        assert says in case_world.wire.refusal("events", where={}, pagination=pagination)


@case("EventPagination.fromEventId", "EventPagination.untilEventId")
def _(case_world: CaseWorld) -> None:
    everything = _events(case_world)
    ids = [each["id"] for each in everything]
    assert _events(case_world, fromEventId=ids[2]) == everything[2:]
    assert _events(case_world, untilEventId=ids[2]) == everything[:3]
    assert _events(case_world, fromEventId=ids[1], untilEventId=ids[3], skip=1) == everything[2:4]
    assert _events(case_world, fromEventId=ids[3], untilEventId=ids[1]) == []
    assert (
        _events(case_world, fromEventId="unknown")
        == _events(case_world, untilEventId="unknown")
        == []
    )
    newest_lines_page = case_world.wire.call(
        "events", where={}, pagination={"fromEventId": ids[3], "untilEventId": ids[1]}, order="desc"
    )
    assert newest_lines_page == everything[3:0:-1]
    other = next(each for each in everything if each["event"] != everything[0]["event"])
    later = _events(case_world, {"event": other["event"]}, fromEventId=ids[0])
    assert later == [each for each in everything if each["event"] == other["event"]]
