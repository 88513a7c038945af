"""How assets move: skipping, assignment, consensus, honeypots, and the filters on all that."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, Stage, case
from tests.kit.world_content import EASY, HARD, RED, set_steps

PLACES = {"waiting", "labeled", "in review", "skipped"}


def _stepped(stage: Stage) -> Stage:
    return Stage(stage.wire, {**stage.names, **set_steps(stage.wire)})


@case("skipAsset(reason)", "skipAsset(where)")
def _(stage: Stage) -> None:
    where = {"id": stage.names["meadow"]}
    stage.wire.call("skipAsset", reason="too dark", where=where)
    assert stage.read("assets", "meadow", "skipped") == {"skipped": True}
    asset = stage.wire.emulator.world.view.assets.the(stage.names["meadow"])
    assert asset["skipReason"] == "too dark"


@case("unskipAsset(projectId)", "unskipAsset(assetId)")
def _(stage: Stage) -> None:
    ids = {"projectId": stage.names["project"], "assetId": stage.names["meadow"]}
    stage.wire.call("skipAsset", reason="", where={"id": stage.names["meadow"]})
    assert stage.wire.call("unskipAsset", **ids) is True
    assert stage.read("assets", "meadow", "skipped") == {"skipped": False}


def _assigns(mutation: str) -> Case:
    def check(stage: Stage) -> None:
        users = [stage.names["leo"], stage.names["rita"]]
        where = {"id": stage.names["meadow"]}
        stage.wire.call(mutation, where=where, userIds=users)
        read = stage.read("assets", "meadow", "toBeLabeledBy { user { id } }")
        assert [each["user"]["id"] for each in read["toBeLabeledBy"]] == users

    return check


for _mutation in ("assignAssets", "assignAssetsToLabelers"):
    case(f"{_mutation}(where)", f"{_mutation}(userIds)")(_assigns(_mutation))


@case("AssetData.toBeLabeledBy", "AssetData.shouldResetToBeLabeledBy")
def _(stage: Stage) -> None:
    where = [{"id": stage.names["meadow"]}]
    for member, value, expected in (
        ("toBeLabeledBy", ["Labeler@example.com"], [{"user": {"id": stage.names["leo"]}}]),
        ("shouldResetToBeLabeledBy", True, []),
    ):
        stage.wire.call("updatePropertiesInAssets", where=where, data=[{member: value}])
        read = stage.read("assets", "meadow", "toBeLabeledBy { user { id } }")
        assert read == {"toBeLabeledBy": expected}


def _marks(member: str) -> Case:
    def check(stage: Stage) -> None:
        where = [{"id": stage.names["meadow"]}]
        stage.wire.call("updatePropertiesInAssets", where=where, data=[{member: 0.25}])
        assert stage.read("assets", "meadow", member) == {member: 0.25}
        wrong = [{member: 1.5}]
        refusal = stage.wire.refusal("updatePropertiesInAssets", where=where, data=wrong)
        assert f"{member} must be between 0 and 1" in refusal

    return check


for _member in ("consensusMark", "honeypotMark"):
    case(f"AssetData.{_member}")(_marks(_member))


def _flags(member: str) -> Case:
    def check(stage: Stage) -> None:
        where = [{"id": stage.names["meadow"]}]
        stage.wire.call("updatePropertiesInAssets", where=where, data=[{member: True}])
        assert stage.read("assets", "meadow", member) == {member: True}

    return check


for _member in ("isHoneypot", "isUsedForConsensus"):
    case(f"AssetData.{_member}")(_flags(_member))


@case(
    "setAssetConsensus(projectId)",
    "setAssetConsensus(assetId)",
    "setAssetConsensus(externalId)",
    "setAssetConsensus(isConsensus)",
)
def _(stage: Stage) -> None:
    stage = _stepped(stage)
    project = stage.names["stepped project"]
    step = {"projectId": project, "stepId": stage.names["label step"]}
    expected = {**step, "numberOfExpectedLabelsForConsensus": 2}
    stage.wire.call("updateLabelingStepProperties", input=expected)
    for by, active in (
        ({"assetId": stage.names["waiting"]}, True),
        ({"externalId": "waiting"}, False),
    ):
        answer = stage.wire.call("setAssetConsensus", projectId=project, isConsensus=active, **by)
        assert answer is active
        read = stage.read("assets", "waiting", "isUsedForConsensus")
        assert read == {"isUsedForConsensus": active}


@case("createHoneypot(data)", "createHoneypot(where)", "CreateHoneypotData.jsonResponse")
def _(stage: Stage) -> None:
    where = {"id": stage.names["meadow"]}
    truth = stage.wire.call(
        "createHoneypot", data={"jsonResponse": HARD}, where=where, selection="id"
    )
    read = stage.read("labels", truth["id"], "jsonResponse labelType isHoneypot assetId")
    assert read == {
        "jsonResponse": HARD,
        "labelType": "REVIEW",
        "isHoneypot": True,
        "assetId": stage.names["meadow"],
    }
    assert stage.read("assets", "meadow", "isHoneypot") == {"isHoneypot": True}


def _on_step(member: str, value: str) -> Case:
    def check(stage: Stage) -> None:
        stage = _stepped(stage)
        row = {"assetID": stage.names["waiting"], "jsonResponse": RED}
        given = stage.names.get(value, value)
        data = {"labelType": "DEFAULT", "labelsData": [row], member: given}
        (label,) = stage.wire.call("appendManyLabels", data=data, where={})
        step = stage.read("labels", label["id"], "assetStep { id name }")["assetStep"]
        assert given in step.values()
        other = {"stepId": stage.names["review step"], "stepName": "Review 1"}[member]
        row = {**row, "assetID": stage.names["skipped"]}
        data = {"labelType": "REVIEW", "labelsData": [row], member: other}
        answer = stage.wire.send("appendManyLabels", data=data, where={}).json()
        (error,) = answer["errors"]
        assert error["extensions"]["context"] == {"reason": "NotInStepAssignees"}

    return check


case("AppendManyLabelsData.stepId")(_on_step("stepId", "label step"))


@case("AppendManyLabelsData.stepName")
def _(stage: Stage) -> None:
    _on_step("stepName", "Label")(stage)
    _where_there_are_no_steps(stage)


def _where_there_are_no_steps(stage: Stage) -> None:
    """Some clients say "Default" with every default label, also there."""
    row = {"assetID": stage.names["meadow"], "jsonResponse": EASY}
    data = {"labelType": "DEFAULT", "labelsData": [row], "stepName": "Default"}
    (label,) = stage.wire.call("appendManyLabels", data=data, where={}, selection="assetId")
    assert label == {"assetId": stage.names["meadow"]}
    data["stepName"] = "Label"
    answer = stage.wire.send("appendManyLabels", data=data, where={}).json()
    assert "the V1 workflow, which has no steps" in answer["errors"][0]["message"]


def _selects(member: str, value: Any, expected: set[str]) -> Case:
    """A filter and its negation share out the assets of a project."""

    def check(stage: Stage) -> None:
        stage = _stepped(stage)
        users = [stage.names["leo"]]
        stage.wire.call("assignAssets", where={"id": stage.names["labeled"]}, userIds=users)
        project = {"project": {"id": stage.names["stepped project"]}}
        for name, wanted in ((f"{member}In", expected), (f"{member}NotIn", PLACES - expected)):
            where = {**project, name: _named(value, stage)}
            assets = stage.wire.list("assets", where, selection="externalId")
            assert {each["externalId"] for each in assets} == wanted
            assert stage.wire.call("countAssets", where=where) == len(wanted)

    return check


def _named(value: Any, stage: Stage) -> Any:
    if isinstance(value, list):
        return [_named(each, stage) for each in value]
    if isinstance(value, dict):
        return {key: _named(each, stage) for key, each in value.items()}
    return stage.names.get(value, value)


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
