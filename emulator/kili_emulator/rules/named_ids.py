"""Which ids a request may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kili_emulator.rules.graphql_text import tokens

# Ids have 25 characters (contract/values.md#ids); those of scenarios may be longer.
_LONGEST = 64


def named_ids(arguments: Any, query: str | None = None) -> set[str]:
    """The texts in a request that could be ids, whatever they are meant for.

    Args:
        arguments: its variables.
        query: its document, whose literals count as well.
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
