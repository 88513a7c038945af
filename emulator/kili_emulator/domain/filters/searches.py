"""The check of the search texts of a ``where``, before documents are selected."""

from __future__ import annotations

from collections.abc import Callable

from kili_emulator.domain.filters.conditions import DATA_CONDITIONS, Where
from kili_emulator.rules.label_search import parse_label_search
from kili_emulator.rules.patterns import check_pattern

_CHECKS: dict[str, Callable[[str], object]] = {
    "search": parse_label_search,
    "searchQuery": check_pattern,
}


def check_searches(where: Where) -> None:
    """Refuse a malformed or too long search text, even if there are no documents to search.

    Args:
        where: a ``where`` of any noun. Only a ``LabelWhere`` has a member ``search`` and only a
            ``ProjectWhere`` a member ``searchQuery``, at any depth of nesting.

    Raises:
        KiliError: a search text is malformed or too long.
    """
    for name, value in where.items():
        if value is None or name in DATA_CONDITIONS:
            continue
        if name in _CHECKS:
            _CHECKS[name](value)
        elif isinstance(value, dict):
            check_searches(value)
