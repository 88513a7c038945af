"""Who may do what: one table from operation to roles (contract §4.7, §9).

A role is either one in the project (ADMIN, TEAM_MANAGER, REVIEWER, LABELER) or, for operations
that have no project, one in the organization. Administrators of the organization act as ADMIN in
each of its projects, and so do plugins where they are active.
"""

from __future__ import annotations

from typing import Literal

ProjectRole = Literal["ADMIN", "TEAM_MANAGER", "REVIEWER", "LABELER"]

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
    "appendManyLabels": _EVERYBODY,
    "appendToLabels": _EVERYBODY,
    "createPredictions": _MANAGERS,
    "updatePropertiesInLabel": _REVIEWERS,
    "deleteLabels": _MANAGERS,
    "appendToComments": _EVERYBODY,
    "updatePropertiesInIssue": _REVIEWERS,
    "activatePluginOnProject": _MANAGERS,
    "deactivatePluginOnProject": _MANAGERS,
}

LABEL_TYPE_ROLES: dict[str, Roles] = {
    "DEFAULT": _EVERYBODY,
    "AUTOSAVE": _EVERYBODY,
    "REVIEW": _REVIEWERS,
    "PREDICTION": _MANAGERS,
    "INFERENCE": _MANAGERS,
}

ISSUE_TYPE_ROLES: dict[str, Roles] = {"ISSUE": _REVIEWERS, "QUESTION": _EVERYBODY}
CHANGE_OWN_ISSUES = _EVERYBODY
ATTRIBUTE_LABELS_TO_OTHERS = _ADMIN
MANAGE_PLUGINS = _MANAGERS


def names(roles: Roles) -> str:
    """The roles as words for a message: ``the role ADMIN or TEAM_MANAGER``."""
    return "the role " + " or ".join(role for role in PROJECT_ROLES if role in roles)
