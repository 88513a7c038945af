"""Cases of notifications."""

from __future__ import annotations

from tests.contract.methods import case

_MADE = """
made = kili.create_notification("Welcome", "SUCCESS", "/label", user["labeler"])
mine = client("labeler")
"""

CASES = [
    case(
        "create_notification",
        sends="Mutation.createNotification",
        code=_MADE
        + """
(found,) = mine.notifications(fields=["id", "message", "status", "hasBeenSeen"])
assert found == {
    "id": made["id"],
    "message": "Welcome",
    "status": "SUCCESS",
    "hasBeenSeen": False,
}
""",
    ),
    case(
        "notifications",
        sends="Query.notifications",
        code="""
made = kili.create_notification("Welcome", "SUCCESS", "/label", user["admin"])
(found,) = kili.notifications(fields=["id", "url", "userID"])
assert found == {"id": made["id"], "url": "/label", "userID": user["admin"]}
""",
    ),
    case(
        "count_notifications",
        sends="Query.countNotifications",
        code="""
assert kili.count_notifications(user_id=user["admin"]) == 0
kili.create_notification("Welcome", "SUCCESS", "/label", user["admin"])
assert kili.count_notifications(user_id=user["admin"]) == 1
assert kili.count_notifications(user_id=user["admin"], has_been_seen=True) == 0
""",
    ),
    case(
        "update_properties_in_notification",
        sends="Mutation.updatePropertiesInNotification",
        code="""
made = kili.create_notification("Welcome", "SUCCESS", "/label", user["admin"])
kili.update_properties_in_notification(made["id"], has_been_seen=True, status="SUCCESS", url="/")
(found,) = kili.notifications(fields=["id", "hasBeenSeen"])
assert found == {"id": made["id"], "hasBeenSeen": True}
""",
    ),
]
