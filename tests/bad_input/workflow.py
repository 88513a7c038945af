"""Refused requests about the workflow: skipping, assignment, consensus, honeypots, steps."""

from __future__ import annotations

from typing import Any

from tests.bad_input.refused_request import (
    UNKNOWN_ID,
    RefusedRequest,
    denied,
    forbidden,
    invalid,
    refused,
)
from tests.kit.responses import EASY_JSON

_MANAGERS = "ADMIN or TEAM_MANAGER"
_MEADOW = {"id": "<meadow>"}
_RESPONSE = {"jsonResponse": EASY_JSON}


def _consensus(asset: str = "<meadow>", **arguments: Any) -> dict[str, Any]:
    return {"projectId": "<project>", "assetId": asset, "isConsensus": True, **arguments}


def _edit(project: str = "<project>", **steps: Any) -> dict[str, Any]:
    return {"input": {"projectId": project, "steps": steps}}


def _step(project: str = "<project>", **members: Any) -> dict[str, Any]:
    return {"input": {"projectId": project, "stepId": UNKNOWN_ID, **members}}


def _review_step(project: str = "<project>") -> dict[str, Any]:
    return {"input": {"projectId": project, "name": "n", "assignees": ["<rita>"]}}


STEP_MUTATIONS: dict[str, dict[str, Any]] = {
    "deleteStep": {},
    "renameStep": {"newName": "n"},
    "updateLabelingStepProperties": {},
    "updateReviewStepProperties": {},
}

CASES: list[RefusedRequest] = [
    denied("skipAsset", "unknown asset", reason="r", where={"id": UNKNOWN_ID}),
    denied("skipAsset", "foreign asset", "labeler", reason="r", where={"id": "<hidden asset>"}),
    refused(
        "skipAsset",
        "several assets",
        "where selects several assets: give the id of one",
        reason="r",
        where={"project": {"id": "<project>"}},
    ),
    refused("skipAsset", "nothing", "where is empty", reason="r", where={}),
    invalid("skipAsset", "no reason", 'Variable "$reason"', reason=[], where=_MEADOW),
    denied("unskipAsset", "unknown asset", projectId="<project>", assetId=UNKNOWN_ID),
    denied(
        "unskipAsset",
        "foreign asset",
        "labeler",
        projectId="<hidden project>",
        assetId="<hidden asset>",
    ),
    refused(
        "unskipAsset",
        "not skipped",
        "the asset is not skipped",
        projectId="<project>",
        assetId="<meadow>",
    ),
    invalid("unskipAsset", "no id", 'Variable "$assetId"', projectId="<project>", assetId={}),
    denied("createHoneypot", "unknown asset", data=_RESPONSE, where={"id": UNKNOWN_ID}),
    forbidden("createHoneypot", _MANAGERS, "reviewer", data=_RESPONSE, where=_MEADOW),
    refused(
        "createHoneypot",
        "unknown job",
        "[jsonResponseMalformed]",
        data={"jsonResponse": '{"X": {}}'},
        where=_MEADOW,
    ),
    invalid("createHoneypot", "no response", 'Field "jsonResponse"', data={}, where=_MEADOW),
    denied("setAssetConsensus", "unknown asset", **_consensus(UNKNOWN_ID)),
    forbidden("setAssetConsensus", _MANAGERS, "reviewer", **_consensus()),
    refused(
        "setAssetConsensus", "V1 project", "the project has the V1 workflow: use", **_consensus()
    ),
    invalid(
        "setAssetConsensus", "no value", 'Variable "$isConsensus"', **_consensus(isConsensus="yes")
    ),
    denied("editProjectWorkflowSettings", "unknown project", **_edit(UNKNOWN_ID)),
    forbidden("editProjectWorkflowSettings", "ADMIN", "manager", **_edit()),
    refused(
        "editProjectWorkflowSettings",
        "V1 project",
        "has the V1 workflow, which has no steps",
        **_edit(deletes=[UNKNOWN_ID]),
    ),
    invalid("editProjectWorkflowSettings", "no project", 'Field "projectId"', input={}),
    denied("addReviewStep", "unknown project", **_review_step(UNKNOWN_ID)),
    forbidden("addReviewStep", "ADMIN", "reviewer", **_review_step()),
    refused("addReviewStep", "V1 project", "which has no steps", **_review_step()),
    invalid(
        "addReviewStep",
        "no name",
        'Field "assignees"',
        input={"projectId": "<project>", "name": "n"},
    ),
]

for _mutation in ("assignAssets", "assignAssetsToLabelers"):
    CASES += [
        denied(_mutation, "unknown asset", where={"id": UNKNOWN_ID}, userIds=[]),
        forbidden(_mutation, _MANAGERS, "reviewer", where=_MEADOW, userIds=["<leo>"]),
        refused(
            _mutation,
            "unknown user",
            f'"{UNKNOWN_ID}" is not the id of a member of the project',
            where=_MEADOW,
            userIds=[UNKNOWN_ID],
        ),
        refused(_mutation, "nothing selected", "where is empty", where={}, userIds=[]),
        invalid(_mutation, "no users", 'Variable "$userIds"', where=_MEADOW, userIds=7),
    ]
for _mutation, _members in STEP_MUTATIONS.items():
    CASES += [
        denied(_mutation, "unknown project", **_step(UNKNOWN_ID, **_members)),
        forbidden(_mutation, "ADMIN", "manager", **_step(**_members)),
        refused(_mutation, "V1 project", "which has no steps", **_step(**_members)),
        invalid(
            _mutation, "no project", 'Field "projectId"', input={"stepId": UNKNOWN_ID, **_members}
        ),
    ]
