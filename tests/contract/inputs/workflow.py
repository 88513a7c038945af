"""Inputs of the workflow: skipping, assignment, consensus, honeypots, and filters on these."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.responses import EASY_JSON, HARD_JSON, RED_JSON
from tests.kit.world_content import add_stepped_project

PLACES = {"waiting", "labeled", "in review", "skipped"}


def _stepped(case_world: CaseWorld) -> CaseWorld:
    return CaseWorld(case_world.wire, {**case_world.names, **add_stepped_project(case_world.wire)})


@case("skipAsset(reason)", "skipAsset(where)")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["meadow"]}
    case_world.wire.call("skipAsset", reason="too dark", where=where)
    assert case_world.read("assets", "meadow", "skipped") == {"skipped": True}
    asset = case_world.wire.emulator.world.view.assets.require(case_world.names["meadow"])
    assert asset["skipReason"] == "too dark"


@case("unskipAsset(projectId)", "unskipAsset(assetId)")
def _(case_world: CaseWorld) -> None:
    ids = {"projectId": case_world.names["project"], "assetId": case_world.names["meadow"]}
    case_world.wire.call("skipAsset", reason="", where={"id": case_world.names["meadow"]})
    assert case_world.wire.call("unskipAsset", **ids) is True
    assert case_world.read("assets", "meadow", "skipped") == {"skipped": False}


def _assigns(mutation: str) -> Case:
    def check(case_world: CaseWorld) -> None:
        users = [case_world.names["leo"], case_world.names["rita"]]
        where = {"id": case_world.names["meadow"]}
        case_world.wire.call(mutation, where=where, userIds=users)
        read = case_world.read("assets", "meadow", "toBeLabeledBy { user { id } }")
        assert [each["user"]["id"] for each in read["toBeLabeledBy"]] == users

    return check


for _mutation in ("assignAssets", "assignAssetsToLabelers"):
    case(f"{_mutation}(where)", f"{_mutation}(userIds)")(_assigns(_mutation))


@case("AssetData.toBeLabeledBy", "AssetData.shouldResetToBeLabeledBy")
def _(case_world: CaseWorld) -> None:
    where = [{"id": case_world.names["meadow"]}]
    for member, value, expected in (
        ("toBeLabeledBy", ["Labeler@example.com"], [{"user": {"id": case_world.names["leo"]}}]),
        ("shouldResetToBeLabeledBy", True, []),
    ):
        case_world.wire.call("updatePropertiesInAssets", where=where, data=[{member: value}])
        read = case_world.read("assets", "meadow", "toBeLabeledBy { user { id } }")
        assert read == {"toBeLabeledBy": expected}


def _marks(member: str) -> Case:
    def check(case_world: CaseWorld) -> None:
        where = [{"id": case_world.names["meadow"]}]
        case_world.wire.call("updatePropertiesInAssets", where=where, data=[{member: 0.25}])
        assert case_world.read("assets", "meadow", member) == {member: 0.25}
        wrong = [{member: 1.5}]
        refusal = case_world.wire.refusal("updatePropertiesInAssets", where=where, data=wrong)
        assert f"{member} must be between 0 and 1" in refusal

    return check


for _member in ("consensusMark", "honeypotMark"):
    case(f"AssetData.{_member}")(_marks(_member))


def _flags(member: str) -> Case:
    def check(case_world: CaseWorld) -> None:
        where = [{"id": case_world.names["meadow"]}]
        case_world.wire.call("updatePropertiesInAssets", where=where, data=[{member: True}])
        assert case_world.read("assets", "meadow", member) == {member: True}

    return check


for _member in ("isHoneypot", "isUsedForConsensus"):
    case(f"AssetData.{_member}")(_flags(_member))


@case(
    "setAssetConsensus(projectId)",
    "setAssetConsensus(assetId)",
    "setAssetConsensus(externalId)",
    "setAssetConsensus(isConsensus)",
)
def _(case_world: CaseWorld) -> None:
    case_world = _stepped(case_world)
    project = case_world.names["stepped project"]
    step = {"projectId": project, "stepId": case_world.names["label step"]}
    expected = {**step, "numberOfExpectedLabelsForConsensus": 2}
    case_world.wire.call("updateLabelingStepProperties", input=expected)
    for by, active in (
        ({"assetId": case_world.names["waiting"]}, True),
        ({"externalId": "waiting"}, False),
    ):
        answer = case_world.wire.call(
            "setAssetConsensus", projectId=project, isConsensus=active, **by
        )
        assert answer is active
        read = case_world.read("assets", "waiting", "isUsedForConsensus")
        assert read == {"isUsedForConsensus": active}


@case("createHoneypot(data)", "createHoneypot(where)", "CreateHoneypotData.jsonResponse")
def _(case_world: CaseWorld) -> None:
    where = {"id": case_world.names["meadow"]}
    truth = case_world.wire.call(
        "createHoneypot", data={"jsonResponse": HARD_JSON}, where=where, selection="id"
    )
    read = case_world.read("labels", truth["id"], "jsonResponse labelType isHoneypot assetId")
    assert read == {
        "jsonResponse": HARD_JSON,
        "labelType": "REVIEW",
        "isHoneypot": True,
        "assetId": case_world.names["meadow"],
    }
    assert case_world.read("assets", "meadow", "isHoneypot") == {"isHoneypot": True}


def _on_step(member: str, value: str) -> Case:
    def check(case_world: CaseWorld) -> None:
        case_world = _stepped(case_world)
        row = {"assetID": case_world.names["waiting"], "jsonResponse": RED_JSON}
        given = case_world.names.get(value, value)
        data = {"labelType": "DEFAULT", "labelsData": [row], member: given}
        (label,) = case_world.wire.call("appendManyLabels", data=data, where={})
        step = case_world.read("labels", label["id"], "assetStep { id name }")["assetStep"]
        assert given in step.values()
        other = {"stepId": case_world.names["review step"], "stepName": "Review 1"}[member]
        row = {**row, "assetID": case_world.names["skipped"]}
        data = {"labelType": "REVIEW", "labelsData": [row], member: other}
        answer = case_world.wire.send("appendManyLabels", data=data, where={}).json()
        (error,) = answer["errors"]
        assert error["extensions"]["context"] == {"reason": "NotInStepAssignees"}

    return check


case("AppendManyLabelsData.stepId")(_on_step("stepId", "label step"))


@case("AppendManyLabelsData.stepName")
def _(case_world: CaseWorld) -> None:
    _on_step("stepName", "Label")(case_world)
    _check_step_name_without_steps(case_world)


def _check_step_name_without_steps(case_world: CaseWorld) -> None:
    """Accept the step name "Default", which some clients send with every label, without steps."""
    row = {"assetID": case_world.names["meadow"], "jsonResponse": EASY_JSON}
    data = {"labelType": "DEFAULT", "labelsData": [row], "stepName": "Default"}
    (label,) = case_world.wire.call("appendManyLabels", data=data, where={}, selection="assetId")
    assert label == {"assetId": case_world.names["meadow"]}
    data["stepName"] = "Label"
    answer = case_world.wire.send("appendManyLabels", data=data, where={}).json()
    assert "the V1 workflow, which has no steps" in answer["errors"][0]["message"]


def _selects(member: str, value: Any, expected: set[str]) -> Case:
    """Check that a condition and its negation divide the assets of a project."""

    def check(case_world: CaseWorld) -> None:
        case_world = _stepped(case_world)
        users = [case_world.names["leo"]]
        case_world.wire.call(
            "assignAssets", where={"id": case_world.names["labeled"]}, userIds=users
        )
        project = {"project": {"id": case_world.names["stepped project"]}}
        for name, wanted in ((f"{member}In", expected), (f"{member}NotIn", PLACES - expected)):
            where = {**project, name: _named(value, case_world)}
            assets = case_world.wire.list("assets", where, selection="externalId")
            assert {each["externalId"] for each in assets} == wanted
            assert case_world.wire.call("countAssets", where=where) == len(wanted)

    return check


def _named(value: Any, case_world: CaseWorld) -> Any:
    if isinstance(value, list):
        return [_named(each, case_world) for each in value]
    if isinstance(value, dict):
        return {key: _named(each, case_world) for key, each in value.items()}
    return case_world.names.get(value, value)


for _filter, _value, _expected in (
    ("assignee", ["leo"], {"labeled"}),
    ("groupName", ["Nobody's"], set()),
    ("stepId", ["review step"], {"in review"}),
    ("stepStatus", ["DONE", "SKIPPED"], {"labeled", "skipped"}),
):
    case(f"AssetWhere.{_filter}In", f"AssetWhere.{_filter}NotIn")(
        _selects(_filter, _value, _expected)
    )
case(
    "AssetWhere.stepIdAndStatusIn",
    "AssetWhere.stepIdAndStatusNotIn",
    "StepIdAndStatus.stepId",
    "StepIdAndStatus.status",
)(_selects("stepIdAndStatus", [{"stepId": "label step", "status": "TO_DO"}], {"waiting"}))
