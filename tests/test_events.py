"""Visibility of the audit trail, over the wire and with the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from kili_emulator.app import Emulator
from kili_emulator.domain.access import Access
from kili_emulator.domain.filters import Selection
from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds, set_up_world


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture(scope="module")
def world_ids(wire: Wire) -> WorldIds:
    return set_up_world(wire)


def seen_by(wire: Wire, key: str, **where: str) -> list[str]:
    found = wire.call("events", key, "event", where=where, pagination={})
    return [each["event"] for each in found]


@pytest.mark.parametrize("key", ["manager", "reviewer", "labeler"])
def test_events_of_a_project_are_hidden_from_members_without_admin_role(
    wire: Wire, world_ids: WorldIds, key: str
) -> None:
    assert seen_by(wire, key) == []
    assert seen_by(wire, key, projectId=world_ids["project"]) == []


def test_administrator_of_one_project_sees_only_its_events(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    members = wire.emulator.world.documents.table("projectUsers")
    members.update({"role": "ADMIN"}, lambda each: each["userId"] == world_ids["max"])
    assert seen_by(wire, "manager") == seen_by(wire, "admin", projectId=world_ids["project"]) != []
    assert seen_by(wire, "manager", projectId=world_ids["hidden project"]) == []
    wire.emulator.reset(mark)


def test_events_of_a_deleted_project_are_kept(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    hidden = world_ids["hidden project"]
    before = seen_by(wire, "admin", projectId=hidden)
    wire.call("deleteProject", where={"id": hidden})
    assert seen_by(wire, "admin", projectId=hidden) == [*before, "project.deleted"]
    wire.emulator.reset(mark)


def test_refused_change_leaves_no_event(wire: Wire, world_ids: WorldIds) -> None:
    before = seen_by(wire, "admin")
    rows = [
        {"assetID": world_ids["farm"], "jsonResponse": EASY_JSON},
        {"assetID": world_ids["farm"], "jsonResponse": '{"NO_JOB": {}}'},
    ]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    assert "NO_JOB" in wire.refusal("appendManyLabels", data=data, where={})
    assert seen_by(wire, "admin") == before


def test_autosave_is_absent_from_the_audit_trail(wire: Wire, world_ids: WorldIds) -> None:
    """Subscribers of labels still receive the autosave."""
    mark = wire.emulator.mark()
    before = seen_by(wire, "admin")
    wire.append_label(world_ids["street"], EASY_JSON, kind="AUTOSAVE")
    assert "emulator.label.autosaved" not in seen_by(wire, "admin")[len(before) :]
    wire.emulator.reset(mark)


def test_events_without_a_project_are_visible_to_organization_administrators(
    wire: Wire, world_ids: WorldIds
) -> None:
    mark = wire.emulator.mark()
    events = wire.emulator.world.documents.table("events")
    one = dict(next(iter(wire.emulator.world.view.events.all())))
    for identity, organization in (("own", one["organizationId"]), ("foreign", "another")):
        events.insert({**one, "id": identity, "projectId": None, "organizationId": organization})
    found = wire.call("events", where={}, pagination={}, selection="id projectId")
    assert [each["id"] for each in found if each["projectId"] is None] == ["own"]
    assert seen_by(wire, "manager") == []
    wire.emulator.reset(mark)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("where", [{}, {"event": "asset.created"}])
def test_each_page_is_a_part_of_the_whole_list(
    wire: Wire, world_ids: WorldIds, where: dict[str, str], descending: bool
) -> None:
    session = wire.emulator.platform.registry.authenticate(wire.emulator.key())
    assert session
    world, actor = session
    selection = Selection(Access(world.view, actor))
    own = {"projectId": world_ids["project"]}
    listed = [each for each in world.view.events.all() if each["projectId"] == own["projectId"]]
    listed = listed[::-1] if descending else listed
    ids = [each["id"] for each in listed]
    assert len(ids) > 4
    limits = [None, "unknown", ids[0], ids[2], ids[-1]]
    for first, last, skip, size in product(limits, limits, (0, 1, 50), (0, 2, 1000)):
        start = 0 if first is None else ids.index(first) if first in ids else len(ids)
        stop = len(ids) if last is None else ids.index(last) + 1 if last in ids else 0
        expected = [
            each
            for each in listed[start:stop]
            if each["event"] == where.get("event", each["event"])
        ][skip : skip + size]
        pagination = {"fromEventId": first, "untilEventId": last, "skip": skip, "first": size}
        found = selection.events({**where, **own}, pagination, descending=descending)
        assert found == expected, pagination


def test_the_sdk_lists_events_page_by_page(wire: Wire, world_ids: WorldIds) -> None:
    mark = wire.emulator.mark()
    kili = wire.emulator.client()
    names = [f"asset {number}" for number in range(120)]
    kili.append_many_to_dataset(
        world_ids["hidden project"], content_array=["a text"] * 120, external_id_array=names
    )
    events = kili.events.list(project_id=world_ids["hidden project"], event="asset.created")
    assert [each["payload"]["externalId"] for each in events] == ["hidden", *names]
    newest = kili.events.list(
        project_id=world_ids["hidden project"],
        order="desc",
        skip=1,
        user_id=world_ids["ada"],
        created_at_gte="2020-01-01",
        from_event_id=events[-1]["id"],
        until_event_id=events[-3]["id"],
        fields=["id", "payload"],
    )
    assert newest == [{name: each[name] for name in ("id", "payload")} for each in events[-2:-4:-1]]
    assert kili.events.list(project_id="unknown") == []
    wire.emulator.reset(mark)
