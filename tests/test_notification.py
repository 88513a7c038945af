"""Notifications, read and written with the SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.sdk_process import SdkProcess
from tests.kit.server_under_test import RemoteWorld
from tests.kit.wire import Wire


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(kili_emulator)
    yield opened
    opened.close()


def user_id(wire: Wire, name: str) -> str:
    (found,) = wire.ids("users", {"email": f"{name}@example.com"})
    return found


def notify(wire: Wire, name: str, message: str) -> str:
    data = {"message": message, "status": "PENDING", "userID": user_id(wire, name)}
    return str(wire.call("createNotification", data=data)["id"])


@pytest.mark.parametrize("version", ["2.125.2", "2.128.2"])
def test_user_reads_a_notification_of_an_administrator(
    remote_world: RemoteWorld, sdk_process: Callable[[str], SdkProcess], version: str
) -> None:
    (leo,) = [
        each for each in remote_world.export()["users"] if each["email"] == "labeler@example.com"
    ]
    process = sdk_process(version)
    admin = process.session(env=remote_world.environment())
    admin.run("from kili.client import Kili\nkili = Kili()").checked()
    admin.run(f"user_id = {leo['id']!r}").checked()
    admin.run(
        "sent = kili.create_notification('Import begun', 'PENDING', '/label', user_id)"
    ).checked()
    admin.run(
        "kili.update_properties_in_notification(sent['id'], False, 'SUCCESS', '/label/done')"
    ).checked()
    fields = "['message', 'status', 'url', 'hasBeenSeen', 'userID']"
    read = f"kili.notifications(fields={fields}, notification_id=sent['id'])"
    assert admin.run(read).checked().value == [
        {
            "message": "Import begun",
            "status": "SUCCESS",
            "url": "/label/done",
            "hasBeenSeen": False,
            "userID": leo["id"],
        }
    ]
    assert admin.run("kili.count_notifications(user_id=user_id)").checked().value == 1
    assert admin.run("kili.count_notifications(has_been_seen=True)").checked().value == 0


def test_users_see_only_their_own_notifications(wire: Wire) -> None:
    for_leo, for_rita = notify(wire, "labeler", "to Leo"), notify(wire, "reviewer", "to Rita")
    assert wire.ids("notifications", {}, "labeler") == [for_leo]
    assert wire.ids("notifications", {"id": for_rita}, "labeler") == []
    assert wire.ids("notifications", {"user": {"id": user_id(wire, "reviewer")}}, "manager") == []


def test_an_administrator_sees_the_notifications_of_the_organization(wire: Wire) -> None:
    for_leo, for_rita = notify(wire, "labeler", "to Leo"), notify(wire, "reviewer", "to Rita")
    assert wire.ids("notifications", {}) == [for_leo, for_rita]
    assert wire.ids("notifications", {"user": {"id": user_id(wire, "reviewer")}}) == [for_rita]


def test_recipient_can_only_mark_a_notification_as_seen(wire: Wire) -> None:
    where: dict[str, Any] = {"id": notify(wire, "labeler", "to Leo")}
    change = "updatePropertiesInNotification"
    wire.call(change, "labeler", data={"hasBeenSeen": True}, where=where)
    (read,) = wire.list("notifications", where, selection="hasBeenSeen status")
    assert read == {"hasBeenSeen": True, "status": "PENDING"}
    assert "[noOrganizationRights]" in wire.refusal(
        change, "labeler", data={"status": "SUCCESS"}, where=where
    )
