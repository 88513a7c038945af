"""Valid arguments for each mutation in the full world.

``<name>`` stands for the id of the object with this name. A mutation that can select its objects in
several ways has several calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.contract.full_world.world import PASSWORD
from tests.kit.responses import EASY_JSON


@dataclass(frozen=True)
class Call:
    """One successful request of the administrator of the organization."""

    mutation: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return self.mutation


def _call(mutation: str, **arguments: Any) -> Call:
    return Call(mutation, arguments)


_FARM = {"id": "<farm>"}
_PROJECT = {"id": "<project>"}
_STEP = {"projectId": "<stepped project>", "stepId": "<label step>"}
_REVIEW_STEP = {"projectId": "<stepped project>", "stepId": "<review step>"}
_ACTIVE = {"pluginName": "<plugin>", "projectId": "<project>"}
_LABEL = {"assetID": "<farm>", "jsonResponse": EASY_JSON}
_TIFF = {"uploadType": "GEO_SATELLITE", "contentArray": ["https://example.com/a.tif"]}

CALLS: list[Call] = [
    # Projects
    _call("createProject", data={"title": "New"}),
    _call("updatePropertiesInProject", where=_PROJECT, data={"title": "New"}),
    _call("updatePropertiesInProject", where=_PROJECT, data={"author": "<max>"}),
    _call("updateProjectAnonymization", input={"id": "<project>", "shouldAnonymize": True}),
    _call("deleteProject", where=_PROJECT),
    _call("deleteProjectAsynchronously", where=_PROJECT),
    _call("copyProject", data={"projectId": "<project>", "shouldCopyAssets": True}),
    _call("copyLabels", data={"projectId": "<project>", "srcAssetId": "<street>",
                              "dstAssetId": "<car-park>"}),
    _call("updatePropertiesInProjectVersion", where={"id": "<version>"},
          data={"content": "https://example.com/new.zip"}),
    # Assets
    _call("appendManyAssets", where=_PROJECT, data={"contentArray": ["https://example.com/a"]}),
    _call("appendManyToDataset", where=_PROJECT, data={"contentArray": ["https://example.com/a"]}),
    _call("appendManyAssetsAsynchronously", where=_PROJECT, data={**_TIFF}),
    _call("appendManyFramesToDatasetAsynchronously", where=_PROJECT, data={**_TIFF}),
    _call("updatePropertiesInAssets", where=[_FARM, {"id": "<pond>"}], data=[{"priority": 4}] * 2),
    _call("setAssetsPriority", where={"idIn": ["<meadow>"]}, priority=5),
    _call("deleteAssets", where={"idIn": ["<farm>"]}),
    _call("deleteAssets", where={"id": "<street>"}),
    _call("deleteAssets", where={"project": {"id": "<stepped project>"}}),
    _call("deleteManyFromDataset", where={"idIn": ["<street>"]}),
    # Labels
    _call("appendManyLabels", where={}, data={"labelType": "DEFAULT", "labelsData": [_LABEL]}),
    _call("appendManyLabels", where={"idIn": ["<meadow>"]},
          data={"labelType": "DEFAULT", "labelsData": [{"jsonResponse": EASY_JSON}]}),
    _call("appendManyLabels", where={"project": {"id": "<project>"}},
          data={"labelType": "REVIEW",
                "labelsData": [{**_LABEL, "authorID": "<rita>",
                                "referencedLabelId": "<farm DEFAULT>"}]}),
    _call("appendManyLabels", where={},
          data={"labelType": "DEFAULT", "stepId": "<label step>",
                "labelsData": [{"assetID": "<waiting>", "jsonResponse": "{}"}]}),
    _call("appendToLabels", where=_FARM,
          data={"labelType": "DEFAULT", "jsonResponse": EASY_JSON, "authorID": "<leo>"}),
    _call("createPredictions", where={"idIn": ["<farm>"]},
          data={"jsonResponseArray": [EASY_JSON], "modelNameArray": ["m"]}),
    _call("updatePropertiesInLabel", where={"id": "<farm DEFAULT>"},
          data={"jsonResponse": EASY_JSON}),
    _call("deleteLabels", ids=["<meadow PREDICTION>", "<farm INFERENCE>"]),
    # The workflow
    _call("skipAsset", reason="dark", where={"id": "<meadow>"}),
    _call("unskipAsset", projectId="<project>", assetId="<skipped here>"),
    _call("assignAssets", where={"idIn": ["<meadow>"]}, userIds=["<leo>"]),
    _call("assignAssetsToLabelers", where={"id": "<meadow>"}, userIds=["<leo>"]),
    _call("setAssetConsensus", projectId="<stepped project>", assetId="<waiting>",
          isConsensus=True),
    _call("createHoneypot", where={"id": "<meadow>"}, data={"jsonResponse": EASY_JSON}),
    _call("addAssetsToReview", where={"idIn": ["<farm>"]}),
    _call("addAllLabeledAssetsToReview", where={"project": {"id": "<project>"}}),
    _call("sendAssetsBackToQueue", where={"idIn": ["<farm>"]}),
    _call("sendBackAssetsToQueue", where={"id": "<farm>"}),
    _call("editProjectWorkflowSettings",
          input={"projectId": "<stepped project>", "enforceStepSeparation": False,
                 "steps": {"updates": [{"id": "<label step>", "consensusCoverage": 4}]}}),
    _call("editProjectWorkflowSettings",
          input={"projectId": "<stepped project>", "steps": {"deletes": ["<review step>"]}}),
    _call("editProjectWorkflowSettings",
          input={"projectId": "<stepped project>", "steps": {"creates": [
              {"name": "n", "type": "REVIEW", "assignees": ["<rita>"], "stepCoverage": 10,
               "sendBackStepId": "<label step>"}]}}),
    _call("addReviewStep", input={"projectId": "<stepped project>", "name": "n",
                                  "assignees": ["<rita>"], "sendBackStepId": "<label step>"}),
    _call("updateLabelingStepProperties", input={**_STEP, "consensusCoverage": 5}),
    _call("updateReviewStepProperties",
          input={**_REVIEW_STEP, "stepCoverage": 50, "assignees": ["<max>"],
                 "sendBackStepId": "<label step>"}),
    _call("renameStep", input={**_STEP, "newName": "Renamed"}),
    _call("deleteStep", input=_REVIEW_STEP),
    # Issues
    _call("createIssues", where={},
          issues=[{"assetId": "<farm>", "text": "?"}, {"labelID": "<farm DEFAULT>"}]),
    _call("appendToIssues", where=_FARM, data={"labelID": "<farm DEFAULT>", "text": "?"}),
    _call("appendToComments", where={"id": "<issue>"}, data={"text": "!"}),
    _call("updatePropertiesInIssue", where={"id": "<issue>"}, data={"status": "SOLVED"}),
    # People
    _call("appendToRoles", where={"id": "<hidden project>"},
          data={"userEmail": "labeler@example.com", "role": "LABELER"}),
    _call("updatePropertiesInRole", where={"id": "<member leo>"},
          data={"role": "REVIEWER", "projectID": "<project>", "userID": "<leo>"}),
    _call("updatePropertiesInRole", where={"project": _PROJECT, "user": {"id": "<leo>"}},
          data={"role": "REVIEWER"}),
    _call("deleteFromRoles", where={"id": "<member leo>"}),
    _call("deleteFromRoles", where={"project": _PROJECT, "user": {"id": "<rita>"}}),
    _call("updatePropertiesInProjectUser", where={"project": _PROJECT, "user": {"id": "<ada>"}},
          data={"starred": True}),
    _call("createUser", data={"email": "new@example.com"}),
    _call("updatePropertiesInUser", where={"id": "<leo>"}, data={"firstname": "Leonard"}),
    _call("updatePassword", where={"id": "<pia>"},
          data={"oldPassword": PASSWORD, "newPassword1": "another one 2",
                "newPassword2": "another one 2"}),
    _call("resetPassword", where={"id": "<leo>"}),
    _call("appendToApiKeys", where={"id": "<leo>"},
          data={"name": "second", "key": "a-second-key-of-leo"}),
    _call("createOrganization", data={"name": "New"}),
    _call("updatePropertiesInOrganization", where={"id": "<organization>"}, data={"name": "New"}),
    _call("createNotification", data={"message": "m", "status": "SUCCESS", "userID": "<leo>"}),
    _call("updatePropertiesInNotification", where={"id": "<notification>"},
          data={"hasBeenSeen": True, "userID": "<max>"}),
    # Tags
    _call("createTag", data={"label": "New"}),
    _call("updateTag", tagId="<tag>", data={"label": "New"}),
    _call("deleteTag", tagId="<tag>"),
    _call("checkTag", data={"projectId": "<project>", "tagId": "<unused tag>"}),
    _call("uncheckTag", projectId="<project>", tagId="<tag>"),
    # Plugins
    _call("createPlugin", data={"pluginName": "New"}),
    _call("generateUpdateUrl", data={"pluginName": "<plugin>"}),
    _call("createPluginRunner", data={"pluginName": "<uploaded plugin>"}),
    _call("updatePluginRunner", data={"pluginName": "<next plugin>"}),
    _call("activatePluginOnProject",
          where={"pluginName": "<plugin>", "projectId": "<hidden project>"}),
    _call("deactivatePluginOnProject", where=_ACTIVE),
    _call("deletePlugin", where={"pluginName": "<plugin>"}),
    _call("createWebhook", data={"pluginName": "New", "webhookUrl": "http://127.0.0.1:9/new"}),
    _call("updateWebhook",
          data={"pluginName": "<webhook>", "webhookUrl": "http://127.0.0.1:9/other"}),
]  # fmt: skip
