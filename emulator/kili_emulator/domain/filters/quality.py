"""Conditions on the quality marks of assets and labels (contract/asset.md#filters).

An asset or label without the mark meets no such condition.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from kili_emulator.domain.filters.conditions import AnyDoc, Predicate, PredicateTable


def _compare_mark(member: str, compare: Callable[[float, float], bool]) -> Predicate[AnyDoc]:
    return lambda _, document, value: (
        (mark := document.get(member)) is not None and compare(mark, value)
    )


def _bounds(member: str) -> PredicateTable[AnyDoc]:
    return {
        f"{member}Gte": _compare_mark(member, operator.ge),
        f"{member}Lte": _compare_mark(member, operator.le),
    }


LABEL_MARKS: PredicateTable[AnyDoc] = {**_bounds("consensusMark"), **_bounds("honeypotMark")}

ASSET_MARKS: PredicateTable[AnyDoc] = {**LABEL_MARKS, **_bounds("inferenceMark")}
