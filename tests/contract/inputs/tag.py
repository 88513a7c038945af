"""Inputs of tags."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case


def _tags(case_world: CaseWorld, selection: str) -> Any:
    return case_world.wire.call("listTagsByOrg", selection=selection)


def _creates_tag(data: dict[str, Any]) -> Case:
    def run(case_world: CaseWorld) -> None:
        case_world.wire.call("createTag", data={"label": "Plain", "color": "#010203", **data})
        read = {"label": "Plain", "color": "#010203", **data}
        assert _tags(case_world, "label color")[-1] == read

    return run


case("TagData.label", "createTag(data)")(_creates_tag({"label": "Urgent"}))
case("TagData.color")(_creates_tag({"color": "#FF0000"}))


@case("UpdateTagData.label", "updateTag(data)", "updateTag(tagId)")
def _(case_world: CaseWorld) -> None:
    data = {"label": "Finished"}
    for affected in (1, 0):
        answer = case_world.wire.call(
            "updateTag",
            selection="affectedRows updatedTag { label }",
            tagId=case_world.names["tag"],
            data=data,
        )
        assert answer == {"affectedRows": affected, "updatedTag": data}
    assert _tags(case_world, "label") == [{"label": "Finished"}, {"label": "Unused"}]


@case("deleteTag(tagId)")
def _(case_world: CaseWorld) -> None:
    assert case_world.wire.call("deleteTag", tagId=case_world.names["tag"]) is True
    assert _tags(case_world, "label") == [{"label": "Unused"}]


def _on(case_world: CaseWorld, project: str) -> Any:
    project_id = case_world.names[project]
    return case_world.wire.call("listTagsByProject", selection="label", projectId=project_id)


@case(
    "CheckedTagData.projectId",
    "CheckedTagData.tagId",
    "checkTag(data)",
    "uncheckTag(projectId)",
    "uncheckTag(tagId)",
    "listTagsByProject(projectId)",
)
def _(case_world: CaseWorld) -> None:
    project_id, tag_id = case_world.names["project"], case_world.names["unused tag"]
    case_world.wire.call("checkTag", data={"projectId": project_id, "tagId": tag_id})
    assert _on(case_world, "project") == [{"label": "Tutorial"}, {"label": "Unused"}]
    assert _on(case_world, "hidden project") == []
    case_world.wire.call("uncheckTag", projectId=project_id, tagId=case_world.names["tag"])
    assert _on(case_world, "project") == [{"label": "Unused"}]
