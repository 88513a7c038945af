"""Conditions on the quality marks of assets and labels (contract/asset.md#filters).

An asset or label without the mark meets no such condition.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from kili_emulator.domain.filters.conditions import AnyDoc, Condition, ConditionTable


def _compare_mark(member: str, compare: Callable[[float, float], bool]) -> Condition[AnyDoc]:
    return lambda _, value: (
        lambda document: (mark := document.get(member)) is not None and compare(mark, value)
    )


def _bounds(member: str) -> ConditionTable[AnyDoc]:
    return {
        f"{member}Gte": _compare_mark(member, operator.ge),
        f"{member}Lte": _compare_mark(member, operator.le),
    }


LABEL_MARKS: ConditionTable[AnyDoc] = {**_bounds("consensusMark"), **_bounds("honeypotMark")}

ASSET_MARKS: ConditionTable[AnyDoc] = {**LABEL_MARKS, **_bounds("inferenceMark")}
