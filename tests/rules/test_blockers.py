"""The blockers that keep a plugin from being called for an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kili_emulator.rules.blockers import PluginState, PluginVersion, find_blockers

DEFAULT = "label.workflow.created.default"
PREDICTION = "label.workflow.created.prediction"
AUTOSAVE = "emulator.label.autosaved"
EDITED = "label.workflow.edited"
HONEYPOT = "label.workflow.created.honeypot"
CLICK = "emulator.customInterface.clicked"
SKIPPED = "asset.skipped"


def version(*asked: str) -> PluginVersion:
    patterns = tuple(each for each in asked if "." in each)
    return PluginVersion("v", 1, tuple(each for each in asked if "." not in each), patterns)


CODE = version("onSubmit", "onReview")
READY = PluginState("ACTIVE", None, "BUILT", CODE)


def words(subject: str, state: PluginState = READY, **changes: Any) -> list[str]:
    return list(find_blockers(subject, replace(state, **changes)).codes())


@pytest.mark.parametrize(
    ("subject", "asked", "found"),
    [
        (DEFAULT, ["onSubmit"], []),
        (DEFAULT, ["onReview"], ["HANDLER_MISSING"]),
        (DEFAULT, [], ["HANDLER_MISSING"]),
        (DEFAULT, ["label.*"], []),
        (DEFAULT, ["asset.*"], ["NOT_MATCHED"]),
        (DEFAULT, ["onReview", "asset.*"], ["NOT_MATCHED"]),
        (DEFAULT, ["onReview", "label.*"], []),
        (PREDICTION, ["onSubmit", "onReview"], ["LABEL_TYPE"]),
        (PREDICTION, ["label.workflow.created.prediction"], []),
        (PREDICTION, ["label.workflow.edited"], ["NOT_MATCHED"]),
        (AUTOSAVE, ["onSubmit"], ["LABEL_TYPE"]),
        (AUTOSAVE, ["label.*", "emulator.*"], ["LABEL_TYPE"]),
        (EDITED, ["onSubmit"], ["NO_HANDLER"]),
        (EDITED, ["label.workflow.edited"], []),
        (HONEYPOT, ["onReview"], ["NO_HANDLER"]),
        (SKIPPED, ["onSubmit"], ["NO_HANDLER"]),
        (SKIPPED, ["label.*"], ["NOT_MATCHED"]),
        (CLICK, ["onCustomInterfaceClick"], []),
        (CLICK, ["onSubmit"], ["HANDLER_MISSING"]),
        (CLICK, ["asset.*", "label.*"], ["HANDLER_MISSING"]),  # it is no event that is sent
    ],
)
def test_version_is_blocked_unless_it_asks_for_the_event(
    subject: str, asked: list[str], found: list[str]
) -> None:
    assert words(subject, version=version(*asked)) == found


@pytest.mark.parametrize("activity", ["NEVER_ACTIVE", "DEACTIVATED"])
@pytest.mark.parametrize("deployment", ["DEPLOYING", "BUILD_FAILED"])
def test_all_blockers_are_listed(activity: str, deployment: str) -> None:
    found = words(DEFAULT, activity=activity, deployment=deployment, version=version("onReview"))
    assert found == [activity, deployment, "HANDLER_MISSING"]


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (DEFAULT, ["NOTHING_DEPLOYED"]),
        (CLICK, ["NOTHING_DEPLOYED"]),
        (EDITED, ["NOTHING_DEPLOYED"]),
        (AUTOSAVE, ["NOTHING_DEPLOYED", "LABEL_TYPE"]),
    ],
)
def test_blockers_without_a_version_assume_any_possible_call_condition(
    subject: str, found: list[str]
) -> None:
    assert words(subject, deployment="NOTHING_DEPLOYED", version=None) == found
