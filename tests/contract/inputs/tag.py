"""Tags."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, Stage, case


def _tags(stage: Stage, selection: str) -> Any:
    return stage.wire.call("listTagsByOrg", selection=selection)


def _creates_tag(data: dict[str, Any]) -> Case:
    def run(stage: Stage) -> None:
        stage.wire.call("createTag", data={"label": "Plain", "color": "#010203", **data})
        read = {"label": "Plain", "color": "#010203", **data}
        assert _tags(stage, "label color")[-1] == read

    return run


case("TagData.label", "createTag(data)")(_creates_tag({"label": "Urgent"}))
case("TagData.color")(_creates_tag({"color": "#FF0000"}))


@case("UpdateTagData.label", "updateTag(data)", "updateTag(tagId)")
def _(stage: Stage) -> None:
    data = {"label": "Finished"}
    for affected in (1, 0):
        answer = stage.wire.call(
            "updateTag",
            selection="affectedRows updatedTag { label }",
            tagId=stage.names["tag"],
            data=data,
        )
        assert answer == {"affectedRows": affected, "updatedTag": data}
    assert _tags(stage, "label") == [{"label": "Finished"}, {"label": "Unused"}]


@case("deleteTag(tagId)")
def _(stage: Stage) -> None:
    assert stage.wire.call("deleteTag", tagId=stage.names["tag"]) is True
    assert _tags(stage, "label") == [{"label": "Unused"}]


def _on(stage: Stage, project: str) -> Any:
    project_id = stage.names[project]
    return stage.wire.call("listTagsByProject", selection="label", projectId=project_id)


@case(
    "CheckedTagData.projectId",
    "CheckedTagData.tagId",
    "checkTag(data)",
    "uncheckTag(projectId)",
    "uncheckTag(tagId)",
    "listTagsByProject(projectId)",
)
def _(stage: Stage) -> None:
    project_id, tag_id = stage.names["project"], stage.names["unused tag"]
    stage.wire.call("checkTag", data={"projectId": project_id, "tagId": tag_id})
    assert _on(stage, "project") == [{"label": "Tutorial"}, {"label": "Unused"}]
    assert _on(stage, "hidden project") == []
    stage.wire.call("uncheckTag", projectId=project_id, tagId=stage.names["tag"])
    assert _on(stage, "project") == [{"label": "Unused"}]
