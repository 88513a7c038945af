"""Patterns of events match as in the platform's own package."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kili_events import EVENT_MODELS, is_system_event, matches_subject

from kili_emulator.rules.subjects import (
    SENT_TO_PLUGINS,
    gets_envelope,
    is_pattern,
    matches,
    matches_platform_only,
    never_matches,
)

tokens = st.sampled_from(["asset", "label", "created", "a1", "*", "", "**", "a-b", "a "])
dotted = st.lists(tokens, min_size=1, max_size=6).map(".".join)
names = st.sampled_from(["asset", "label", "created"])
subjects = st.lists(names, min_size=1, max_size=6).map(".".join) | st.sampled_from(
    sorted(EVENT_MODELS)
)


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("asset.*", "asset.created", True),
        ("asset.*", "asset.workflow.assigned", True),
        ("asset.*", "asset", False),
        ("asset.*", "assetStorage.connection.created", False),
        ("asset.skipped", "asset.skipped", True),
        ("asset.skipped", "asset.skipped.twice", False),
        ("asset.*.created", "asset.issue.created", True),
        ("asset.*.created", "asset.created", False),
        ("asset.*.*", "asset.workflow.lock.created", True),
        ("label.*.created.*", "label.workflow.created.default", True),
    ],
)
def test_star_matches_one_or_more_names(pattern: str, subject: str, expected: bool) -> None:
    assert matches(pattern, subject) is expected


@given(dotted, subjects)
def test_patterns_match_as_in_the_package_of_the_platform(pattern: str, subject: str) -> None:
    try:
        expected = matches_subject(pattern, subject)
    except ValueError:
        assert not is_pattern(pattern)
    else:
        assert is_pattern(pattern)
        assert matches(pattern, subject) is expected


def test_pattern_of_many_stars_is_matched_quickly() -> None:
    assert not matches(".".join(["asset", *["*"] * 10_000]), "asset.created")


def test_plugins_get_events_of_projects_but_no_system_events() -> None:
    declared = {
        subject
        for subject, model in EVENT_MODELS.items()
        if not is_system_event(subject) and "project_id" in model.model_fields
    }
    undeclared, unlisted = SENT_TO_PLUGINS - declared, declared - SENT_TO_PLUGINS
    assert undeclared == set(), f"upgrade kili-events to a version that declares: {undeclared}"
    assert unlisted == set(), f"add to EMITTED or NOT_EMITTED in rules/subjects.py: {unlisted}"


@pytest.mark.parametrize("pattern", ["onSubmit", "asset.skiped", "assetStorage.integration.*"])
def test_pattern_that_matches_no_plugin_event_is_detected(pattern: str) -> None:
    assert never_matches(pattern)
    assert not never_matches("asset.*")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("label.workflow.validated", True),
        ("project.workflow.bulkAction.*", True),
        ("label.workflow.*", False),
        ("label.workflow.edited", False),
        ("onSubmit", False),
    ],
)
def test_pattern_of_events_that_only_the_platform_emits_is_detected(
    pattern: str, expected: bool
) -> None:
    assert matches_platform_only(pattern) is expected


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("2.125.2", False),
        ("25.2.10", False),
        ("26.1.5", False),
        ("26.2.0", True),
        ("27.0.0", True),
        (None, True),
        ("curl", True),
    ],
)
def test_on_event_gets_the_event_envelope_since_version_26_2(
    client: str | None, expected: bool
) -> None:
    assert gets_envelope(client) is expected
