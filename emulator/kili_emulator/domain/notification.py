"""Notifications to users about tasks that run in the background.

See contract/notification.md#creation, contract/notification.md#recipients.
"""

from __future__ import annotations

from typing import Any

from kili_emulator import errors
from kili_emulator.domain import user
from kili_emulator.domain.documents import NotificationDoc
from kili_emulator.domain.world import Actor, Transaction, View

_RECIPIENT_MEMBERS = {"hasBeenSeen"}


def notify(
    tx: Transaction,
    *,
    user_id: str,
    message: str,
    status: str,
    url: str | None = None,
    progress: int | None = None,
) -> NotificationDoc:
    """Notify a user of a task that was started or has ended on their behalf.

    The task gets a new id, ``taskId``. When the task makes progress, change ``status`` and
    ``progress`` of the notification with ``tx.notifications.change``.

    Args:
        status: PENDING, SUCCESS or FAILURE.
        progress: the completed part of the task, in percent.
    """
    data = {"userID": user_id, "message": message, "status": status}
    return _insert(tx, {**data, "url": url, "progress": progress, "taskId": tx.new_id()})


def create_notification(tx: Transaction, data: dict[str, Any]) -> NotificationDoc:
    """Notify a user of the organization, on behalf of an administrator.

    Args:
        data: ``message``, ``status``, ``userID``, and optionally ``url``, ``progress``,
            ``hasBeenSeen``.

    Raises:
        KiliError: the actor is no administrator, the user is unknown, or a value is refused.
    """
    operation = "createNotification"
    tx.access.require_organization_role(operation)
    missing = [name for name in ("message", "status", "userID") if data.get(name) is None]
    if missing:
        raise errors.notification_incomplete(operation, missing)
    _check_values(tx, operation, data)
    return _insert(tx, data)


def _insert(tx: Transaction, data: dict[str, Any]) -> NotificationDoc:
    return tx.notifications.insert(
        {
            "id": tx.new_id(),
            "userID": data["userID"],
            "status": data["status"],
            "message": data["message"],
            "hasBeenSeen": data.get("hasBeenSeen", False),
            "url": data.get("url"),
            "progress": data.get("progress"),
            "taskId": data.get("taskId"),
            "createdAt": tx.now,
        }
    )


def update_notification(
    tx: Transaction, notification: NotificationDoc, data: dict[str, Any]
) -> NotificationDoc:
    """Change a notification.

    The recipient may mark it as seen; an administrator may change all members.

    Raises:
        KiliError: the actor may not make the change, or a value is refused.
    """
    operation = "updatePropertiesInNotification"
    is_recipient = notification["userID"] == tx.actor.user_id
    if not (is_recipient and data.keys() <= _RECIPIENT_MEMBERS):
        tx.access.require_organization_role(operation)
    _check_values(tx, operation, data)
    return tx.notifications.change(notification, **data)


def _check_values(tx: Transaction, operation: str, data: dict[str, Any]) -> None:
    progress = data.get("progress")
    if progress is not None and not 0 <= progress <= 100:
        raise errors.progress_out_of_range(operation)
    if "userID" in data:
        recipient = tx.users.get(data["userID"])
        organization_id = tx.actor.user["organizationId"]
        if not recipient or recipient["organizationId"] != organization_id:
            raise errors.access_denied()


def visible_notifications(view: View, actor: Actor) -> list[NotificationDoc]:
    """Return the actor's notifications; for an administrator, those of the organization."""
    if actor.user["organizationRole"] != "ADMIN":
        return view.notifications.find("user", actor.user_id)
    ids = {each["id"] for each in user.visible_users(view, actor, hidden=True)}
    return [each for each in view.notifications.all() if each["userID"] in ids]
