"""The conditions on the quality marks of assets and labels (contract/asset.md#filters).

An asset or label without the mark meets no such condition.
"""

from __future__ import annotations

from kili_emulator.domain.filters.conditions import AnyDoc, ConditionTable, at_least, at_most

LABEL_MARKS: ConditionTable[AnyDoc] = {
    "consensusMarkGte": at_least("consensusMark"),
    "consensusMarkLte": at_most("consensusMark"),
    "honeypotMarkGte": at_least("honeypotMark"),
    "honeypotMarkLte": at_most("honeypotMark"),
}

ASSET_MARKS: ConditionTable[AnyDoc] = {
    **LABEL_MARKS,
    "inferenceMarkGte": at_least("inferenceMark"),
    "inferenceMarkLte": at_most("inferenceMark"),
}
