"""Notifications."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.query import counts, lists
from tests.contract.inputs.registry import Case, Stage, case

_ALL = "hasBeenSeen message progress status url userID"


def _notification(stage: Stage, data: dict[str, Any]) -> Any:
    data = {"message": "Done.", "status": "PENDING", "userID": stage.names["leo"], **data}
    created = stage.wire.call("createNotification", data=data, selection="id")
    return stage.read("notifications", created["id"], f"id {_ALL}")


def _is_stored_and_changed(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        given = stage.names["max"] if member == "userID" else value
        plain = _notification(stage, {})
        changed = {**plain, member: given}
        made = _notification(stage, {member: given})
        assert made == {**changed, "id": made["id"]} != {**plain, "id": made["id"]}
        where = {"id": plain["id"]}
        stage.wire.call("updatePropertiesInNotification", data={member: given}, where=where)
        assert stage.read("notifications", plain["id"], f"id {_ALL}") == changed

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
def _(stage: Stage) -> None:
    first, second = _notification(stage, {}), _notification(stage, {})
    data = {"hasBeenSeen": True}
    where = {"id": second["id"], "hasBeenSeen": False}
    stage.wire.call("updatePropertiesInNotification", data=data, where=where)
    assert stage.read("notifications", first["id"], "hasBeenSeen") == {"hasBeenSeen": False}
    assert stage.read("notifications", second["id"], "hasBeenSeen") == {"hasBeenSeen": True}
    refusal = stage.wire.refusal("updatePropertiesInNotification", data=data, where=where)
    assert "[accessDenied]" in refusal


def _with_two(check: Case) -> Case:
    def run(stage: Stage) -> None:
        _notification(stage, {})
        _notification(stage, {})
        check(stage)

    return run


case(*(f"notifications({each})" for each in ("where", "first", "skip")))(
    _with_two(lists("notifications"))
)
case("countNotifications(where)")(_with_two(counts("countNotifications")))
