"""The rules of faults: what is accepted, and how a wrong rule is refused."""

from __future__ import annotations

from typing import Any

import pytest

from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.errors import KiliError
from kili_emulator.observe.fault_presets import PRESET_NAMES, faults_of_preset
from kili_emulator.observe.fault_rule import FaultOptions, parse_fault

OPERATIONS = ["createIssues", "appendManyLabels", "countAssets"]
ALL_TARGETS = [
    "createIssues",
    "operation:MyQuery",
    "graphql",
    "query",
    "mutation",
    "version",
    "upload",
    "download",
    "webhook",
]


@pytest.mark.parametrize("target", ALL_TARGETS)
def test_an_http_status_fits_each_target_with_an_answer(target: str) -> None:
    rule = parse_fault({"target": target, "status": 503, "times": None}, OPERATIONS)

    assert (rule.target, rule.options) == (target, {"status": 503})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "target is None, but must be the name of an operation or a route"),
        ({"target": 1}, "target is 1, but must be the name"),
        ({"target": "createIssue"}, "no operation 'createIssue': did you mean 'createIssues'?"),
        ({"target": "append_labels"}, "did you mean 'appendManyLabels'?"),
        ({"target": "uplaod"}, "did you mean 'upload'?"),
        ({"target": "zzzz"}, "docs/coverage.md lists the operations"),
        ({"target": "operation:"}, "there is no operation 'operation:'"),
        ({"target": "query", "statsu": 503}, "no member 'statsu': did you mean 'status'?"),
        ({"target": "query", "zzzz": 503}, "no member 'zzzz': there are: nth, times"),
        ({"target": "query", "times": 1}, "no effect: give one of delay, status, error, drop"),
        ({"target": "deploy", "plugin": "P"}, "no effect: give one of delay, error"),
        ({"target": "query", "status": 503, "drop": "after"}, "status and drop exclude one"),
        ({"target": "query", "status": 503, "nth": 2, "times": 1}, "nth and times exclude"),
        ({"target": "query", "status": 503, "nth": 2, "every": 2}, "nth and every exclude"),
        (
            {"target": "query", "status": 503, "sender": "clients", "plugin": "P"},
            "sender and plugin exclude one another",
        ),
        ({"target": "query", "body": "x", "delay": 1}, "body needs status"),
        ({"target": "query", "retry_after": 1, "delay": 1}, "retry_after needs status"),
        ({"target": "query", "partial": True, "delay": 1}, "partial needs error"),
        ({"target": "upload", "error": "x"}, "error does not apply to 'upload': for it, give"),
        ({"target": "upload", "user": "x", "status": 500}, "user does not apply to 'upload'"),
        ({"target": "deploy", "status": 500}, "for it, give plugin, delay, error"),
        ({"target": "run", "status": 500}, "for it, give plugin, timeout"),
        ({"target": "query", "timeout": 1}, "timeout does not apply to 'query'"),
        ({"target": "webhook", "truncate": 1}, "truncate does not apply to 'webhook'"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_reason_and_a_remedy(
    data: dict[str, Any], message: str
) -> None:
    with pytest.raises(KiliError) as refused:
        parse_fault(data, OPERATIONS)

    assert message in str(refused.value)
    assert str(refused.value).startswith("the fault is not valid: ")


WRONG_VALUES = {
    "nth": (0, True, 1.5, "1"),
    "times": (0, -1, False),
    "every": (0, [2]),
    "probability": (0, 1.01, "0.5", True),
    "seconds": (0, -1, 86_401, float("nan"), float("inf")),
    "user": ("", 1),
    "sender": ("plugin", 1, ["plugins"]),
    "plugin": ("", {}),
    "delay": (0, "1", float("nan")),
    "status": (200, 399, 600, 503.0, True),
    "body": (1, {}),
    "retry_after": (-1, 1.5),
    "error": ("", 1),
    "code": ("", 1),
    "extensions": ([], "x"),
    "partial": (1, "yes"),
    "drop": (True, "during", ["before"]),
    "truncate": (-1, 1.5),
    "slow": (0, -1),
    "timeout": (0, "1"),
}


def test_wrong_values_are_tried_for_each_member() -> None:
    assert WRONG_VALUES.keys() == FaultOptions.__annotations__.keys()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG_VALUES.items() for value in values]
)
def test_a_value_of_the_wrong_type_or_out_of_range_is_refused(name: str, value: object) -> None:
    with pytest.raises(KiliError, match=f"{name} is .*, but must be "):
        parse_fault({"target": "query", name: value}, OPERATIONS)


def test_no_operation_of_the_schema_has_the_name_of_another_target() -> None:
    operations = GraphQLExecutor().operations
    plain_targets = {*ALL_TARGETS, "deploy", "run"} - {"createIssues"}

    assert "createIssues" in operations
    assert not plain_targets & set(operations)


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_ready_made_faults_are_valid(name: str) -> None:
    assert [parse_fault(each, OPERATIONS) for each in faults_of_preset(name)]


def test_an_unknown_ready_made_set_is_refused() -> None:
    with pytest.raises(KiliError, match="did you mean 'rate-limit'"):
        faults_of_preset("ratelimit")
