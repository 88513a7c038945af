"""The table of access: for each operation of the schema, the callers who may use it.

A caller is the name of an API key in :data:`tests.security.callers.CALLERS`. All other callers are
refused by a mutation, and see nothing by a query. Each group of rows has its basis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.full_world.calls import CALLS
from tests.contract.full_world.queries import QUERY_ARGUMENTS
from tests.contract.full_world.world import OUTSIDER, STRANGER
from tests.kit.responses import EASY_JSON

ADMIN = ("admin",)
PROJECT_ADMINS = (*ADMIN, "owner")
MANAGERS = (*PROJECT_ADMINS, "manager")
REVIEWERS = (*MANAGERS, "reviewer")
MEMBERS = (*REVIEWERS, "labeler")
ORGANIZATION = (*MEMBERS, OUTSIDER)
EVERYBODY = (*ORGANIZATION, STRANGER, "elsewhere")

ROLES = "contract/member.md#roles"
RIGHTS = "contract/organization.md#rights-in-an-organization"
ACCOUNTS = "contract/user.md#accounts"
API_KEYS = "contract/user.md#api-keys"
LISTS = "contract/project.md#lists-and-search"
UPLOADS = "contract/file.md#uploads"

# Callers, basis → mutations on objects of the first organization and its projects.
MUTATIONS: dict[tuple[tuple[str, ...], str], str] = {
    (MEMBERS, ROLES): "appendManyLabels appendToLabels skipAsset unskipAsset appendToComments",
    (REVIEWERS, "contract/issue.md#rights-on-issues"): "createIssues appendToIssues",
    (REVIEWERS, ROLES): (
        "updatePropertiesInLabel updatePropertiesInIssue addAssetsToReview sendAssetsBackToQueue"
        " addAllLabeledAssetsToReview sendBackAssetsToQueue"
    ),
    (MANAGERS, ROLES): (
        "appendManyAssets appendManyToDataset appendManyAssetsAsynchronously"
        " appendManyFramesToDatasetAsynchronously updatePropertiesInAssets setAssetsPriority"
        " deleteAssets deleteManyFromDataset assignAssets assignAssetsToLabelers setAssetConsensus"
        " createHoneypot createPredictions deleteLabels appendToRoles updatePropertiesInRole"
        " deleteFromRoles activatePluginOnProject deactivatePluginOnProject createPlugin"
        " createWebhook createTag"
    ),
    (PROJECT_ADMINS, ROLES): (
        "updatePropertiesInProject updateProjectAnonymization deleteProject"
        " deleteProjectAsynchronously copyProject copyLabels updatePropertiesInProjectVersion"
        " checkTag uncheckTag updatePropertiesInProjectUser editProjectWorkflowSettings"
        " addReviewStep updateLabelingStepProperties updateReviewStepProperties deleteStep"
        " renameStep"
    ),
    (ADMIN, RIGHTS): (
        "createUser createNotification updatePropertiesInNotification createOrganization"
        " updatePropertiesInOrganization updateTag deleteTag"
    ),
    (ADMIN, ACCOUNTS): "updatePropertiesInUser updatePassword resetPassword",
    (ADMIN, API_KEYS): "appendToApiKeys",
    (ORGANIZATION, RIGHTS): "createProject",
    # Only the creator, an administrator, or a manager of all projects where the plugin is active:
    (MANAGERS, "contract/plugin.md#names-and-lists"): "deletePlugin generateUpdateUrl",
    (ADMIN, "contract/plugin.md#names-and-lists"): (
        "createPluginRunner updatePluginRunner updateWebhook"
    ),
}

# Mutations that name no object act on the organization of the caller.
IN_THE_OWN_ORGANIZATION = {
    "createProject",
    "createUser",
    "createNotification",
    "createOrganization",
    "createPlugin",
    "createWebhook",
    "createTag",
}

_LABEL_ROW = {"assetID": "<farm>", "jsonResponse": EASY_JSON}
_PIA = {"where": {"id": "<pia>"}}
# Arguments that differ from the first call of ``tests.contract.full_world.calls``: there, some
# callers act on their own objects.
_OTHER_ARGUMENTS: dict[str, dict[str, Any]] = {
    "appendToRoles": {
        "where": {"id": "<project>"},
        "data": {"userEmail": "new@example.com", "role": "LABELER"},
    },
    "activatePluginOnProject": {
        "where": {"pluginName": "<plugin>", "projectId": "<stepped project>"}
    },
    "appendToLabels": {
        "where": {"id": "<farm>"},
        "data": {"labelType": "DEFAULT", "jsonResponse": EASY_JSON},
    },
    "updatePropertiesInLabel": {
        "where": {"id": "<labeled label>"},
        "data": {"jsonResponse": "{}"},
    },
    "updatePropertiesInIssue": {"where": {"id": "<stepped issue>"}, "data": {"status": "SOLVED"}},
    "updatePropertiesInProjectUser": {
        "where": {"project": {"id": "<project>"}, "user": {"id": "<pia>"}},
        "data": {"starred": True},
    },
    "updatePropertiesInUser": {**_PIA, "data": {"firstname": "New"}},
    "resetPassword": _PIA,
    "appendToApiKeys": {**_PIA, "data": {"name": "second", "key": "a-second-key-of-pia"}},
}


def _role(role: str) -> dict[str, Any]:
    return {"where": {"id": "<project>"}, "data": {"userEmail": "pia@example.com", "role": role}}


def _labels(label_type: str, **row: Any) -> dict[str, Any]:
    return {
        "where": {},
        "data": {"labelType": label_type, "labelsData": [{**_LABEL_ROW, **row}]},
    }


def _question(**data: Any) -> dict[str, Any]:
    return {"where": {"id": "<farm>"}, "data": {"labelID": "<farm DEFAULT>", "text": "?", **data}}


_TYPES = "contract/label.md#label-types"
_ISSUES = "contract/issue.md#rights-on-issues"
# Operation, situation → callers, basis, arguments: where a value of the input decides.
SITUATIONS: dict[tuple[str, str], tuple[tuple[str, ...], str, dict[str, Any]]] = {
    ("appendManyLabels", "of a reviewer"): (REVIEWERS, _TYPES, _labels("REVIEW")),
    ("appendManyLabels", "of a model"): (MANAGERS, _TYPES, _labels("PREDICTION")),
    ("appendManyLabels", "of another author"): (
        PROJECT_ADMINS,
        "contract/label.md#authors",
        _labels("DEFAULT", authorID="<pia>"),
    ),
    ("updatePropertiesInLabel", "of the labeler"): (
        MEMBERS,
        "contract/label.md#changes-and-deletion",
        {"where": {"id": "<farm DEFAULT>"}, "data": {"jsonResponse": EASY_JSON}},
    ),
    ("appendToIssues", "a question"): (MEMBERS, _ISSUES, _question(type="QUESTION")),
    ("appendToRoles", "a manager"): (PROJECT_ADMINS, ROLES, _role("TEAM_MANAGER")),
    ("appendToRoles", "an administrator"): (PROJECT_ADMINS, ROLES, _role("ADMIN")),
    ("updatePropertiesInRole", "to administrator"): (
        PROJECT_ADMINS,
        ROLES,
        {"where": {"id": "<member leo>"}, "data": {"role": "ADMIN"}},
    ),
    ("deleteFromRoles", "an administrator"): (
        PROJECT_ADMINS,
        ROLES,
        {"where": {"project": {"id": "<project>"}, "user": {"id": "<ada>"}}},
    ),
}

# Callers, basis → queries that answer with objects of projects.
PROJECT_QUERIES: dict[tuple[tuple[str, ...], str], str] = {
    (MEMBERS, LISTS): (
        "annotations assets countAssets asset countAssetAnnotations getAssetsMetadataValues"
        " filterExistingAssets issues countIssues comments countComments labels countLabels locks"
        " countLocks projectUsers countProjectUsers projects countProjects projectVersions"
        " countProjectVersions listTagsByProject getPluginLogs"
    ),
    (MANAGERS, UPLOADS): "createUploadBucketSignedUrls",
    (PROJECT_ADMINS, "contract/event.md#the-audit-trail"): "events",
}
# Queries that answer with objects of the organization.
ORGANIZATION_QUERIES: dict[tuple[tuple[str, ...], str], str] = {
    (ORGANIZATION, RIGHTS): (
        "organizations countOrganizations organizationMetrics listPlugins countPlugins"
        " getPluginRunnerStatus getPluginBuildErrors listTagsByOrg users countUsers"
    ),
}
# Queries that answer each caller with the caller's own objects.
OWN_QUERIES: dict[str, str] = {
    API_KEYS: "apiKeys countApiKeys",
    ACCOUNTS: "viewer me",
}
# The full world has one notification, for the labeler.
_NOTIFICATIONS: dict[tuple[tuple[str, ...], str], str] = {
    (("admin", "labeler"), "contract/notification.md#recipients"): (
        "notifications countNotifications"
    ),
}
# Cloud storage is not emulated.
_EMPTY: dict[tuple[tuple[str, ...], str], str] = {((), LISTS): "dataConnections"}
SUBSCRIPTIONS: dict[tuple[tuple[str, ...], str], str] = {
    (MEMBERS, "contract/subscription.md#labels-created-or-updated"): "labelCreatedOrUpdated",
}

# Mutations that a user may apply to the own account, in whatever role.
OWN_ACCOUNT: dict[str, dict[str, Any]] = {
    "updatePropertiesInUser": {"where": {"id": "<self>"}, "data": {"firstname": "New"}},
    "resetPassword": {"where": {"id": "<self>"}},
    "appendToApiKeys": {
        "where": {"id": "<self>"},
        "data": {"name": "another", "key": "another-key-of-mine"},
    },
}
# What only an administrator may change, in the own account too.
ESCALATIONS: dict[str, dict[str, Any]] = {
    "own role": {"organizationRole": "ADMIN"},
    "own organization": {"organizationId": "<foreign organization>"},
    "own activation": {"activated": False},
}


@dataclass(frozen=True)
class Row:
    """One operation and the callers who may use it."""

    operation: str
    callers: tuple[str, ...]
    basis: str
    arguments: dict[str, Any]
    situation: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, self.situation)))


def _rows(table: dict[tuple[tuple[str, ...], str], str], arguments: Any) -> Iterator[Row]:
    for (callers, basis), operations in table.items():
        for each in operations.split():
            yield Row(each, callers, basis, arguments(each))


def _arguments_of_mutation(operation: str) -> dict[str, Any]:
    calls = (call.arguments for call in CALLS if call.mutation == operation)
    return _OTHER_ARGUMENTS.get(operation) or next(calls)


MUTATION_ROWS = [
    *_rows(MUTATIONS, _arguments_of_mutation),
    *(
        Row(operation, callers, basis, arguments, situation)
        for (operation, situation), (callers, basis, arguments) in SITUATIONS.items()
    ),
]
PROJECT_ROWS = list(_rows(PROJECT_QUERIES, QUERY_ARGUMENTS.__getitem__))
ORGANIZATION_ROWS = [
    row
    for table in (ORGANIZATION_QUERIES, _NOTIFICATIONS, _EMPTY)
    for row in _rows(table, QUERY_ARGUMENTS.__getitem__)
]
OWN_ROWS = [
    Row(each, EVERYBODY, basis, QUERY_ARGUMENTS[each])
    for basis, operations in OWN_QUERIES.items()
    for each in operations.split()
]
SUBSCRIPTION_ROWS = list(_rows(SUBSCRIPTIONS, lambda _: {"projectID": "<project>"}))
QUERY_ROWS = [*PROJECT_ROWS, *ORGANIZATION_ROWS, *OWN_ROWS]
