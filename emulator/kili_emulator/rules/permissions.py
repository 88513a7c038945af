"""The permissions: the roles that may call each operation.

See contract/member.md#roles, contract/organization.md#rights-in-an-organization.

An operation on a project requires a role in the project (ADMIN, TEAM_MANAGER, REVIEWER, LABELER),
an operation without a project requires a role in the organization (ADMIN, USER). Administrators of
the organization act as ADMIN in each of its projects; plugins do, too, where they are active.
"""

from __future__ import annotations

from typing import Literal

ProjectRole = Literal["ADMIN", "TEAM_MANAGER", "REVIEWER", "LABELER"]
OrganizationRole = Literal["ADMIN", "USER"]

# From the most powerful to the least.
PROJECT_ROLES: tuple[ProjectRole, ...] = ("ADMIN", "TEAM_MANAGER", "REVIEWER", "LABELER")

Roles = frozenset[ProjectRole]

_ADMIN: Roles = frozenset(PROJECT_ROLES[:1])
_MANAGERS: Roles = frozenset(PROJECT_ROLES[:2])
_REVIEWERS: Roles = frozenset(PROJECT_ROLES[:3])
_EVERYBODY: Roles = frozenset(PROJECT_ROLES)

PROJECT_OPERATIONS: dict[str, Roles] = {
    "updatePropertiesInProject": _ADMIN,
    "updateProjectAnonymization": _ADMIN,
    "copyProject": _ADMIN,
    "copyLabels": _ADMIN,
    "updatePropertiesInProjectVersion": _ADMIN,
    "deleteProject": _ADMIN,
    "deleteProjectAsynchronously": _ADMIN,
    "checkTag": _ADMIN,
    "uncheckTag": _ADMIN,
    "appendToRoles": _MANAGERS,
    "updatePropertiesInRole": _MANAGERS,
    "deleteFromRoles": _MANAGERS,
    "updatePropertiesInProjectUser": _ADMIN,
    "createUploadBucketSignedUrls": _MANAGERS,
    "appendManyToDataset": _MANAGERS,
    "appendManyAssets": _MANAGERS,
    "appendManyAssetsAsynchronously": _MANAGERS,
    "appendManyFramesToDatasetAsynchronously": _MANAGERS,
    "updatePropertiesInAssets": _MANAGERS,
    "setAssetsPriority": _MANAGERS,
    "deleteManyFromDataset": _MANAGERS,
    "deleteAssets": _MANAGERS,
    "addAllLabeledAssetsToReview": _REVIEWERS,
    "addAssetsToReview": _REVIEWERS,
    "sendBackAssetsToQueue": _REVIEWERS,
    "sendAssetsBackToQueue": _REVIEWERS,
    "skipAsset": _EVERYBODY,
    "unskipAsset": _EVERYBODY,
    "assignAssets": _MANAGERS,
    "assignAssetsToLabelers": _MANAGERS,
    "setAssetConsensus": _MANAGERS,
    "createHoneypot": _MANAGERS,
    "editProjectWorkflowSettings": _ADMIN,
    "addReviewStep": _ADMIN,
    "updateLabelingStepProperties": _ADMIN,
    "updateReviewStepProperties": _ADMIN,
    "deleteStep": _ADMIN,
    "renameStep": _ADMIN,
    "appendManyLabels": _EVERYBODY,
    "appendToLabels": _EVERYBODY,
    "createPredictions": _MANAGERS,
    "updatePropertiesInLabel": _REVIEWERS,
    "deleteLabels": _MANAGERS,
    "createIssues": _EVERYBODY,  # some issue types require a higher role: ``ISSUE_TYPE_ROLES``
    "appendToIssues": _EVERYBODY,
    "appendToComments": _EVERYBODY,
    "updatePropertiesInIssue": _REVIEWERS,
    "activatePluginOnProject": _MANAGERS,
    "deactivatePluginOnProject": _MANAGERS,
}

_ADMINS: frozenset[OrganizationRole] = frozenset({"ADMIN"})
_ALL_USERS: frozenset[OrganizationRole] = frozenset({"ADMIN", "USER"})

# The operations that concern no project, or create one.
ORGANIZATION_OPERATIONS: dict[str, frozenset[OrganizationRole]] = {
    "createProject": _ALL_USERS,
    "createOrganization": _ADMINS,
    "updatePropertiesInOrganization": _ADMINS,
    "createUser": _ADMINS,
    "updatePropertiesInUser": _ADMINS,
    "updatePassword": _ADMINS,
    "resetPassword": _ADMINS,
    "appendToApiKeys": _ADMINS,
    "createNotification": _ADMINS,
    "updatePropertiesInNotification": _ADMINS,
    "createTag": _ALL_USERS,  # only users who manage a project
    "updateTag": _ADMINS,
    "deleteTag": _ADMINS,
    # In addition, a user needs a role that manages the plugin: ``PLUGIN_MANAGER_ROLES``.
    "createPlugin": _ALL_USERS,
    "createPluginRunner": _ALL_USERS,
    "createWebhook": _ALL_USERS,
    "updateWebhook": _ALL_USERS,
    "generateUpdateUrl": _ALL_USERS,
    "updatePluginRunner": _ALL_USERS,
    "deletePlugin": _ALL_USERS,
}

# The operations that all users may call for themselves, regardless of their role.
SELF_OPERATIONS = frozenset(
    {"updatePropertiesInUser", "updatePassword", "resetPassword", "appendToApiKeys"}
)
# The members of a user that even these operations change only for an administrator.
ADMIN_ONLY_USER_MEMBERS = frozenset({"activated", "organizationId", "organizationRole"})

LABEL_TYPE_ROLES: dict[str, Roles] = {
    "DEFAULT": _EVERYBODY,
    "AUTOSAVE": _EVERYBODY,
    "REVIEW": _REVIEWERS,
    "PREDICTION": _MANAGERS,
    "INFERENCE": _MANAGERS,
}

ISSUE_TYPE_ROLES: dict[str, Roles] = {"ISSUE": _REVIEWERS, "QUESTION": _EVERYBODY}
OWN_ISSUE_ROLES = _EVERYBODY
# The roles of the members that a role may invite, change and remove.
MANAGED_ROLES: dict[ProjectRole, Roles] = {
    "ADMIN": _EVERYBODY,
    "TEAM_MANAGER": frozenset(PROJECT_ROLES[2:]),
}

OWN_MEMBERSHIP_ROLES = _EVERYBODY
LABEL_FOR_OTHERS_ROLES = _ADMIN
PLUGIN_MANAGER_ROLES = _MANAGERS


def roles_managing(role: ProjectRole) -> Roles:
    """Return the roles that may invite, change and remove members with this role."""
    return frozenset(
        manager for manager, managed_roles in MANAGED_ROLES.items() if role in managed_roles
    )


def names(roles: Roles) -> str:
    """Return the roles as a phrase for a message: ``the role ADMIN or TEAM_MANAGER``."""
    return "the role " + " or ".join(role for role in PROJECT_ROLES if role in roles)
