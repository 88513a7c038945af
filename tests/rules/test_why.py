"""What stands in the way of calling a plugin for something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.rules.plugin_history import Standing, Version
from emulator.rules.why import Happened, hindrances

DEFAULT = Happened("label.workflow.created.default", "onSubmit", "DEFAULT")
PREDICTION = Happened("label.workflow.created.prediction", None, "PREDICTION")
AUTOSAVE = Happened("emulator.label.autosaved", None, "AUTOSAVE")
EDITED = Happened("label.workflow.edited")
HONEYPOT = Happened("label.workflow.created.honeypot")
CLICK = Happened("emulator.customInterface.clicked", "onCustomInterfaceClick")
SKIPPED = Happened("asset.skipped")


def version(*asked: str) -> Version:
    patterns = tuple(each for each in asked if "." in each)
    return Version(1, "v", 1, tuple(each for each in asked if "." not in each), patterns)


CODE = version("onSubmit", "onReview")
READY = Standing(True, "ACTIVE", None, "BUILT", CODE)


def words(happened: Happened, standing: Standing = READY, **changes: Any) -> list[str]:
    return list(hindrances(happened, replace(standing, **changes)).words())


@pytest.mark.parametrize(
    ("happened", "asked", "found"),
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
def test_a_version_is_called_for_what_it_asks_for(
    happened: Happened, asked: list[str], found: list[str]
) -> None:
    assert words(happened, version=version(*asked)) == found


@pytest.mark.parametrize("activity", ["NEVER_ACTIVE", "NOT_ACTIVE_YET", "DEACTIVATED"])
@pytest.mark.parametrize("deployment", ["DEPLOYING", "BUILD_FAILED"])
def test_all_that_stands_in_the_way_is_told(activity: str, deployment: str) -> None:
    found = words(DEFAULT, activity=activity, deployment=deployment, version=version("onReview"))
    assert found == [activity, deployment, "HANDLER_MISSING"]


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        (DEFAULT, ["NOTHING_DEPLOYED"]),
        (CLICK, ["NOTHING_DEPLOYED"]),
        (EDITED, ["NOTHING_DEPLOYED"]),
        (AUTOSAVE, ["NOTHING_DEPLOYED", "LABEL_TYPE"]),
    ],
)
def test_what_is_not_there_may_still_ask_for_anything_that_can_be_asked_for(
    happened: Happened, found: list[str]
) -> None:
    assert words(happened, deployment="NOTHING_DEPLOYED", version=None) == found


@pytest.mark.parametrize("origin", ["FROM_SCENARIO", "COPIED", "OTHER_ORGANIZATION"])
def test_what_did_not_happen_before_its_eyes_has_no_other_reason(origin: Any) -> None:
    happened = replace(DEFAULT, origin=origin)
    assert words(happened, activity="NEVER_ACTIVE", version=version()) == [origin]


def test_a_plugin_that_was_not_there_has_no_other_reason() -> None:
    found = words(DEFAULT, is_created=False, activity="NEVER_ACTIVE", deployment="DEPLOYING")
    assert found == ["NOT_CREATED_YET"]
