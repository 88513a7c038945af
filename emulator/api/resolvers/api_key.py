"""API keys."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType

from emulator.api.context import Info
from emulator.domain.filters import Where, page
from emulator.storage.snapshot import Document

query = QueryType()
api_key = ObjectType("ApiKey")


@query.field("apiKeys")
def api_keys(_: Any, info: Info, where: Where, first: int, skip: int) -> list[Document]:
    return page(info.context.selection.api_keys(where), first, skip)


@query.field("countApiKeys")
def count_api_keys(_: Any, info: Info, where: Where) -> int:
    return len(info.context.selection.api_keys(where))


@api_key.field("user")
def user(key: Document, info: Info) -> Document:
    return info.context.view.users.the(key["userId"])


BINDABLES = [query, api_key]
