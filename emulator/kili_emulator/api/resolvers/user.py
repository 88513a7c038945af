"""Users."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import one_user
from kili_emulator.domain import organization as organizations_of
from kili_emulator.domain import user as users_of
from kili_emulator.domain.documents import ApiKeyDoc, MemberDoc, OrganizationDoc, UserDoc
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
user = ObjectType("User")


@query.field("viewer")
@query.field("me")
def viewer(_: Any, info: Info) -> UserDoc:
    return info.context.actor.user


@query.field("users")
def users(_: Any, info: Info, where: Where, first: int, skip: int) -> list[UserDoc]:
    return info.context.selection.users(where).page(first, skip)


@query.field("countUsers")
def count_users(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.users(where).count()


@mutation.field("createUser")
def create_user(_: Any, info: Info, data: dict[str, Any]) -> UserDoc:
    with info.context.change() as tx:
        return users_of.add_user(tx, data)


@mutation.field("updatePropertiesInUser")
def update_user(_: Any, info: Info, data: dict[str, Any], where: Where) -> UserDoc:
    with info.context.change() as tx:
        return users_of.update_user(tx, one_user(tx, "updatePropertiesInUser", where), data)


@mutation.field("updatePassword")
def update_password(_: Any, info: Info, data: dict[str, Any], where: Where) -> UserDoc:
    with info.context.change() as tx:
        owner = one_user(tx, "updatePassword", where)
        old, new, again = data["oldPassword"], data["newPassword1"], data["newPassword2"]
        return users_of.update_password(tx, owner, old, new, again)


@mutation.field("resetPassword")
def reset_password(_: Any, info: Info, where: Where) -> UserDoc:
    with info.context.change() as tx:
        return users_of.reset_password(tx, one_user(tx, "resetPassword", where))


@user.field("highestRoleInProject")
def highest_role_in_project(owner: UserDoc, info: Info) -> str:
    return users_of.highest_role(info.context.view, owner)


@user.field("apiKeys")
def api_keys(owner: UserDoc, info: Info) -> list[ApiKeyDoc]:
    return list(info.context.selection.api_keys({"user": {"id": owner["id"]}}))


@user.field("organization")
def organization(owner: UserDoc, info: Info) -> OrganizationDoc | None:
    found = info.context.view.organizations.require(owner["organizationId"])
    return found if organizations_of.can_see(info.context.actor, found) else None


@user.field("projectUsers")
def project_users(owner: UserDoc, info: Info) -> list[MemberDoc]:
    access = info.context.access
    memberships = info.context.view.project_users.find("user", owner["id"])
    joined = [each for each in memberships if not each["deletedAt"]]
    return [each for each in joined if access.can_see(each["projectId"])]


BINDABLES = [query, mutation, user]
