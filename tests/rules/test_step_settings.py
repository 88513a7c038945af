"""The settings of a step, and the workflow version of a client.

See contract/workflow.md#step-settings, contract/workflow.md#workflow-versions.
"""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.errors import KiliError
from kili_emulator.rules.step_settings import check_continuity, check_workflow, validate_step
from kili_emulator.rules.workflow import version_for

LABEL: dict[str, Any] = {
    "id": "l",
    "name": "Label",
    "type": "DEFAULT",
    "stepGroupId": None,
    "sendBackStepId": None,
    "consensusCoverage": None,
    "numberOfExpectedLabelsForConsensus": None,
    "useHoneypot": False,
}
REVIEW = {**LABEL, "id": "r", "name": "Review", "type": "REVIEW"}


def checked(data: dict[str, Any], step: dict[str, Any] | None = None) -> dict[str, Any]:
    return validate_step("op", data, [LABEL, REVIEW], step)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"name": "n", "type": "REVIEW"}, {"name": "n", "type": "REVIEW"}),
        (
            {"name": "n", "type": "REVIEW", "assignees": ["u"], "stepCoverage": 0},
            {"name": "n", "type": "REVIEW", "assigneeIds": ["u"], "stepCoverage": 0},
        ),
        (
            {"name": "n", "type": "REVIEW", "stepCoverage": 100, "sendBackStepId": "l"},
            {"name": "n", "type": "REVIEW", "stepCoverage": 100, "sendBackStepId": "l"},
        ),
        (
            {"name": "n", "type": "DEFAULT", "numberOfExpectedLabelsForConsensus": 10},
            {"name": "n", "type": "DEFAULT", "numberOfExpectedLabelsForConsensus": 10},
        ),
    ],
)
def test_new_step_is_stored_with_the_given_settings(
    given: dict[str, Any], stored: dict[str, Any]
) -> None:
    assert checked(given) == stored


def test_duplicate_assignee_is_stored_once() -> None:
    given = {"name": "n", "type": "REVIEW", "assignees": ["u", "v", "u"]}
    assert checked(given)["assigneeIds"] == ["u", "v"]


def test_change_of_one_setting_needs_no_other_setting() -> None:
    assert checked({"id": "r", "type": "REVIEW", "stepCoverage": 5}, REVIEW) == {
        "type": "REVIEW",
        "stepCoverage": 5,
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "REVIEW"}, "a step needs a name and a type"),
        ({"name": "n"}, "a step needs a name and a type"),
        ({"name": "", "type": "REVIEW"}, "a step needs a name and a type"),
        ({"name": "n", "type": "REVIEW", "assignees": []}, "a list of assignees cannot be empty"),
        ({"name": "n", "type": "REVIEW", "stepCoverage": 101}, "stepCoverage"),
        ({"name": "n", "type": "REVIEW", "stepCoverage": -1}, "stepCoverage"),
        ({"name": "n", "type": "DEFAULT", "consensusCoverage": 101}, "consensusCoverage"),
        (
            {"name": "n", "type": "DEFAULT", "numberOfExpectedLabelsForConsensus": 11},
            "numberOfExpectedLabelsForConsensus",
        ),
        (
            {"name": "n", "type": "DEFAULT", "numberOfExpectedLabelsForConsensus": 0},
            "numberOfExpectedLabelsForConsensus",
        ),
        (
            {"name": "n", "type": "DEFAULT", "stepCoverage": 10},
            "a step of type DEFAULT has no stepCoverage",
        ),
        (
            {"name": "n", "type": "DEFAULT", "sendBackStepId": "l"},
            "a step of type DEFAULT has no sendBackStepId",
        ),
        (
            {"name": "n", "type": "REVIEW", "consensusCoverage": 10},
            "a step of type REVIEW has no consensusCoverage",
        ),
        (
            {"name": "n", "type": "REVIEW", "sendBackStepId": "ghost"},
            "sendBackStepId must be the id",
        ),
    ],
)
def test_invalid_step_settings_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(KiliError, match=message):
        checked(given)


def test_type_of_a_step_cannot_change() -> None:
    with pytest.raises(KiliError, match="the type of a step cannot change"):
        checked({"id": "r", "type": "DEFAULT"}, REVIEW)


@pytest.mark.parametrize(
    "steps",
    [
        [LABEL],
        [LABEL, REVIEW],
        [LABEL, {**REVIEW, "sendBackStepId": "l"}],
        [{**LABEL, "consensusCoverage": 5}, REVIEW],
        [{**LABEL, "useHoneypot": True}, REVIEW],
        [
            {**LABEL, "stepGroupId": "g", "consensusCoverage": 5},
            {**LABEL, "id": "m", "stepGroupId": "h"},
        ],
    ],
)
def test_valid_steps_are_accepted(steps: list[dict[str, Any]]) -> None:
    check_workflow("op", steps)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [REVIEW, LABEL],
            "the first step of a workflow, and of each group, must have the type DEFAULT",
        ),
        (
            [LABEL, {**REVIEW, "name": "Label"}],
            'another step of the same group has the name "Label"',
        ),
        ([LABEL, {**REVIEW, "sendBackStepId": "r"}], "only to an earlier step"),
        (
            [LABEL, {**REVIEW, "sendBackStepId": "s"}, {**REVIEW, "id": "s", "name": "S"}],
            "only to an earlier step",
        ),
        (
            [
                {**LABEL, "stepGroupId": "g"},
                {**LABEL, "id": "m", "stepGroupId": "h", "consensusCoverage": 5},
            ],
            "only the labeling step of the first group can have consensus",
        ),
        (
            [LABEL, {**LABEL, "id": "m", "name": "M", "numberOfExpectedLabelsForConsensus": 2}],
            "only the labeling step of the first group can have consensus",
        ),
        (
            [{**LABEL, "stepGroupId": "g"}, {**REVIEW, "stepGroupId": "h"}],
            "and of each group",
        ),
        (
            [
                {**LABEL, "stepGroupId": "g"},
                {**LABEL, "id": "m", "stepGroupId": "h"},
                {**REVIEW, "stepGroupId": "h", "sendBackStepId": "l"},
            ],
            "of its own group",
        ),
        (
            [{**LABEL, "useHoneypot": True}, {**REVIEW, "useHoneypot": True}],
            "only one step of a project can use honeypots",
        ),
    ],
)
def test_invalid_steps_of_a_workflow_are_refused(steps: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(KiliError, match=message):
        check_workflow("op", steps)


@pytest.mark.parametrize(
    ("client", "version"),
    [
        (None, "V1"),
        ("", "V1"),
        ("latest", "V1"),
        ("2.99.0", "V1"),
        ("2.128.2", "V1"),
        ("2.165.9", "V1"),
        ("2.166.0", "V2"),
        ("2.176.1", "V2"),
        ("25.2.10", "V2"),
        ("26.2.4", "V2"),
        ("26.2", "V2"),
    ],
)
def test_workflow_version_depends_on_the_client_version(client: str | None, version: str) -> None:
    assert version_for(client) == version


def ordered(*orders: int, group: str | None = None) -> list[dict[str, Any]]:
    return [
        {"id": f"{group} {number}", "stepGroupId": group, "order": order}
        for number, order in enumerate(orders)
    ]


@pytest.mark.parametrize(
    ("steps", "missing"),
    [
        (ordered(0, 1, 2), None),
        (ordered(0, 2, 1), None),
        (ordered(0), None),
        (ordered(0, 2), 1),
        (ordered(0, 1, 1), 2),
        (ordered(1, 2), 0),
        (ordered(-1, 0, 1), 2),
        (ordered(0, 1, group="a") + ordered(0, 1, 2, group="b"), None),
        (ordered(0, 1, group="a") + ordered(0, 2, group="b"), 1),
    ],
)
def test_orders_of_steps_are_consecutive_in_each_group(
    steps: list[dict[str, Any]], missing: int | None
) -> None:
    if missing is None:
        check_continuity("op", [], steps)
        return
    with pytest.raises(KiliError, match=rf"continuity between step orders \(missing {missing}\)"):
        check_continuity("op", [], steps)


def test_unchanged_orders_of_steps_are_not_checked() -> None:
    check_continuity("op", ordered(0, 3), ordered(0, 3))
