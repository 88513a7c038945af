"""The conditions of an ``AssetWhere`` on the step, step status and assignees of an asset."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain import step
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import Predicate, PredicateTable, SelectionContext
from kili_emulator.rules.steps import FORMER_STATUS_NAMES


def _negate(predicate: Predicate[AssetDoc]) -> Predicate[AssetDoc]:
    return lambda selection, document, value: not predicate(selection, document, value)


def _is_assigned(_: SelectionContext, asset: AssetDoc, user_ids: list[str]) -> bool:
    return bool(set(asset["assigneeIds"]) & set(user_ids))


def _is_on_step(_: SelectionContext, asset: AssetDoc, step_ids: list[str]) -> bool:
    return asset["stepId"] in step_ids


def _has_step_status(_: SelectionContext, asset: AssetDoc, statuses: list[str]) -> bool:
    return asset["stepStatus"] in [FORMER_STATUS_NAMES.get(each, each) for each in statuses]


def _is_on_step_with_status(
    _: SelectionContext, asset: AssetDoc, pairs: list[dict[str, Any]]
) -> bool:
    expected_pairs = [
        (each["stepId"], FORMER_STATUS_NAMES.get(each["status"], each["status"])) for each in pairs
    ]
    return (asset["stepId"], asset["stepStatus"]) in expected_pairs


def _is_in_group(selection: SelectionContext, asset: AssetDoc, names: list[str]) -> bool:
    if asset["stepId"] is None:
        return False
    return step.group_name(selection.view, selection.view.steps.require(asset["stepId"])) in names


WORKFLOW: PredicateTable[AssetDoc] = {
    "assigneeIn": _is_assigned,
    "assigneeNotIn": _negate(_is_assigned),
    "groupNameIn": _is_in_group,
    "groupNameNotIn": _negate(_is_in_group),
    "stepIdAndStatusIn": _is_on_step_with_status,
    "stepIdAndStatusNotIn": _negate(_is_on_step_with_status),
    "stepIdIn": _is_on_step,
    "stepIdNotIn": _negate(_is_on_step),
    "stepStatusIn": _has_step_status,
    "stepStatusNotIn": _negate(_has_step_status),
}
