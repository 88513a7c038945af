"""Inputs of assets."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.responses import HARD_JSON


def _append(case_world: CaseWorld, mutation: str, **data: Any) -> dict[str, Any]:
    fields = "id externalId content jsonContent jsonMetadata status projectId"
    data = {"contentArray": ["http://example.com/a.png"], **data}
    known = set(case_world.wire.ids("assets", {}))
    case_world.wire.call(
        mutation, data=data, where={"id": case_world.names["project"]}, selection="id"
    )
    (added,) = set(case_world.wire.ids("assets", {})) - known
    found: dict[str, Any] = case_world.read("assets", added, fields)
    return found


def _appends(mutation: str, array: str, member: str, value: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert _append(case_world, mutation, **{array: [value]})[member] == value

    return run


def _appends_honeypots(mutation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        for value in (True, False):
            data = {"isHoneypotArray": [value], "externalIDArray": [str(value)]}
            asset = _append(case_world, mutation, **data)
            assert case_world.read("assets", asset["id"], "isHoneypot") == {"isHoneypot": value}

    return run


def _appends_to_project(mutation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert _append(case_world, mutation)["projectId"] == case_world.names["project"]

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

    def run(case_world: CaseWorld) -> None:
        case_world.wire.call(
            "updatePropertiesInAssets",
            where=[{"id": case_world.names["farm"]}, {"id": case_world.names["pond"]}],
            data=[{member: value}, {}],
        )
        assert case_world.read("assets", "farm", selection) == {member: value}
        assert case_world.read("assets", "pond", selection) != {member: value}

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
    def run(case_world: CaseWorld) -> None:
        case_world.wire.call(mutation, where={"idIn": [case_world.names["farm"]]})
        externals = case_world.wire.list(
            "assets", {"externalIdIn": ["farm", "pond"]}, selection="externalId"
        )
        assert externals == [{"externalId": "pond"}]

    return run


def _moves_assets(mutation: str, name: str, status: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        before = case_world.read("assets", "street", "status")
        case_world.wire.call(mutation, where={"idIn": [case_world.names[name]]})
        assert case_world.read("assets", name, "status") == {"status": status}
        assert case_world.read("assets", "street", "status") == before

    return run


@case("setAssetsPriority(priority)", "setAssetsPriority(where)")
def _(case_world: CaseWorld) -> None:
    where = {"idIn": [case_world.names["meadow"]]}
    case_world.wire.call("setAssetsPriority", where=where, priority=7)
    assert case_world.read("assets", "meadow", "priority") == {"priority": 7}
    assert case_world.read("assets", "aquarium", "priority") == {"priority": 0}


def _changes_label(member: str, value: Any) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert case_world.read("labels", "pond DEFAULT", member) != {member: value}
        where = {"id": case_world.names["pond DEFAULT"]}
        case_world.wire.call("updatePropertiesInLabel", where=where, data={member: value})
        assert case_world.read("labels", "pond DEFAULT", member) == {member: value}
        assert case_world.read("labels", "farm DEFAULT", member) != {member: value}

    return run


for _member, _value in {
    "isSentBackToQueue": True,
    "jsonResponse": HARD_JSON,
    "modelName": "another",
    "secondsToLabel": 123.5,
}.items():
    case(f"LabelData.{_member}")(_changes_label(_member, _value))
case("updatePropertiesInLabel(data)", "updatePropertiesInLabel(where)")(
    _changes_label("modelName", "another")
)


@case("deleteLabels(ids)")
def _(case_world: CaseWorld) -> None:
    prediction = case_world.names["meadow PREDICTION"]
    assert case_world.wire.call("deleteLabels", ids=[prediction]) == [prediction]
    assert case_world.wire.ids("labels", {"id": prediction}) == []
    assert case_world.wire.ids("labels", {"id": case_world.names["farm INFERENCE"]}) != []


for _mutation in ("deleteAssets", "deleteManyFromDataset"):
    case(f"{_mutation}(where)")(_deletes_assets(_mutation))
for _mutation in ("addAssetsToReview", "addAllLabeledAssetsToReview"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "farm", "TO_REVIEW"))
for _mutation in ("sendAssetsBackToQueue", "sendBackAssetsToQueue"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "pond", "ONGOING"))


@case("createUploadBucketSignedUrls(filePaths)")
def _(case_world: CaseWorld) -> None:
    paths = [f"projects/{case_world.names['project']}/assets/{each}/content" for each in "ba"]
    urls = case_world.wire.call("createUploadBucketSignedUrls", filePaths=paths)
    assert [url.partition("&id=")[2] for url in urls] == paths


@case("filterExistingAssets(projectID)", "filterExistingAssets(externalIDs)")
def _(case_world: CaseWorld) -> None:
    def existing(project: str) -> Any:
        external_ids = ["hidden", "street"]
        project_id = case_world.names[project]
        return case_world.wire.call(
            "filterExistingAssets", projectID=project_id, externalIDs=external_ids
        )

    assert existing("project") == ["street"]
    assert existing("hidden project") == ["hidden"]
