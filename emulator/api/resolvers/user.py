"""Users."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from emulator.api.context import Info
from emulator.api.resolvers.arguments import one_user
from emulator.domain import organization as organizations_of
from emulator.domain import user as users_of
from emulator.domain.filters import Where, page
from emulator.storage.snapshot import Document

query = QueryType()
mutation = MutationType()
user = ObjectType("User")


@query.field("viewer")
@query.field("me")
def viewer(_: Any, info: Info) -> Document:
    return info.context.actor.user


@query.field("users")
def users(_: Any, info: Info, where: Where, first: int, skip: int) -> list[Document]:
    return page(info.context.selection.users(where), first, skip)


@query.field("countUsers")
def count_users(_: Any, info: Info, where: Where) -> int:
    return len(info.context.selection.users(where))


@mutation.field("createUser")
def create_user(_: Any, info: Info, data: dict[str, Any]) -> Document:
    with info.context.change() as tx:
        return users_of.add_user(tx, data)


@mutation.field("updatePropertiesInUser")
def update_user(_: Any, info: Info, data: dict[str, Any], where: Where) -> Document:
    with info.context.change() as tx:
        return users_of.update_user(tx, one_user(tx, "updatePropertiesInUser", where), data)


@mutation.field("updatePassword")
def update_password(_: Any, info: Info, data: dict[str, Any], where: Where) -> Document:
    with info.context.change() as tx:
        owner = one_user(tx, "updatePassword", where)
        old, new, again = data["oldPassword"], data["newPassword1"], data["newPassword2"]
        return users_of.update_password(tx, owner, old, new, again)


@mutation.field("resetPassword")
def reset_password(_: Any, info: Info, where: Where) -> Document:
    with info.context.change() as tx:
        return users_of.reset_password(tx, one_user(tx, "resetPassword", where))


@user.field("highestRoleInProject")
def highest_role_in_project(member: Document, info: Info) -> str:
    return users_of.highest_role(info.context.view, member)


@user.field("apiKeys")
def api_keys(owner: Document, info: Info) -> list[Document]:
    return info.context.selection.api_keys({"user": {"id": owner["id"]}})


@user.field("organization")
def organization(member: Document, info: Info) -> Document | None:
    home = info.context.view.organizations.the(member["organizationId"])
    return home if organizations_of.sees(info.context.actor, home) else None


@user.field("projectUsers")
def project_users(member: Document, info: Info) -> list[Document]:
    selection = info.context.selection
    memberships = info.context.view.project_users.find("user", member["id"])
    joined = [each for each in memberships if not each["deletedAt"]]
    return [each for each in joined if selection.sees(each["projectId"])]


BINDABLES = [query, mutation, user]
