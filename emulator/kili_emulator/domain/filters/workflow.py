"""The conditions of an ``AssetWhere`` on the step, step status and assignees of an asset."""

from __future__ import annotations

from functools import cache
from typing import Any

from kili_emulator.domain import step
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import (
    ConditionTable,
    SelectionContext,
    Test,
    is_in,
    negate,
)
from kili_emulator.rules.steps import FORMER_STATUS_NAMES


def _is_assigned(_: SelectionContext, user_ids: list[str]) -> Test[AssetDoc]:
    users = frozenset(user_ids)
    return lambda asset: not users.isdisjoint(asset["assigneeIds"])


def _has_step_status(_: SelectionContext, statuses: list[str]) -> Test[AssetDoc]:
    accepted = {FORMER_STATUS_NAMES.get(each, each) for each in statuses}
    return lambda asset: asset["stepStatus"] in accepted


def _is_on_step_with_status(_: SelectionContext, pairs: list[dict[str, Any]]) -> Test[AssetDoc]:
    accepted = {
        (each["stepId"], FORMER_STATUS_NAMES.get(each["status"], each["status"])) for each in pairs
    }
    return lambda asset: (asset["stepId"], asset["stepStatus"]) in accepted


def _is_in_group(selection: SelectionContext, names: list[str]) -> Test[AssetDoc]:
    view = selection.view

    @cache
    def has_name(step_id: str | None) -> bool:
        return step_id is not None and (step.group_name(view, view.steps.require(step_id)) in names)

    return lambda asset: has_name(asset["stepId"])


WORKFLOW: ConditionTable[AssetDoc] = {
    "assigneeIn": _is_assigned,
    "assigneeNotIn": negate(_is_assigned),
    "groupNameIn": _is_in_group,
    "groupNameNotIn": negate(_is_in_group),
    "stepIdAndStatusIn": _is_on_step_with_status,
    "stepIdAndStatusNotIn": negate(_is_on_step_with_status),
    "stepIdIn": is_in("stepId"),
    "stepIdNotIn": negate(is_in("stepId")),
    "stepStatusIn": _has_step_status,
    "stepStatusNotIn": negate(_has_step_status),
}
