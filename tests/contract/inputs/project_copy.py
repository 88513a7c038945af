"""Inputs of copies of projects and of labels."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import CaseWorld, case


def _copy(case_world: CaseWorld, **data: Any) -> str:
    source = {"projectId": case_world.names["project"]}
    return str(case_world.wire.call("copyProject", data={**source, **data}))


def _assets(case_world: CaseWorld, project_id: str) -> list[dict[str, str]]:
    where = {"project": {"id": project_id}}
    found: list[dict[str, str]] = case_world.wire.list("assets", where, selection="id externalId")
    return found


@case("copyProject(data)", "CopyProjectData.projectId")
def _(case_world: CaseWorld) -> None:
    fields = "title jsonInterface instructions metadataProperties inputType"
    copy = _copy(case_world)
    assert copy != case_world.names["project"]
    assert case_world.read("projects", copy, fields) == case_world.read(
        "projects", "project", fields
    )


@case("CopyProjectData.shouldCopyAssets")
def _(case_world: CaseWorld) -> None:
    names = [each["externalId"] for each in _assets(case_world, case_world.names["project"])]
    for wanted, expected in ((True, names), (False, [])):
        copies = _assets(case_world, _copy(case_world, shouldCopyAssets=wanted))
        assert [each["externalId"] for each in copies] == expected


@case("CopyProjectData.shouldCopyUsers")
def _(case_world: CaseWorld) -> None:
    roles = "roles { role user { id } }"
    (admin, *others) = case_world.read("projects", "project", roles)["roles"]
    for wanted, expected in ((True, [admin, *others]), (False, [admin])):
        copy = _copy(case_world, shouldCopyUsers=wanted)
        assert case_world.read("projects", copy, roles)["roles"] == expected


@case(
    "copyLabels(data)",
    "CopyLabelsInput.srcAssetId",
    "CopyLabelsInput.dstAssetId",
    "CopyLabelsInput.projectId",
)
def _(case_world: CaseWorld) -> None:
    copy = _copy(case_world, shouldCopyAssets=True)
    (target,) = [each["id"] for each in _assets(case_world, copy) if each["externalId"] == "street"]
    data = {"srcAssetId": case_world.names["street"], "dstAssetId": target, "projectId": copy}
    assert case_world.wire.call("copyLabels", data=data) is True
    fields = "status labels { labelType jsonResponse author { id } }"
    assert case_world.read("assets", target, fields) == case_world.read("assets", "street", fields)
