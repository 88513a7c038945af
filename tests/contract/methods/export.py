"""Exports: the SDK makes the files, of the assets and labels that it asks for."""

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


def _domain(format_: str, options: str = "") -> str:
    return (
        f'kili.exports.{format_}(project_id, output_path=str(folder / "out.zip"), '
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
        code="""
            frame = kili.export_labels_as_df(project_id, fields=["id", "labelType"])
            assert sorted(frame["id"]) == sorted(label.values())
            assert set(frame["externalId"]) == {"street", "pond", "farm", "meadow"}
        """,
        until="2.165.0",
    ),
    case(
        "exports.kili",
        sends=("Query.projects", "Query.assets"),
        code=_KILI.format(call=_domain("kili", ", single_file=True")),
    ),
    *(
        case(
            f"exports.{format_}",
            sends=("Query.projects", "Query.assets"),
            code=_YOLO.format(call=_domain(format_)),
        )
        for format_ in ("yolo_v4", "yolo_v5", "yolo_v7", "yolo_v8")
    ),
]

PENDING = {
    "export_labels_as_df": "needs pandas, which the newest SDK's environment does not have",
    "exports.dataframe": "needs pandas, which the newest SDK's environment does not have",
    **dict.fromkeys(
        ("exports.coco", "exports.geojson", "exports.pascal_voc", "exports.raw"),
        "its case is not written yet",
    ),
}
