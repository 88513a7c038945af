"""Organizations."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType

from emulator.api.context import Info
from emulator.domain.filters import Where, page
from emulator.domain.user import visible_users
from emulator.storage.snapshot import Document

query = QueryType()
organization = ObjectType("Organization")


@query.field("organizations")
def organizations(_: Any, info: Info, where: Where, first: int, skip: int) -> list[Document]:
    return page(info.context.selection.organizations(where), first, skip)


@query.field("countOrganizations")
def count_organizations(_: Any, info: Info, where: Where) -> int:
    return len(info.context.selection.organizations(where))


@organization.field("license")
def license_(owner: Document, _: Info) -> Document:
    return {**owner["license"], "organizationId": owner["id"]}


@organization.field("users")
def users(_: Document, info: Info) -> list[Document]:
    return visible_users(info.context.view, info.context.actor, hidden=False)


BINDABLES = [query, organization]
