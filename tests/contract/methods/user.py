"""Users."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "users",
        sends="Query.users",
        code="""
            found = {each["email"]: each for each in kili.users(organization_id=organization_id)}
            assert set(email.values()) <= found.keys()
            assert found[email["labeler"]]["id"] == user["labeler"]
            (leo,) = kili.users(email=email["labeler"])
            assert (leo["firstname"], leo["lastname"]) == ("Leo", "Labeler")
        """,
    ),
    case(
        "count_users",
        sends="Query.countUsers",
        code="""
            assert kili.count_users(organization_id=organization_id) == 4
            assert kili.count_users(email="nobody@example.com") == 0
        """,
    ),
    case(
        "get_user",
        sends="Query.me",
        code="""
            assert kili.get_user()["email"] == email["admin"]
        """,
    ),
    case(
        "get_current_user",
        sends="Query.viewer or Query.me",
        code="""
            assert kili.get_current_user() == {
                "email": email["admin"],
                "id": user["admin"],
                "firstname": "Ada",
                "lastname": "Admin",
            }
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "users.list",
        sends="Query.users",
        code="""
            (leo,) = kili.users.list(email=email["labeler"])
            assert (leo["id"], leo["firstname"]) == (user["labeler"], "Leo")
        """,
        until="25.2.10",
    ),
    case(
        "users.list",
        sends="Query.users",
        code="""
            (leo,) = kili.users.list(filter={"email": email["labeler"]})
            assert (leo["id"], leo["firstname"]) == (user["labeler"], "Leo")
        """,
        since="26.1.5",
    ),
    case(
        "users.list_as_generator",
        sends="Query.users",
        code="""
            found = kili.users.list_as_generator()
            assert {each["email"] for each in found} == set(email.values())
        """,
    ),
    case(
        "users.count",
        sends="Query.countUsers",
        code="""
            assert kili.users.count() == 4
        """,
    ),
    case(
        "users.me",
        sends="Query.viewer or Query.me",
        code="""
            assert kili.users.me()["email"] == email["admin"]
        """,
    ),
]

PENDING = dict.fromkeys(
    (
        "create_user",
        "internal.reset_password",
        "reset_password",
        "update_password",
        "update_properties_in_user",
        "users.create",
        "users.update",
        "users.update_password",
    ),
    "its operation is not served yet",
)
