"""The permissions of each role (contract/member.md#roles)."""

from __future__ import annotations

import pytest

from kili_emulator.rules import permissions
from kili_emulator.rules.permissions import ProjectRole
from tests.contract.schema import SCHEMA

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
def test_operation_is_permitted_for_the_expected_roles(
    operation: str, roles: list[ProjectRole]
) -> None:
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
def test_label_type_is_permitted_for_the_expected_roles(
    label_type: str, roles: list[ProjectRole]
) -> None:
    assert permissions.LABEL_TYPE_ROLES[label_type] == set(roles)


def test_reviewers_may_open_issues_and_all_members_may_ask_questions() -> None:
    assert {"ISSUE": set(REVIEWERS), "QUESTION": set(EVERYBODY)} == permissions.ISSUE_TYPE_ROLES


@pytest.mark.parametrize(
    ("role", "managers"),
    [
        ("ADMIN", ADMIN),
        ("TEAM_MANAGER", ADMIN),
        ("REVIEWER", MANAGERS),
        ("LABELER", MANAGERS),
    ],
)
def test_members_of_a_role_are_managed_by_the_expected_roles(
    role: ProjectRole, managers: list[ProjectRole]
) -> None:
    assert permissions.roles_managing(role) == set(managers)


# What a query hands out is a right to change something, too.
QUERIES = {"createUploadBucketSignedUrls"}


def test_each_operation_is_in_exactly_one_permission_table() -> None:
    assert SCHEMA.mutation_type is not None
    in_projects, others = permissions.PROJECT_OPERATIONS, permissions.ORGANIZATION_OPERATIONS
    assert in_projects.keys() | others.keys() == {*SCHEMA.mutation_type.fields, *QUERIES}
    assert not in_projects.keys() & others.keys()


@pytest.mark.parametrize("operation", permissions.ORGANIZATION_OPERATIONS)
def test_administrators_of_the_organization_may_do_everything(operation: str) -> None:
    assert "ADMIN" in permissions.ORGANIZATION_OPERATIONS[operation]


def test_operation_on_the_own_user_is_otherwise_for_administrators() -> None:
    for operation in permissions.SELF_OPERATIONS:
        assert permissions.ORGANIZATION_OPERATIONS[operation] == {"ADMIN"}


def test_labels_for_others_and_plugins_are_for_the_top_roles() -> None:
    assert set(ADMIN) == permissions.LABEL_FOR_OTHERS_ROLES
    assert set(MANAGERS) == permissions.PLUGIN_MANAGER_ROLES


@pytest.mark.parametrize("operation", permissions.PROJECT_OPERATIONS)
def test_higher_role_has_all_permissions_of_lower_roles(operation: str) -> None:
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
def test_roles_are_listed_from_highest_to_lowest(roles: list[ProjectRole], words: str) -> None:
    assert permissions.names(frozenset(roles)) == words
