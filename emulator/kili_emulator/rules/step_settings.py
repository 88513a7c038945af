"""The settings of a step and their bounds (contract/workflow.md#step-settings)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kili_emulator import errors
from kili_emulator.rules.steps import Step, Steps

_PERCENTAGES = ("stepCoverage", "consensusCoverage")
_LABELING_MEMBERS = ("consensusCoverage", "numberOfExpectedLabelsForConsensus")
_REVIEW_MEMBERS = ("stepCoverage", "sendBackStepId")


def validate_step(
    operation: str, data: Mapping[str, Any], steps: Steps, step: Step | None = None
) -> dict[str, Any]:
    """Check the given members of a step, and return them in their stored form.

    Args:
        data: the given members, with the names of the API.
        steps: the steps of the project before the change.
        step: the step that changes; ``None`` for a new step.

    Raises:
        KiliError: a value is out of its range, or not allowed for a step of this type.
    """
    members = {name: value for name, value in data.items() if name != "id"}
    if "assignees" in members:
        named = members.pop("assignees")
        members["assigneeIds"] = named and list(dict.fromkeys(named))
    if step and members["type"] != step["type"]:
        raise errors.step_member_fixed(operation, "type")
    if step is None and not (members.get("name") and members.get("type")):
        raise errors.step_incomplete(operation)
    if members.get("name") == "" or members.get("assigneeIds") == []:
        raise errors.step_incomplete(operation)
    _check_ranges(operation, members)
    _check_type(operation, members)
    target = members.get("sendBackStepId")
    if target is not None and target not in [each["id"] for each in steps]:
        named = [each["id"] for each in steps if each["name"] == target]
        raise errors.send_back_step_unknown(operation, target, named)
    return members


def _check_ranges(operation: str, members: dict[str, Any]) -> None:
    for name in _PERCENTAGES:
        if not 0 <= (members.get(name) or 0) <= 100:
            raise errors.setting_out_of_range(operation, name, 0, 100)
    expected = members.get("numberOfExpectedLabelsForConsensus")
    if expected is not None and not 1 <= expected <= 10:
        raise errors.setting_out_of_range(operation, "numberOfExpectedLabelsForConsensus", 1, 10)


def _check_type(operation: str, members: dict[str, Any]) -> None:
    refused_members = _REVIEW_MEMBERS if members["type"] == "DEFAULT" else _LABELING_MEMBERS
    for name in refused_members:
        if members.get(name) is not None:
            raise errors.step_member_not_allowed(operation, name, members["type"])


def check_workflow(operation: str, steps: Steps) -> None:
    """Check that the steps of a project form a valid workflow.

    Raises:
        KiliError: the first step of the project or of a group is not a labeling step; two steps of
            a group have the same name; a step sends back to a later step or to another group; a
            step other than the first has consensus; or two steps have honeypots.
    """
    for index, step in enumerate(steps):
        _check_step_position(operation, steps[:index], step)
        if index and _has_consensus(step):
            raise errors.consensus_in_later_group(operation, step["name"])
    if sum(bool(each["useHoneypot"]) for each in steps) > 1:
        raise errors.second_honeypot_step(operation)


def check_continuity(operation: str, before: Steps, steps: Steps) -> None:
    """Check that the orders of the steps of each group are 0, 1, 2 and so on.

    See contract/workflow.md#step-settings.

    Args:
        before: the steps before the change; orders that did not change are not checked.

    Raises:
        KiliError: an order is missing, because a step was deleted from the middle, or two steps
            have the same order.
    """
    if _orders(before) == _orders(steps):
        return
    for group_id in {step["stepGroupId"] for step in steps}:
        orders = {step["order"] for step in steps if step["stepGroupId"] == group_id}
        count = sum(step["stepGroupId"] == group_id for step in steps)
        missing = next((order for order in range(count) if order not in orders), None)
        if missing is not None:
            raise errors.step_order_missing(operation, missing)


def _orders(steps: Steps) -> dict[str, int]:
    return {step["id"]: step["order"] for step in steps}


def _check_step_position(operation: str, before: Steps, step: Step) -> None:
    siblings = [each for each in before if each["stepGroupId"] == step["stepGroupId"]]
    if not siblings and step["type"] != "DEFAULT":
        raise errors.first_step_not_labeling(operation)
    if step["name"] in [each["name"] for each in siblings]:
        raise errors.step_name_taken(operation, step["name"])
    if step["sendBackStepId"] not in (None, *(each["id"] for each in siblings)):
        raise errors.send_back_step_not_earlier(operation, step["name"])


def _has_consensus(step: Step) -> bool:
    expected = step["numberOfExpectedLabelsForConsensus"] or 1
    return bool(step["consensusCoverage"]) or expected > 1
