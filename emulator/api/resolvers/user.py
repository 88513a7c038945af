"""Users."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType

from emulator.api.context import Info
from emulator.domain.filters import Where, page
from emulator.storage.snapshot import Document

query = QueryType()
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


@user.field("apiKeys")
def api_keys(owner: Document, info: Info) -> list[Document]:
    return info.context.selection.api_keys({"user": {"id": owner["id"]}})


@user.field("organization")
def organization(member: Document, info: Info) -> Document:
    return info.context.view.organizations.the(member["organizationId"])


@user.field("projectUsers")
def project_users(member: Document, info: Info) -> list[Document]:
    selection = info.context.selection
    memberships = info.context.view.project_users.find("user", member["id"])
    return [each for each in memberships if selection.sees(each["projectId"])]


BINDABLES = [query, user]
