"""Who may do what (contract §4.7)."""

from __future__ import annotations

import pytest

from emulator.rules import permissions
from emulator.rules.permissions import ProjectRole

ADMIN: list[ProjectRole] = ["ADMIN"]
MANAGERS: list[ProjectRole] = [*ADMIN, "TEAM_MANAGER"]
REVIEWERS: list[ProjectRole] = [*MANAGERS, "REVIEWER"]
EVERYBODY: list[ProjectRole] = [*REVIEWERS, "LABELER"]


@pytest.mark.parametrize(
    ("operation", "roles"),
    [
        ("updatePropertiesInProject", ADMIN),
        ("deleteProject", ADMIN),
        ("appendManyAssets", MANAGERS),
        ("updatePropertiesInAssets", MANAGERS),
        ("deleteManyFromDataset", MANAGERS),
        ("createPredictions", MANAGERS),
        ("activatePluginOnProject", MANAGERS),
        ("deactivatePluginOnProject", MANAGERS),
        ("addAllLabeledAssetsToReview", REVIEWERS),
        ("sendBackAssetsToQueue", REVIEWERS),
        ("appendManyLabels", EVERYBODY),
        ("updatePropertiesInIssue", REVIEWERS),
        ("appendToComments", EVERYBODY),
    ],
)
def test_operation_is_for_these_roles(operation: str, roles: list[ProjectRole]) -> None:
    assert permissions.PROJECT_OPERATIONS[operation] == set(roles)


@pytest.mark.parametrize(
    ("label_type", "roles"),
    [
        ("DEFAULT", EVERYBODY),
        ("AUTOSAVE", EVERYBODY),
        ("REVIEW", REVIEWERS),
        ("PREDICTION", MANAGERS),
        ("INFERENCE", MANAGERS),
    ],
)
def test_label_type_is_for_these_roles(label_type: str, roles: list[ProjectRole]) -> None:
    assert permissions.LABEL_TYPE_ROLES[label_type] == set(roles)


def test_issues_are_opened_by_reviewers_and_questions_by_everybody() -> None:
    assert {"ISSUE": set(REVIEWERS), "QUESTION": set(EVERYBODY)} == permissions.ISSUE_TYPE_ROLES


def test_some_things_are_for_the_top_roles() -> None:
    assert set(ADMIN) == permissions.ATTRIBUTE_LABELS_TO_OTHERS
    assert set(MANAGERS) == permissions.MANAGE_PLUGINS


@pytest.mark.parametrize("operation", permissions.PROJECT_OPERATIONS)
def test_higher_role_may_do_all_that_a_lower_one_may(operation: str) -> None:
    allowed = permissions.PROJECT_OPERATIONS[operation]
    ranked = list(permissions.PROJECT_ROLES)

    assert allowed == set(ranked[: len(allowed)])
    assert "ADMIN" in allowed


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (ADMIN, "the role ADMIN"),
        (MANAGERS, "the role ADMIN or TEAM_MANAGER"),
        (["LABELER", "REVIEWER"], "the role REVIEWER or LABELER"),
        (EVERYBODY, "the role ADMIN or TEAM_MANAGER or REVIEWER or LABELER"),
    ],
)
def test_roles_are_named_from_the_top(roles: list[ProjectRole], words: str) -> None:
    assert permissions.names(frozenset(roles)) == words
