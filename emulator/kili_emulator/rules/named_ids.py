"""The ids that a GraphQL request may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kili_emulator.rules.graphql_text import tokens

# Ids have 25 characters (contract/values.md#ids); the ids of a scenario may be longer.
_LONGEST = 64


def named_ids(arguments: Any, query: str | None = None) -> set[str]:
    """Collect the texts in a request that could be ids, regardless of the member they are in.

    Args:
        arguments: the variables of the request.
        query: the GraphQL document of the request, whose string literals are also collected.
    """
    literals = [each[0].strip('"') for each in tokens(query or "") if each[0].startswith('"')]
    texts = {*_collect_strings(arguments), *literals}
    return {each for each in texts if 0 < len(each) <= _LONGEST}


def _collect_strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            pending += each.values()
        elif isinstance(each, list | tuple):
            pending += each
