"""Projects."""

from __future__ import annotations

import json
from typing import Any

from graphql import GraphQLEnumType

from emulator.rules.input_types import RETIRED
from tests.contract.contract import SCHEMA
from tests.contract.inputs.registry import Case, Stage, case
from tests.stage import INTERFACE


def _create_project(stage: Stage, **data: Any) -> dict[str, Any]:
    fields = "id title description inputType jsonInterface"
    created: dict[str, Any] = stage.wire.call(
        "createProject", data={"title": "t", **data}, selection=fields
    )
    assert stage.read("projects", created["id"], fields) == created
    return created


@case("CreateProjectData.title", "createProject(data)")
def _(stage: Stage) -> None:
    assert _create_project(stage, title="Another")["title"] == "Another"


@case("CreateProjectData.description")
def _(stage: Stage) -> None:
    assert _create_project(stage, description="words")["description"] == "words"


@case("CreateProjectData.inputType")
def _(stage: Stage) -> None:
    input_types = SCHEMA.type_map["InputType"]
    assert isinstance(input_types, GraphQLEnumType)
    for each in sorted(input_types.values.keys() - RETIRED):
        assert _create_project(stage, inputType=each)["inputType"] == each


@case("CreateProjectData.jsonInterface")
def _(stage: Stage) -> None:
    interface = json.dumps(INTERFACE)
    assert _create_project(stage, jsonInterface=interface)["jsonInterface"] == interface


PROPERTY = {
    "filterable": False,
    "type": "date",
    "visibleByLabeler": True,
    "visibleByReviewer": False,
}
PROJECT_VALUES = {
    "canNavigateBetweenAssets": False,
    "canSkipAsset": False,
    "description": "other words",
    "instructions": "http://example.com/how-to",
    "jsonInterface": '{"jobs":{}}',
    "metadataProperties": {"when": PROPERTY},
    "metadataTypes": {"size": "number"},
    "reviewCoverage": 40,
    "shouldAutoAssign": False,
    "title": "Another title",
}
PROJECT_REFUSALS = {
    "consensusMark": (0.5, "consensusMark is computed and cannot be set"),
    "consensusTotCoverage": (50, "consensusTotCoverage = 50 is not emulated"),
    "honeypotMark": (0.5, "honeypotMark is computed and cannot be set"),
    "inputType": ("TEXT", "inputType is fixed when the project is created"),
    "minConsensusSize": (2, "minConsensusSize = 2 is not emulated"),
    "numberOfAssets": (1, "numberOfAssets is computed"),
    "numberOfRemainingAssets": (1, "numberOfRemainingAssets is computed"),
    "numberOfReviewedAssets": (1, "numberOfReviewedAssets is computed"),
    "numberOfSkippedAssets": (1, "numberOfSkippedAssets is computed"),
    "useHoneyPot": (True, "useHoneyPot = True is not emulated"),
}


def _sets_project(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert stage.read("projects", "project", member) != {member: value}
        where = {"id": stage.names["project"]}
        stage.wire.call("updatePropertiesInProject", data={member: value}, where=where)
        assert stage.read("projects", "project", member) == {member: value}
        assert stage.read("projects", "hidden project", member) != {member: value}

    return run


def _refused_for_project(member: str, value: Any, says: str) -> Case:
    def run(stage: Stage) -> None:
        where = {"id": stage.names["project"]}
        data = {member: value, "title": "not stored either"}
        assert says in stage.wire.refusal("updatePropertiesInProject", data=data, where=where)
        assert stage.read("projects", "project", "title") != {"title": "not stored either"}

    return run


for _member, _value in PROJECT_VALUES.items():
    case(f"ProjectData.{_member}")(_sets_project(_member, _value))
for _member, (_value, _says) in PROJECT_REFUSALS.items():
    case(f"ProjectData.{_member}")(_refused_for_project(_member, _value, _says))
case("updatePropertiesInProject(data)", "updatePropertiesInProject(where)")(
    _sets_project("title", "Again another")
)


@case("ProjectData.archived")
def _(stage: Stage) -> None:
    where = {"id": stage.names["project"]}
    for archived in (True, False):
        stage.wire.call("updatePropertiesInProject", data={"archived": archived}, where=where)
        found = stage.wire.ids("projects", {"archived": archived})
        assert stage.names["project"] in found


def _deletes_project(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        stage.wire.call(mutation, where={"id": stage.names["hidden project"]})
        assert stage.wire.ids("projects", {}) == [stage.names["project"]]

    return run


for _mutation in ("deleteProject", "deleteProjectAsynchronously"):
    case(f"{_mutation}(where)")(_deletes_project(_mutation))
