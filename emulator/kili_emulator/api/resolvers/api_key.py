"""API keys."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.api.resolvers.arguments import one_user
from kili_emulator.domain import api_key as keys_of
from kili_emulator.domain.documents import ApiKeyDoc, UserDoc
from kili_emulator.domain.filters import Where

query = QueryType()
mutation = MutationType()
api_key = ObjectType("ApiKey")


@query.field("apiKeys")
def api_keys(_: Any, info: Info, where: Where, first: int, skip: int) -> list[ApiKeyDoc]:
    return info.context.selection.api_keys(where).page(first, skip)


@query.field("countApiKeys")
def count_api_keys(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.api_keys(where).count()


@mutation.field("appendToApiKeys")
def append_to_api_keys(_: Any, info: Info, data: dict[str, Any], where: Where) -> ApiKeyDoc:
    with info.context.change() as tx:
        owner = one_user(tx, "appendToApiKeys", where)
        return keys_of.append_api_key(tx, owner, data["name"], data["key"])


@api_key.field("user")
def user(key: ApiKeyDoc, info: Info) -> UserDoc:
    return info.context.view.users.require(key["userId"])


BINDABLES = [query, mutation, api_key]
