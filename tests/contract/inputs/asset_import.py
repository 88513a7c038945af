"""Assets that are processed in the background, and queries about assets."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.inputs.registry import Case, Stage, case
from tests.kit.world_content import EASY

_FIELDS = "id externalId content jsonContent jsonMetadata projectId"
_LAYERS = [{"name": "roads", "url": "http://example.com/roads.tif"}]
_WEB_LAYER = {"name": "web", "tileLayerUrl": "http://example.com/{z}/{x}/{y}"}


def _import(
    stage: Stage, mutation: str, input_type: str = "GEOSPATIAL", **data: Any
) -> dict[str, Any]:
    """The only asset of a new project."""
    project = stage.wire.call("createProject", data={"title": "t", "inputType": input_type})["id"]
    content = {} if "multiLayerContentArray" in data else {"contentArray": ["http://x/a.tif"]}
    data = {"uploadType": "GEO_SATELLITE", **content, **data}
    notification = stage.wire.call(mutation, data=data, where={"id": project}, selection="id")
    assert stage.read("notifications", notification["id"], "status") == {"status": "SUCCESS"}
    (found,) = stage.wire.list("assets", {"project": {"id": project}}, selection=_FIELDS)
    assert found["projectId"] == project
    return dict(found)


def _json_of(stage: Stage, asset: dict[str, Any]) -> Any:
    headers = stage.wire.authorization("admin")
    return stage.wire.request("GET", asset["jsonContent"], headers=headers).json()


def _keeps(mutation: str, array: str, member: str, value: str) -> Case:
    def run(stage: Stage) -> None:
        assert _import(stage, mutation, **{array: [value]})[member] == value

    return run


def _describes_layers(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        web = json.dumps([_WEB_LAYER])
        asset = _import(stage, mutation, multiLayerContentArray=[_LAYERS], jsonContentArray=[web])
        roads = {"name": "roads", "imageUrl": "http://example.com/roads.tif"}
        assert asset["content"] == ""
        assert _json_of(stage, asset) == [roads, _WEB_LAYER]

    return run


def _processes_by_type(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        video = {"contentArray": ["http://x/a.mp4"], "uploadType": "NATIVE_VIDEO"}
        assert _import(stage, mutation, "VIDEO", **video)["jsonContent"] == ""
        assert _import(stage, mutation, "IMAGE", uploadType="TILED_IMAGE")["jsonContent"] != ""
        where = {"id": stage.names["project"]}
        assert "give one of TILED_IMAGE" in stage.wire.refusal(mutation, data=video, where=where)

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
def _(stage: Stage) -> None:
    pages = [
        {"pageNumber": 1, "width": 500.0, "height": 700.5, "rotation": 90},
        {"pageNumber": 2, "width": 5.0, "height": 7.0, "rotation": None},
    ]
    stage.wire.call(
        "updatePropertiesInAssets",
        where=[{"id": stage.names["farm"]}, {"id": stage.names["pond"]}],
        data=[{"pageResolutions": pages}, {}],
    )
    selection = "pageResolutions { pageNumber width height rotation }"
    assert stage.read("assets", "farm", selection) == {"pageResolutions": pages}
    assert stage.read("assets", "pond", selection) == {"pageResolutions": None}


@case("asset(id)")
def _(stage: Stage) -> None:
    found = stage.wire.call("asset", id=stage.names["pond"], selection="externalId")
    assert found == {"externalId": "pond"}
    assert 'no asset has the id "nothing"' in stage.wire.refusal("asset", id="nothing")


@case("countAssetAnnotations(where)")
def _(stage: Stage) -> None:
    where = {"idIn": [stage.names["street"]]}
    before = stage.wire.call("countAssetAnnotations", where=where)
    row = {"assetID": stage.names["street"], "jsonResponse": EASY}
    data = {"labelType": "REVIEW", "labelsData": [row, row]}
    stage.wire.call("appendManyLabels", data=data, where={}, selection="id")
    assert stage.wire.call("countAssetAnnotations", where=where) == before + 2
    assert stage.wire.call("countAssetAnnotations", where={"idIn": ["nothing"]}) == 0


@case("getAssetsMetadataValues(projectID)", "getAssetsMetadataValues(metadataKey)")
def _(stage: Stage) -> None:
    names = ("farm", "pond", "meadow", "street")
    stage.wire.call(
        "updatePropertiesInAssets",
        where=[{"id": stage.names[each]} for each in names],
        data=[{"jsonMetadata": text} for text in ('{"k": "b"}', '{"k": 1}', '{"k": "b"}', "no")],
    )

    def values(project: str, key: str) -> Any:
        project_id = stage.names[project]
        arguments = {"projectID": project_id, "metadataKey": key}
        return stage.wire.call("getAssetsMetadataValues", **arguments)

    assert sorted(values("project", "k")) == ["1", "b"]
    assert values("project", "another") == []
    assert values("hidden project", "k") == []
