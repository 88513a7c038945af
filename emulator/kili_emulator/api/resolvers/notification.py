"""Notifications."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, QueryType

from kili_emulator import errors
from kili_emulator.api.context import Info
from kili_emulator.domain import notification
from kili_emulator.domain.documents import NotificationDoc
from kili_emulator.domain.filters import Selection, Where

query = QueryType()
mutation = MutationType()


@query.field("notifications")
def notifications(_: Any, info: Info, where: Where, first: int, skip: int) -> list[NotificationDoc]:
    return info.context.selection.notifications(where).page(first, skip)


@query.field("countNotifications")
def count_notifications(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.notifications(where).count()


@mutation.field("createNotification")
def create_notification(_: Any, info: Info, data: dict[str, Any]) -> NotificationDoc:
    with info.context.change() as tx:
        return notification.create_notification(tx, data)


@mutation.field("updatePropertiesInNotification")
def update_notification(_: Any, info: Info, data: dict[str, Any], where: Where) -> NotificationDoc:
    if not where.get("id"):
        raise errors.id_missing("updatePropertiesInNotification")
    with info.context.change() as tx:
        found = list(Selection(tx.access).notifications(where))
        if not found:
            raise errors.access_denied()
        return notification.update_notification(tx, found[0], data)


BINDABLES = [query, mutation]
