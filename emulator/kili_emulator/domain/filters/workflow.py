"""Which assets an ``AssetWhere`` selects by where they stand in a workflow with steps."""

from __future__ import annotations

from typing import Any

from kili_emulator.domain import step
from kili_emulator.domain.documents import AssetDoc
from kili_emulator.domain.filters.conditions import Predicate, Selecting, Table
from kili_emulator.rules.steps import FORMER_NAMES


def _negated(predicate: Predicate[AssetDoc]) -> Predicate[AssetDoc]:
    return lambda selection, document, value: not predicate(selection, document, value)


def _assigned(_: Selecting, asset: AssetDoc, user_ids: list[str]) -> bool:
    return bool(set(asset["assigneeIds"]) & set(user_ids))


def _on_step(_: Selecting, asset: AssetDoc, step_ids: list[str]) -> bool:
    return asset["stepId"] in step_ids


def _with_status(_: Selecting, asset: AssetDoc, statuses: list[str]) -> bool:
    return asset["stepStatus"] in [FORMER_NAMES.get(each, each) for each in statuses]


def _on_step_with_status(_: Selecting, asset: AssetDoc, pairs: list[dict[str, Any]]) -> bool:
    wanted = [(each["stepId"], FORMER_NAMES.get(each["status"], each["status"])) for each in pairs]
    return (asset["stepId"], asset["stepStatus"]) in wanted


def _in_group(selection: Selecting, asset: AssetDoc, names: list[str]) -> bool:
    if asset["stepId"] is None:
        return False
    return step.group_name(selection.view, selection.view.steps.the(asset["stepId"])) in names


WORKFLOW: Table[AssetDoc] = {
    "assigneeIn": _assigned,
    "assigneeNotIn": _negated(_assigned),
    "groupNameIn": _in_group,
    "groupNameNotIn": _negated(_in_group),
    "stepIdAndStatusIn": _on_step_with_status,
    "stepIdAndStatusNotIn": _negated(_on_step_with_status),
    "stepIdIn": _on_step,
    "stepIdNotIn": _negated(_on_step),
    "stepStatusIn": _with_status,
    "stepStatusNotIn": _negated(_with_status),
}
