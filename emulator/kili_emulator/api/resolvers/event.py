"""Events: the audit trail."""

from __future__ import annotations

from typing import Any

from ariadne import QueryType

from kili_emulator.api.context import Info
from kili_emulator.domain.documents import EventDoc
from kili_emulator.domain.filters import Where

query = QueryType()


@query.field("events")
def events(
    _: Any, info: Info, where: Where, pagination: dict[str, Any], order: str = "asc"
) -> list[EventDoc]:
    return info.context.selection.events(where, pagination, descending=order == "desc")


BINDABLES = [query]
