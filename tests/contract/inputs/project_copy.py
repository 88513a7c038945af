"""Copies of projects and of labels."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Stage, case


def _copy(stage: Stage, **data: Any) -> str:
    source = {"projectId": stage.names["project"]}
    return str(stage.wire.call("copyProject", data={**source, **data}))


def _assets(stage: Stage, project_id: str) -> list[dict[str, str]]:
    where = {"project": {"id": project_id}}
    found: list[dict[str, str]] = stage.wire.list("assets", where, selection="id externalId")
    return found


@case("copyProject(data)", "CopyProjectData.projectId")
def _(stage: Stage) -> None:
    fields = "title jsonInterface instructions metadataProperties inputType"
    copy = _copy(stage)
    assert copy != stage.names["project"]
    assert stage.read("projects", copy, fields) == stage.read("projects", "project", fields)


@case("CopyProjectData.shouldCopyAssets")
def _(stage: Stage) -> None:
    names = [each["externalId"] for each in _assets(stage, stage.names["project"])]
    for wanted, expected in ((True, names), (False, [])):
        copies = _assets(stage, _copy(stage, shouldCopyAssets=wanted))
        assert [each["externalId"] for each in copies] == expected


@case("CopyProjectData.shouldCopyUsers")
def _(stage: Stage) -> None:
    roles = "roles { role user { id } }"
    (admin, *others) = stage.read("projects", "project", roles)["roles"]
    for wanted, expected in ((True, [admin, *others]), (False, [admin])):
        copy = _copy(stage, shouldCopyUsers=wanted)
        assert stage.read("projects", copy, roles)["roles"] == expected


@case(
    "copyLabels(data)",
    "CopyLabelsInput.srcAssetId",
    "CopyLabelsInput.dstAssetId",
    "CopyLabelsInput.projectId",
)
def _(stage: Stage) -> None:
    copy = _copy(stage, shouldCopyAssets=True)
    (target,) = [each["id"] for each in _assets(stage, copy) if each["externalId"] == "street"]
    data = {"srcAssetId": stage.names["street"], "dstAssetId": target, "projectId": copy}
    assert stage.wire.call("copyLabels", data=data) is True
    fields = "status labels { labelType jsonResponse author { id } }"
    assert stage.read("assets", target, fields) == stage.read("assets", "street", fields)
