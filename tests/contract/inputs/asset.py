"""Assets."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, Stage, case
from tests.kit.world_content import HARD


def _append(stage: Stage, mutation: str, **data: Any) -> dict[str, Any]:
    fields = "id externalId content jsonContent jsonMetadata status projectId"
    data = {"contentArray": ["http://example.com/a.png"], **data}
    known = set(stage.wire.ids("assets", {}))
    stage.wire.call(mutation, data=data, where={"id": stage.names["project"]}, selection="id")
    (added,) = set(stage.wire.ids("assets", {})) - known
    found: dict[str, Any] = stage.read("assets", added, fields)
    return found


def _appends(mutation: str, array: str, member: str, value: str) -> Case:
    def run(stage: Stage) -> None:
        assert _append(stage, mutation, **{array: [value]})[member] == value

    return run


def _appends_honeypots(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        for value in (True, False):
            data = {"isHoneypotArray": [value], "externalIDArray": [str(value)]}
            asset = _append(stage, mutation, **data)
            assert stage.read("assets", asset["id"], "isHoneypot") == {"isHoneypot": value}

    return run


def _appends_to_project(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        assert _append(stage, mutation)["projectId"] == stage.names["project"]

    return run


for _mutation, _type in (
    ("appendManyAssets", "AppendManyAssetsData"),
    ("appendManyToDataset", "AppendManyToDatasetData"),
):
    for _array, _member, _value in (
        ("contentArray", "content", "http://example.com/b.png"),
        ("externalIDArray", "externalId", "by another name"),
        ("idArray", "id", "cl0ofthecallersownchoice0"),
        ("jsonContentArray", "jsonContent", "http://example.com/b.json"),
        ("jsonMetadataArray", "jsonMetadata", '{"a": 1}'),
        ("statusArray", "status", "LABELED"),
    ):
        case(f"{_type}.{_array}")(_appends(_mutation, _array, _member, _value))
    case(f"{_type}.isHoneypotArray")(_appends_honeypots(_mutation))
    case(f"{_mutation}(data)", f"{_mutation}(where)")(_appends_to_project(_mutation))


def _sets_asset(member: str, value: Any, selection: str = "") -> Case:
    selection = selection or member

    def run(stage: Stage) -> None:
        stage.wire.call(
            "updatePropertiesInAssets",
            where=[{"id": stage.names["farm"]}, {"id": stage.names["pond"]}],
            data=[{member: value}, {}],
        )
        assert stage.read("assets", "farm", selection) == {member: value}
        assert stage.read("assets", "pond", selection) != {member: value}

    return run


for _member, _value in {
    "content": "http://example.com/other.png",
    "externalId": "barn",
    "jsonContent": "http://example.com/other.json",
    "jsonMetadata": '{"b": [1, null]}',
    "priority": 5,
    "status": "ONGOING",
}.items():
    case(f"AssetData.{_member}")(_sets_asset(_member, _value))
case("AssetData.resolution", "ResolutionInput.height", "ResolutionInput.width")(
    _sets_asset("resolution", {"width": 11, "height": 22}, "resolution { width height }")
)
case("updatePropertiesInAssets(where)", "updatePropertiesInAssets(data)")(
    _sets_asset("priority", 7)
)


def _deletes_assets(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        stage.wire.call(mutation, where={"idIn": [stage.names["farm"]]})
        externals = stage.wire.list(
            "assets", {"externalIdIn": ["farm", "pond"]}, selection="externalId"
        )
        assert externals == [{"externalId": "pond"}]

    return run


def _moves_assets(mutation: str, name: str, status: str) -> Case:
    def run(stage: Stage) -> None:
        before = stage.read("assets", "street", "status")
        stage.wire.call(mutation, where={"idIn": [stage.names[name]]})
        assert stage.read("assets", name, "status") == {"status": status}
        assert stage.read("assets", "street", "status") == before

    return run


@case("setAssetsPriority(priority)", "setAssetsPriority(where)")
def _(stage: Stage) -> None:
    where = {"idIn": [stage.names["meadow"]]}
    stage.wire.call("setAssetsPriority", where=where, priority=7)
    assert stage.read("assets", "meadow", "priority") == {"priority": 7}
    assert stage.read("assets", "aquarium", "priority") == {"priority": 0}


def _changes_label(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert stage.read("labels", "pond DEFAULT", member) != {member: value}
        where = {"id": stage.names["pond DEFAULT"]}
        stage.wire.call("updatePropertiesInLabel", where=where, data={member: value})
        assert stage.read("labels", "pond DEFAULT", member) == {member: value}
        assert stage.read("labels", "farm DEFAULT", member) != {member: value}

    return run


for _member, _value in {
    "isSentBackToQueue": True,
    "jsonResponse": HARD,
    "modelName": "another",
    "secondsToLabel": 123.5,
}.items():
    case(f"LabelData.{_member}")(_changes_label(_member, _value))
case("updatePropertiesInLabel(data)", "updatePropertiesInLabel(where)")(
    _changes_label("modelName", "another")
)


@case("deleteLabels(ids)")
def _(stage: Stage) -> None:
    prediction = stage.names["meadow PREDICTION"]
    assert stage.wire.call("deleteLabels", ids=[prediction]) == [prediction]
    assert stage.wire.ids("labels", {"id": prediction}) == []
    assert stage.wire.ids("labels", {"id": stage.names["farm INFERENCE"]}) != []


for _mutation in ("deleteAssets", "deleteManyFromDataset"):
    case(f"{_mutation}(where)")(_deletes_assets(_mutation))
for _mutation in ("addAssetsToReview", "addAllLabeledAssetsToReview"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "farm", "TO_REVIEW"))
for _mutation in ("sendAssetsBackToQueue", "sendBackAssetsToQueue"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "pond", "ONGOING"))


@case("createUploadBucketSignedUrls(filePaths)")
def _(stage: Stage) -> None:
    paths = [f"projects/{stage.names['project']}/assets/{each}/content" for each in "ba"]
    urls = stage.wire.call("createUploadBucketSignedUrls", filePaths=paths)
    assert [url.partition("&id=")[2] for url in urls] == paths


@case("filterExistingAssets(projectID)", "filterExistingAssets(externalIDs)")
def _(stage: Stage) -> None:
    def existing(project: str) -> Any:
        external_ids = ["hidden", "street"]
        project_id = stage.names[project]
        return stage.wire.call(
            "filterExistingAssets", projectID=project_id, externalIDs=external_ids
        )

    assert existing("project") == ["street"]
    assert existing("hidden project") == ["hidden"]
