"""Cases of labels that the SDK derives from the points of GeoJSON files and shapefiles."""

from __future__ import annotations

from tests.contract.methods import Case, case

_WELLS = """
    marks = {
        "content": {"input": "radio", "categories": {"WELL": {"name": "Well", "children": []}}},
        "instruction": "Wells",
        "isChild": False,
        "mlTask": "OBJECT_DETECTION",
        "required": 0,
        "tools": ["marker"],
    }
    client("admin").update_properties_in_project(
        project_id, json_interface={"jobs": {"MARKS": marks}}
    )
"""
_GEOJSON = """
    point = {"type": "Point", "coordinates": [4.8, 45.7]}
    meant = {"job": "MARKS", "type": "marker", "categories": [{"name": "WELL"}]}
    feature = {"type": "Feature", "geometry": point, "properties": {"kili": meant}}
    wells = folder / "wells.geojson"
    wells.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
"""
_SHAPEFILE = """
    import struct

    header = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 64) + struct.pack("<2i", 1000, 1) + bytes(64)
    record = struct.pack(">2i", 1, 10) + struct.pack("<i2d", 1, 4.8, 45.7)
    wells = folder / "wells.shp"
    wells.write_bytes(header + record)
"""
_CALL = """
    kili.{method}(
        project_id=project_id, asset_external_id="aquarium", {paths}=[str(wells)]{options}
    )
    where = {{"asset_id": asset["aquarium"], "fields": ["labelType", "jsonResponse"]}}
    (found,) = client("admin").labels(project_id, **where)
    assert found["labelType"] == "{label_type}"
    (well,) = found["jsonResponse"]["MARKS"]["annotations"]
    assert (well["type"], well["point"]) == ("marker", {{"x": 4.8, "y": 45.7}})
    assert [each["name"] for each in well["categories"]] == ["WELL"]
"""
_JOBS = ', job_names=["MARKS"], category_names=["WELL"]'
_MODELS = {"PREDICTION": ', model_name="finder"', "INFERENCE": ', model_name="finder"'}


def _case(method: str, *, shapefile: bool, label_type: str = "DEFAULT") -> Case:
    call = _CALL.format(
        method=method,
        paths="shapefile_paths" if shapefile else "geojson_file_paths",
        options=(_JOBS if shapefile else "") + _MODELS.get(label_type, ""),
        label_type=label_type,
    )
    file = _SHAPEFILE if shapefile else _GEOJSON
    return case(
        method, sends=("Query.projects", "Mutation.appendManyLabels"), code=_WELLS + file + call
    )


CASES = [
    _case("append_labels_from_geojson_files", shapefile=False),
    _case("append_labels_from_shapefiles", shapefile=True),
    *(
        _case(
            f"labels.create_{label_type}_from_{kind}",
            shapefile=kind == "shapefile",
            label_type=label_type.upper(),
        )
        for kind in ("geojson", "shapefile")
        for label_type in ("default", "prediction", "inference")
    ),
]
