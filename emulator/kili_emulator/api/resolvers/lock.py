"""Locks."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType

from kili_emulator.api.context import Info
from kili_emulator.domain import lock as locks_of
from kili_emulator.domain.documents import AssetDoc, LockDoc, UserDoc
from kili_emulator.domain.filters import Where

query = QueryType()
lock = ObjectType("Lock")
asset = ObjectType("Asset")


@query.field("locks")
def locks(_: Any, info: Info, where: Where, first: int, skip: int) -> list[LockDoc]:
    return info.context.selection.locks(where).page(first, skip)


@query.field("countLocks")
def count_locks(_: Any, info: Info, where: Where) -> int:
    return info.context.selection.locks(where).count()


@lock.field("author")
def author(owner: LockDoc, info: Info) -> UserDoc:
    return info.context.anonymized_user(owner["authorId"], owner["projectId"])


lock.set_alias("authorIdCompute", "authorId")
lock.set_alias("lockOfIdCompute", "assetId")


@asset.field("locks")
def asset_locks(owner: AssetDoc, info: Info) -> list[LockDoc]:
    return locks_of.locks_of(info.context.view, owner)


@asset.field("numberOfValidLocks")
@asset.field("numberOfValidLocksCompute")
def number_of_valid_locks(owner: AssetDoc, info: Info) -> int:
    now = info.context.world.clock.now()
    return len(locks_of.valid_locks(info.context.view, owner, now))


BINDABLES = [query, lock, asset]
