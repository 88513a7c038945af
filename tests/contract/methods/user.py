"""Cases of users."""

from __future__ import annotations

from tests.contract.methods import case

_NEW = """
            new = {"email": "new@example.com", "password": "correct horse 12"}
"""
_RESET = """
            kili.create_user(organization_role="USER", **new)
            {methods}.reset_password(new["email"])
            try:
                kili.update_password(new["email"], new["password"], *["better horse 22"] * 2)
            except Exception as error:
                assert "the old password is wrong" in str(error)
            else:
                raise AssertionError("the old password is still valid")
"""

CASES = [
    case(
        "create_user",
        sends="Mutation.createUser",
        code=_NEW
        + """
            made = kili.create_user(organization_role="USER", firstname="Nora", **new)
            fields = ["id", "firstname", "lastname", "organizationRole"]
            (read,) = kili.users(email=new["email"], fields=fields)
            assert read == {
                "id": made["id"],
                "firstname": "Nora",
                "lastname": "",
                "organizationRole": "USER",
            }
        """,
    ),
    case(
        "update_properties_in_user",
        sends="Mutation.updatePropertiesInUser",
        code="""
            kili.update_properties_in_user(email["labeler"], lastname="Other", activated=False)
            fields = ["firstname", "lastname", "activated"]
            (read,) = kili.users(email=email["labeler"], fields=fields)
            assert read == {"firstname": "Leo", "lastname": "Other", "activated": False}
        """,
    ),
    case(
        "update_password",
        sends="Mutation.updatePassword",
        code=_NEW
        + """
            kili.create_user(organization_role="USER", **new)
            others = ["better horse 22"] * 2
            kili.update_password(new["email"], new["password"], *others)
            kili.update_password(new["email"], others[0], *[new["password"]] * 2)
        """,
    ),
    case(
        "reset_password",
        sends="Mutation.resetPassword",
        code=_NEW + _RESET.format(methods="kili"),
    ),
    case(
        "internal.reset_password",
        sends="Mutation.resetPassword",
        code=_NEW + _RESET.format(methods="kili.internal"),
    ),
    case(
        "users.create",
        sends="Mutation.createUser",
        code=_NEW
        + """
            kili.users.create(organization_role="ADMIN", **new)
            (read,) = client("admin").users(email=new["email"], fields=["organizationRole"])
            assert read == {"organizationRole": "ADMIN"}
        """,
    ),
    case(
        "users.update",
        sends="Mutation.updatePropertiesInUser",
        code="""
            kili.users.update(email["labeler"], firstname="Leonard")
            (read,) = client("admin").users(email=email["labeler"], fields=["firstname"])
            assert read == {"firstname": "Leonard"}
        """,
    ),
    case(
        "users.update_password",
        sends="Mutation.updatePassword",
        code=_NEW
        + """
            kili.users.create(organization_role="USER", **new)
            others = ["better horse 22"] * 2
            kili.users.update_password(new["email"], new["password"], *others)
            kili.users.update_password(new["email"], others[0], *[new["password"]] * 2)
        """,
    ),
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
            assert kili.count_users(organization_id="nothing") == 0
        """,
        until="2.140.3",
    ),
    case(
        "count_users",
        sends="Query.countUsers",
        code="""
            assert kili.count_users(organization_id=organization_id) == 4
            assert kili.count_users(email="nobody@example.com") == 0
        """,
        since="2.165.0",
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
            (leo,) = kili.users.list(filter={"email": email["labeler"]})
            assert (leo["id"], leo["firstname"]) == (user["labeler"], "Leo")
        """,
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

BROKEN = {("count_users", "2.150.1"): "it does not send the filter that its document requires"}
