"""Inputs of asset imports in the background, and of queries about assets."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.inputs.registry import Case, CaseWorld, case
from tests.kit.responses import EASY_JSON

_FIELDS = "id externalId content jsonContent jsonMetadata projectId"
_LAYERS = [{"name": "roads", "url": "http://example.com/roads.tif"}]
_WEB_LAYER = {"name": "web", "tileLayerUrl": "http://example.com/{z}/{x}/{y}"}


def _import(
    case_world: CaseWorld, mutation: str, input_type: str = "GEOSPATIAL", **data: Any
) -> dict[str, Any]:
    """Create a project with one asset, and return the asset."""
    project = case_world.wire.call("createProject", data={"title": "t", "inputType": input_type})[
        "id"
    ]
    content = {} if "multiLayerContentArray" in data else {"contentArray": ["http://x/a.tif"]}
    data = {"uploadType": "GEO_SATELLITE", **content, **data}
    notification = case_world.wire.call(mutation, data=data, where={"id": project}, selection="id")
    assert case_world.read("notifications", notification["id"], "status") == {"status": "SUCCESS"}
    (found,) = case_world.wire.list("assets", {"project": {"id": project}}, selection=_FIELDS)
    assert found["projectId"] == project
    return dict(found)


def _json_of(case_world: CaseWorld, asset: dict[str, Any]) -> Any:
    headers = case_world.wire.authorization("admin")
    return case_world.wire.request("GET", asset["jsonContent"], headers=headers).json()


def _keeps(mutation: str, array: str, member: str, value: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        assert _import(case_world, mutation, **{array: [value]})[member] == value

    return run


def _describes_layers(mutation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        web = json.dumps([_WEB_LAYER])
        asset = _import(
            case_world, mutation, multiLayerContentArray=[_LAYERS], jsonContentArray=[web]
        )
        roads = {"name": "roads", "imageUrl": "http://example.com/roads.tif"}
        assert asset["content"] == ""
        assert _json_of(case_world, asset) == [roads, _WEB_LAYER]

    return run


def _processes_by_type(mutation: str) -> Case:
    def run(case_world: CaseWorld) -> None:
        video = {"contentArray": ["http://x/a.mp4"], "uploadType": "NATIVE_VIDEO"}
        assert _import(case_world, mutation, "VIDEO", **video)["jsonContent"] == ""
        assert _import(case_world, mutation, "IMAGE", uploadType="TILED_IMAGE")["jsonContent"] != ""
        where = {"id": case_world.names["project"]}
        assert "give one of TILED_IMAGE" in case_world.wire.refusal(
            mutation, data=video, where=where
        )

    return run


for _mutation, _type in (
    ("appendManyAssetsAsynchronously", "AppendManyAssetsAsynchronouslyData"),
    ("appendManyFramesToDatasetAsynchronously", "AppendManyFramesToDatasetAsynchronouslyData"),
):
    for _array, _member, _value in (
        ("contentArray", "content", "http://example.com/b.tif"),
        ("externalIDArray", "externalId", "by another name"),
        ("idArray", "id", "cl0ofthecallersownchoice0"),
        ("jsonMetadataArray", "jsonMetadata", '{"a": 1}'),
    ):
        case(f"{_type}.{_array}")(_keeps(_mutation, _array, _member, _value))
    case(f"{_type}.multiLayerContentArray", f"{_type}.jsonContentArray")(
        _describes_layers(_mutation)
    )
    case(f"{_type}.uploadType", f"{_mutation}(data)", f"{_mutation}(where)")(
        _processes_by_type(_mutation)
    )


@case(
    "AssetData.pageResolutions",
    *(f"PageResolutionInput.{each}" for each in ("height", "pageNumber", "rotation", "width")),
)
def _(case_world: CaseWorld) -> None:
    pages = [
        {"pageNumber": 1, "width": 500.0, "height": 700.5, "rotation": 90},
        {"pageNumber": 2, "width": 5.0, "height": 7.0, "rotation": None},
    ]
    case_world.wire.call(
        "updatePropertiesInAssets",
        where=[{"id": case_world.names["farm"]}, {"id": case_world.names["pond"]}],
        data=[{"pageResolutions": pages}, {}],
    )
    selection = "pageResolutions { pageNumber width height rotation }"
    assert case_world.read("assets", "farm", selection) == {"pageResolutions": pages}
    assert case_world.read("assets", "pond", selection) == {"pageResolutions": None}


@case("asset(id)")
def _(case_world: CaseWorld) -> None:
    found = case_world.wire.call("asset", id=case_world.names["pond"], selection="externalId")
    assert found == {"externalId": "pond"}
    assert 'no asset that you can see has the id "nothing"' in case_world.wire.refusal(
        "asset", id="nothing"
    )


@case("countAssetAnnotations(where)")
def _(case_world: CaseWorld) -> None:
    where = {"idIn": [case_world.names["street"]]}
    before = case_world.wire.call("countAssetAnnotations", where=where)
    row = {"assetID": case_world.names["street"], "jsonResponse": EASY_JSON}
    data = {"labelType": "REVIEW", "labelsData": [row, row]}
    case_world.wire.call("appendManyLabels", data=data, where={}, selection="id")
    assert case_world.wire.call("countAssetAnnotations", where=where) == before + 2
    assert case_world.wire.call("countAssetAnnotations", where={"idIn": ["nothing"]}) == 0


@case("getAssetsMetadataValues(projectID)", "getAssetsMetadataValues(metadataKey)")
def _(case_world: CaseWorld) -> None:
    names = ("farm", "pond", "meadow", "street")
    case_world.wire.call(
        "updatePropertiesInAssets",
        where=[{"id": case_world.names[each]} for each in names],
        data=[{"jsonMetadata": text} for text in ('{"k": "b"}', '{"k": 1}', '{"k": "b"}', "no")],
    )

    def values(project: str, key: str) -> Any:
        project_id = case_world.names[project]
        arguments = {"projectID": project_id, "metadataKey": key}
        return case_world.wire.call("getAssetsMetadataValues", **arguments)

    assert sorted(values("project", "k")) == ["1", "b"]
    assert values("project", "another") == []
    assert values("hidden project", "k") == []
