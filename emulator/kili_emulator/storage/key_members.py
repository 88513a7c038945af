"""Read only those members of stored documents from which indexes are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def select_keys(key_members: Mapping[str, Sequence[str]]) -> str:
    """Return the SQL of a list of the key members of a document; null for other tables.

    The list begins with the id: SQLite returns several members as a JSON list, but a single one as
    a text that ends at a null character.
    """
    cases = [
        f"WHEN '{table}' THEN json_extract(body, {_paths(['id', *members])})"
        for table, members in key_members.items()
    ]
    return f"CASE tbl {' '.join(cases)} END" if cases else "NULL"


def read_keys(text: str) -> list[Any]:
    """Read the list of the key members of a document.

    Raises:
        ValueError: the text is not JSON.
    """
    try:
        keys: list[Any] = orjson.loads(text)
    except orjson.JSONDecodeError:  # Python's reader also reads half surrogate pairs
        keys = json.loads(text)
    return keys


def _paths(members: Sequence[str]) -> str:
    return ", ".join(f"'$.{each}'" for each in members)
