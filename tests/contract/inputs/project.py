"""Inputs of projects."""

from __future__ import annotations

import json
from typing import Any

from graphql import GraphQLEnumType

from kili_emulator.rules.input_types import RETIRED
from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.contract.schema import SCHEMA
from tests.kit.world_content import INTERFACE


def _create_project(case_world: CaseWorld, **data: Any) -> dict[str, Any]:
    fields = "id title description inputType jsonInterface complianceTags geospatialSettings"
    created: dict[str, Any] = case_world.wire.call(
        "createProject", data={"title": "t", **data}, selection=fields
    )
    assert case_world.read("projects", created["id"], fields) == created
    return created


@case("CreateProjectData.title", "createProject(data)")
def _(case_world: CaseWorld) -> None:
    assert _create_project(case_world, title="Another")["title"] == "Another"


@case("CreateProjectData.description")
def _(case_world: CaseWorld) -> None:
    assert _create_project(case_world, description="words")["description"] == "words"


@case("CreateProjectData.inputType")
def _(case_world: CaseWorld) -> None:
    input_types = SCHEMA.type_map["InputType"]
    assert isinstance(input_types, GraphQLEnumType)
    for each in sorted(input_types.values.keys() - RETIRED):
        assert _create_project(case_world, inputType=each)["inputType"] == each


@case("CreateProjectData.jsonInterface")
def _(case_world: CaseWorld) -> None:
    interface = json.dumps(INTERFACE)
    assert _create_project(case_world, jsonInterface=interface)["jsonInterface"] == interface


@case("CreateProjectData.complianceTags")
def _(case_world: CaseWorld) -> None:
    assert _create_project(case_world, complianceTags=["PII"])["complianceTags"] == ["PII"]
    assert _create_project(case_world)["complianceTags"] == []


@case("CreateProjectData.pixelLabeling")
def _(case_world: CaseWorld) -> None:
    in_pixels = _create_project(case_world, inputType="GEOSPATIAL", pixelLabeling=True)
    assert in_pixels["geospatialSettings"] == {"labelingCRSCode": "PIXEL"}
    on_the_map = _create_project(case_world, inputType="GEOSPATIAL", pixelLabeling=False)
    assert on_the_map["geospatialSettings"] is None


@case("CreateProjectData.projectType")
def _(case_world: CaseWorld) -> None:
    for project_type, input_type in (
        ("IMAGE_POSE_ESTIMATION", "IMAGE"),
        ("OCR", "IMAGE"),
        ("PDF_CLASSIFICATION_MULTI", "PDF"),
        ("SPEECH_TO_TEXT", "AUDIO"),
        ("TEXT_NER", "TEXT"),
        ("VIDEO_OBJECT_DETECTION", "VIDEO"),
    ):
        assert _create_project(case_world, projectType=project_type)["inputType"] == input_type
    legacy = _create_project(
        case_world, projectType="VIDEO_OBJECT_DETECTION", inputType="VIDEO_LEGACY"
    )
    assert legacy["inputType"] == "VIDEO_LEGACY"


@case("CreateProjectData.fromDemoProject")
def _(case_world: CaseWorld) -> None:
    demo = _create_project(case_world, fromDemoProject="DEMO_NER", jsonInterface="null")
    assert (demo["title"], demo["inputType"]) == ("t", "TEXT")
    assert "NAMED_ENTITIES_RECOGNITION" in demo["jsonInterface"]
    assert len(case_world.wire.ids("assets", {"project": {"id": demo["id"]}})) == 2


PROPERTY = {
    "filterable": False,
    "type": "date",
    "visibleByLabeler": True,
    "visibleByReviewer": False,
}
PROJECT_VALUES = {
    "canNavigateBetweenAssets": False,
    "canSkipAsset": False,
    "complianceTags": ["PHI", "PII"],
    "consensusMark": 0.95,
    "consensusTotCoverage": 50,
    "description": "other words",
    "honeypotMark": 0.95,
    "instructions": "http://example.com/how-to",
    "jsonInterface": '{"jobs":{}}',
    "metadataProperties": {"when": PROPERTY},
    "metadataTypes": {"size": "number"},
    "minConsensusSize": 2,
    "numberOfAssets": 70,
    "numberOfRemainingAssets": 40,
    "numberOfReviewedAssets": 20,
    "numberOfSkippedAssets": 10,
    "reviewCoverage": 40,
    "secondsToLabelBeforeAutoAssign": 30,
    "shouldAutoAssign": False,
    "shouldRelaunchKpiComputation": True,
    "title": "Another title",
    "useHoneyPot": True,
}
PROJECT_REFUSALS = {
    "inputType": ("TEXT", "inputType cannot change after the creation of the project"),
}


def _sets_project(member: str, value: Any) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert case_world.read("projects", "project", member) != {member: value}
        where = {"id": case_world.names["project"]}
        case_world.wire.call("updatePropertiesInProject", data={member: value}, where=where)
        assert case_world.read("projects", "project", member) == {member: value}
        assert case_world.read("projects", "hidden project", member) != {member: value}

    return run


def _refused_for_project(member: str, value: Any, says: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        where = {"id": case_world.names["project"]}
        data = {member: value, "title": "not stored either"}
        assert says in case_world.wire.refusal("updatePropertiesInProject", data=data, where=where)
        assert case_world.read("projects", "project", "title") != {"title": "not stored either"}

    return run


for _member, _value in PROJECT_VALUES.items():
    case(f"ProjectData.{_member}")(_sets_project(_member, _value))
for _member, (_value, _says) in PROJECT_REFUSALS.items():
    case(f"ProjectData.{_member}")(_refused_for_project(_member, _value, _says))
case("updatePropertiesInProject(data)", "updatePropertiesInProject(where)")(
    _sets_project("title", "Again another")
)


@case("ProjectData.archived")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["project"]}
    for archived in (True, False):
        case_world.wire.call("updatePropertiesInProject", data={"archived": archived}, where=where)
        found = case_world.wire.ids("projects", {"archived": archived})
        assert case_world.names["project"] in found


@case("ProjectData.author")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["project"]}
    data = {"author": case_world.names["max"]}
    case_world.wire.call("updatePropertiesInProject", data=data, where=where)
    read = case_world.read("projects", "project", "author { id }")
    assert read == {"author": {"id": case_world.names["max"]}}


@case(
    "updateProjectAnonymization(input)",
    "UpdateProjectAnonymizationInput.id",
    "UpdateProjectAnonymizationInput.shouldAnonymize",
)
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["street DEFAULT"]}

    def author(key: str) -> str:
        selection = "author { firstname }"
        (found,) = case_world.wire.list("labels", where, key, selection=selection)
        return str(found["author"]["firstname"])

    for anonymous, shown in ((True, "Anonymous"), (False, "Leo")):
        given = {"id": case_world.names["project"], "shouldAnonymize": anonymous}
        case_world.wire.call("updateProjectAnonymization", input=given)
        assert [author(key) for key in ("labeler", "reviewer", "manager")] == ["Leo", shown, "Leo"]


def _deletes_project(mutation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        case_world.wire.call(mutation, where={"id": case_world.names["hidden project"]})
        assert case_world.wire.ids("projects", {}) == [case_world.names["project"]]

    return run


for _mutation in ("deleteProject", "deleteProjectAsynchronously"):
    case(f"{_mutation}(where)")(_deletes_project(_mutation))
