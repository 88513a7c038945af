"""Cases of exports: the SDK writes the files from the assets and labels that it queries."""

from __future__ import annotations

from tests.contract.methods import case

_YOLO = """
    import zipfile

    {call}
    with zipfile.ZipFile(folder / "out.zip") as packed:
        texts = {{
            name.rpartition("/")[2]: packed.read(name).decode()
            for name in packed.namelist()
            if "labels/" in name and name.endswith(".txt")
        }}
    boxes = {{name: text.split("\\n") for name, text in texts.items()}}
    assert len([line for line in boxes["pond.txt"] if line]) == 3
    assert {{line.split()[0] for line in boxes["pond.txt"] if line}} == {{"1"}}
"""
_KILI = """
    import json, zipfile

    {call}
    with zipfile.ZipFile(folder / "out.zip") as packed:
        (data,) = [name for name in packed.namelist() if name.endswith("data.json")]
        exported = {{each["externalId"]: each for each in json.loads(packed.read(data))}}
    assert {{"street", "pond", "farm"}} <= exported.keys() <= asset.keys()
    assert exported["pond"]["latestLabel"]["author"]["email"] == email["labeler"]
    assert len(exported["pond"]["latestLabel"]["jsonResponse"]["JOB_0"]["annotations"]) == 3
"""
_FILES = """
    import zipfile

    {call}
    with zipfile.ZipFile(folder / "out.zip") as packed:
        texts = {{name: packed.read(name).decode() for name in packed.namelist()}}
    assert "README.kili.txt" in texts
"""
_FRAME = """
    frame = {call}
    assert sorted(frame["id"]) == sorted(label.values())
    (of,) = [name for name in frame if name.endswith("externalId")]
    assert set(frame[of]) == {{"street", "pond", "farm", "meadow"}}
"""
_WELL = """
    marks = {
        "content": {"input": "radio", "categories": {"WELL": {"name": "Well", "children": []}}},
        "instruction": "Wells",
        "isChild": False,
        "mlTask": "OBJECT_DETECTION",
        "required": 0,
        "tools": ["marker"],
    }
    lands = kili.projects.create(
        "Lands", input_type="GEOSPATIAL", json_interface={"jobs": {"MARKS": marks}}
    )
    kili.assets.create_geospatial(
        project_id=lands["id"],
        layer_arrays=[[{"path": "https://example.com/{z}/{x}/{y}.png"}]],
        external_id_array=["land"],
    )
    well = {
        "categories": [{"name": "WELL"}],
        "mid": "20240101000000001",
        "point": {"x": 4.8, "y": 45.7},
        "type": "marker",
    }
    client("admin").append_labels(
        project_id=lands["id"],
        asset_external_id_array=["land"],
        json_response_array=[{"MARKS": {"annotations": [well]}}],
    )
"""


def _domain(format_: str, options: str = "", of: str = "project_id") -> str:
    return (
        f'kili.exports.{format_}({of}, output_path=str(folder / "out.zip"), '
        f"with_assets=False{options})"
    )


CASES = [
    case(
        "export_labels",
        sends=("Query.projects", "Query.assets"),
        code=_KILI.format(
            call='kili.export_labels(project_id, str(folder / "out.zip"), "kili", single_file=True)'
        ),
        until="2.128.2",
    ),
    case(
        "export_labels",
        sends=("Query.projects", "Query.assets"),
        code=_KILI.format(
            call="kili.export_labels(\n"
            '        project_id, str(folder / "out.zip"), "kili", single_file=True,'
            " with_assets=False\n    )"
        ),
        since="2.140.3",
    ),
    case(
        "export_labels_as_df",
        sends="Query.assets",
        code=_FRAME.format(call='kili.export_labels_as_df(project_id, fields=["id", "labelType"])'),
    ),
    *(
        case(
            f"exports.{format_}",
            sends=("Query.projects", "Query.assets"),
            code=_KILI.format(call=_domain(format_, ", single_file=True")),
        )
        for format_ in ("kili", "raw")
    ),
    *(
        case(
            f"exports.{format_}",
            sends=("Query.projects", "Query.assets"),
            code=_YOLO.format(call=_domain(format_)),
        )
        for format_ in ("yolo_v4", "yolo_v5", "yolo_v7", "yolo_v8")
    ),
    case(
        "exports.coco",
        sends=("Query.projects", "Query.assets"),
        code=_FILES.format(call=_domain("coco"))
        + """
    labels = json.loads(texts["JOB_0/labels.json"])
    (pond,) = [each["id"] for each in labels["images"] if "pond" in each["file_name"]]
    assert len([each for each in labels["annotations"] if each["image_id"] == pond]) == 3
""",
    ),
    case(
        "exports.pascal_voc",
        sends=("Query.projects", "Query.assets"),
        code=_FILES.format(call=_domain("pascal_voc"))
        + """
    assert texts["labels/pond.xml"].count("<object>") == 3
""",
    ),
    case(
        "exports.geojson",
        sends=("Query.projects", "Query.assets"),
        code=_WELL
        + _FILES.format(call=_domain("geojson", of='lands["id"]'))
        + """
    (feature,) = json.loads(texts["labels/land.geojson"])["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [4.8, 45.7]}
""",
    ),
    case(
        "exports.dataframe",
        sends="Query.assets",
        code=_FRAME.format(
            call='kili.exports.dataframe(project_id, label_fields=["id", "labelType"])'
        ),
    ),
]
