"""How a plugin stood at some time is told from what became of it."""

from __future__ import annotations

import pytest

from emulator.rules.plugin_history import NOW, Change, History, Version, standing

FIRST, SECOND = Version(11, "v1", 1, ("onSubmit",)), Version(21, "v2", 2, ("onReview",))


def change(place: int, became: str, of: str) -> Change:
    return Change(place, f"at {place}", became, of)  # type: ignore[arg-type]


def test_a_plugin_is_there_from_its_creation_on() -> None:
    history = History(10, "at 10")
    assert [standing(history, "p", place).is_created for place in (9, 11, NOW)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("place", "activity", "since"),
    [
        (29, "NOT_ACTIVE_YET", "at 30"),
        (31, "ACTIVE", "at 30"),
        (41, "DEACTIVATED", "at 40"),
        (51, "ACTIVE", "at 50"),
        (NOW, "ACTIVE", "at 50"),
    ],
)
def test_activity_is_that_of_the_last_change_before(place: int, activity: str, since: str) -> None:
    changes = (
        change(30, "ACTIVATED", "p"),
        change(35, "ACTIVATED", "another"),
        change(40, "DEACTIVATED", "p"),
        change(45, "DEACTIVATED", "another"),
        change(50, "ACTIVATED", "p"),
    )
    stood = standing(History(10, "at 10", changes=changes), "p", place)
    assert (stood.activity, stood.since) == (activity, since)


def test_where_a_plugin_was_never_activated_it_was_never_active() -> None:
    history = History(10, "at 10", changes=(change(30, "ACTIVATED", "another"),))
    assert standing(history, "p", NOW).activity == "NEVER_ACTIVE"


@pytest.mark.parametrize(
    ("place", "deployment", "version"),
    [
        (11, "NOTHING_DEPLOYED", None),
        (12, "DEPLOYING", FIRST),
        (16, "BUILT", FIRST),
        (22, "BUILT", FIRST),  # which runs on while the second one is deployed
        (26, "BUILT", SECOND),
    ],
)
def test_the_version_that_is_called_is_the_last_one_built(
    place: int, deployment: str, version: Version | None
) -> None:
    changes = (change(15, "BUILT", "v1"), change(25, "BUILT", "v2"))
    stood = standing(History(10, "at 10", (FIRST, SECOND), changes), "p", place)
    assert (stood.deployment, stood.version) == (deployment, version)


@pytest.mark.parametrize(
    ("ends", "deployment", "version"),
    [
        (["BUILD_FAILED", None], "DEPLOYING", SECOND),
        (["BUILD_FAILED", "BUILD_FAILED"], "BUILD_FAILED", SECOND),
        (["BUILT", "BUILD_FAILED"], "BUILT", FIRST),
        (["BUILD_FAILED", "BUILT"], "BUILT", SECOND),
        ([None, "BUILD_FAILED"], "BUILD_FAILED", SECOND),
    ],
)
def test_a_version_that_failed_is_not_called(
    ends: list[str | None], deployment: str, version: Version
) -> None:
    changes = tuple(
        change(30 + number, became, f"v{number}") for number, became in enumerate(ends, 1) if became
    )
    stood = standing(History(10, "at 10", (FIRST, SECOND), changes), "p", NOW)
    assert (stood.deployment, stood.version) == (deployment, version)
    assert (stood.newest, stood.newest_deployment) == (SECOND, ends[1] or "DEPLOYING")


def test_an_older_version_that_is_built_late_replaces_no_newer_one() -> None:
    changes = (change(25, "BUILT", "v2"), change(26, "BUILT", "v1"))
    assert standing(History(10, "at 10", (FIRST, SECOND), changes), "p", NOW).version == SECOND
