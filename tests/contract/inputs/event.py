"""What selects and orders the events of the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kili_emulator import clock
from tests.contract.inputs.registry import Stage, case

Events = list[dict[str, Any]]


def _events(
    stage: Stage, where: dict[str, Any] | None = None, key: str = "admin", **pagination: Any
) -> Events:
    found: Events = stage.wire.call("events", key, where=where or {}, pagination=pagination)
    return found


def _selected(stage: Stage, member: str, value: str) -> Events:
    """What a condition selects, which is a part of all there is."""
    found = _events(stage, {member: value})
    assert 0 < len(found) < len(_events(stage))
    assert _events(stage, {member: "cl00000000000000000000000"}) == []
    return found


@case("EventsWhere.projectId", "events(where)")
def _(stage: Stage) -> None:
    hidden = stage.names["hidden project"]
    assert {each["projectId"] for each in _selected(stage, "projectId", hidden)} == {hidden}


@case("EventsWhere.event")
def _(stage: Stage) -> None:
    created = _selected(stage, "event", "project.created")
    assert {each["event"] for each in created} == {"project.created"}
    assert _events(stage, {"event": "project.*"}) == []


@case("EventsWhere.userId")
def _(stage: Stage) -> None:
    rita = stage.names["rita"]
    assert {each["userId"] for each in _selected(stage, "userId", rita)} == {rita}


@case("EventsWhere.organizationId")
def _(stage: Stage) -> None:
    everything = _events(stage)
    assert _events(stage, {"organizationId": stage.names["organization"]}) == everything
    assert _events(stage, {"organizationId": "another"}) == []


@case("EventsWhere.createdAtGte", "EventsWhere.createdAtLte")
def _(stage: Stage) -> None:
    earlier = _events(stage)
    world = stage.wire.emulator.world
    moment = clock.to_text(world.clock.now() + timedelta(minutes=30))
    world.clock.offset += timedelta(hours=1)
    stage.wire.call("createProject", data={"title": "Later"})
    (later,) = _events(stage, {"createdAtGte": moment})
    assert later["event"] == "project.created"
    assert _events(stage, {"createdAtGte": later["createdAt"]}) == [later]
    assert _events(stage, {"createdAtLte": moment}) == earlier
    assert _events(stage, {"createdAtLte": later["createdAt"]}) == [*earlier, later]


@case("events(order)")
def _(stage: Stage) -> None:
    oldest_first = _events(stage)

    def ordered(order: str) -> Any:
        return stage.wire.call("events", where={}, pagination={}, order=order)

    assert ordered("asc") == oldest_first
    assert ordered("desc") == oldest_first[::-1]


@case("EventPagination.first", "EventPagination.skip", "events(pagination)")
def _(stage: Stage) -> None:
    everything = _events(stage)
    assert _events(stage, first=2) == everything[:2]
    assert _events(stage, skip=3) == everything[3:]
    assert _events(stage, skip=1, first=1) == everything[1:2]
    assert _events(stage, first=0) == []
    assert _events(stage, skip=len(everything)) == []
    for member, value, says in (
        ("first", -1, "first must be between 0 and 1000"),
        ("first", 1001, "first must be between 0 and 1000"),
        ("skip", -1, "skip must be 0 or more"),
    ):
        pagination = {member: value}
        assert says in stage.wire.refusal("events", where={}, pagination=pagination)


@case("EventPagination.fromEventId", "EventPagination.untilEventId")
def _(stage: Stage) -> None:
    everything = _events(stage)
    ids = [each["id"] for each in everything]
    assert _events(stage, fromEventId=ids[2]) == everything[2:]
    assert _events(stage, untilEventId=ids[2]) == everything[:3]
    assert _events(stage, fromEventId=ids[1], untilEventId=ids[3], skip=1) == everything[2:4]
    assert _events(stage, fromEventId=ids[3], untilEventId=ids[1]) == []
    assert _events(stage, fromEventId="unknown") == _events(stage, untilEventId="unknown") == []
    newest_first = stage.wire.call(
        "events", where={}, pagination={"fromEventId": ids[3], "untilEventId": ids[1]}, order="desc"
    )
    assert newest_first == everything[3:0:-1]
    other = next(each for each in everything if each["event"] != everything[0]["event"])
    later = _events(stage, {"event": other["event"]}, fromEventId=ids[0])
    assert later == [each for each in everything if each["event"] == other["event"]]
