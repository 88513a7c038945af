"""Inputs of notifications."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, CaseWorld, case

_ALL = "hasBeenSeen message progress status url userID"


def _notification(case_world: CaseWorld, data: dict[str, Any]) -> Any:
    data = {"message": "Done.", "status": "PENDING", "userID": case_world.names["leo"], **data}
    created = case_world.wire.call("createNotification", data=data, selection="id")
    return case_world.read("notifications", created["id"], f"id {_ALL}")


def _is_stored_and_changed(member: str, value: Any) -> Case:
    def run(case_world: CaseWorld) -> None:
        given = case_world.names["max"] if member == "userID" else value
        plain = _notification(case_world, {})
        changed = {**plain, member: given}
        made = _notification(case_world, {member: given})
        assert made == {**changed, "id": made["id"]} != {**plain, "id": made["id"]}
        where = {"id": plain["id"]}
        case_world.wire.call("updatePropertiesInNotification", data={member: given}, where=where)
        assert case_world.read("notifications", plain["id"], f"id {_ALL}") == changed

    return run


for _member, _value in {
    "hasBeenSeen": True,
    "message": "Over.",
    "progress": 40,
    "status": "SUCCESS",
    "url": "/label/projects",
    "userID": "max",
}.items():
    case(f"NotificationData.{_member}")(_is_stored_and_changed(_member, _value))
case(
    "createNotification(data)",
    "updatePropertiesInNotification(data)",
)(_is_stored_and_changed("message", "Over."))


@case("updatePropertiesInNotification(where)")
def _(case_world: CaseWorld) -> None:
    first, second = _notification(case_world, {}), _notification(case_world, {})
    data = {"hasBeenSeen": True}
    where = {"id": second["id"], "hasBeenSeen": False}
    case_world.wire.call("updatePropertiesInNotification", data=data, where=where)
    assert case_world.read("notifications", first["id"], "hasBeenSeen") == {"hasBeenSeen": False}
    assert case_world.read("notifications", second["id"], "hasBeenSeen") == {"hasBeenSeen": True}
    refusal = case_world.wire.refusal("updatePropertiesInNotification", data=data, where=where)
    assert "[accessDenied]" in refusal


def _with_two(check: Case) -> Case:
    def run(case_world: CaseWorld) -> None:
        _notification(case_world, {})
        _notification(case_world, {})
        check(case_world)

    return run


case(*(f"notifications({each})" for each in ("where", "first", "skip")))(
    _with_two(lists("notifications"))
)
case("countNotifications(where)")(_with_two(counts("countNotifications")))
