"""Projects whose labels have typed annotations of every type."""

from __future__ import annotations

import json

from tests.kit.wire import Wire
from tests.rules.response_cases import RING
from tests.rules.typed_cases import CHOICE, JOBS, KEPT, KEY, Json, box, classes, objects, video

# A copy of each job, so that two jobs can have the same answer.
_JOBS = {**JOBS, **{f"{name}_2": job for name, job in JOBS.items()}}
_SQUARE = {"normalizedVertices": [{"x": x, "y": y} for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))]}

_IMAGE = {
    "CLASS": {"categories": [{"name": "A", "children": {
        "SUB": classes("X"),
        "NOTE": {"text": "note"},
        "RANK_2": {"orders": [{"rank": 1, "elements": ["c"]}]},
        **objects("RECTANGLE_2", {**box("9", boundingPoly=[_SQUARE]), "name": "Named"}),
    }}]},
    "TEXT": {"text": "text"},
    "RANK": {"orders": [{"rank": 0, "elements": ["a", "b"]}]},
    "COMPARE": {"choice": CHOICE},
    "COMPARE_2": {"choice": {"code": "WORSE", "firstId": "c", "secondId": "d"}},
    **objects("RECTANGLE", {**box("1"), "categories": [{"name": "BUS"}]}),
}  # fmt: skip


def _filmed(mid: str, name: str, ring: Json, key: Json) -> Json:
    return {**box(mid, boundingPoly=[ring], **key), "categories": [{"name": name}]}


_VIDEO = video(
    {
        "CLASS": {"categories": [{"name": "A", "children": {
            "SUB": classes("X", **KEY), "NOTE": {"text": "note", **KEY},
        }}], **KEY},
        **objects("RECTANGLE", _filmed("1", "CAR", RING, KEY)),
        "ANNOTATION_NAMES_JOB": {"1": "First", "2": "Second"},
    },
    {
        "CLASS": {"categories": [{"name": "A"}], **KEPT},
        "CLASS_2": classes("B", **KEY),
        "TEXT": {"text": "text", **KEY},
        **objects("RECTANGLE_2", _filmed("2", "BUS", _SQUARE, KEY)),
    },
)  # fmt: skip


def annotate(wire: Wire) -> None:
    """Label an image with two identical annotations, and a video."""
    _label(wire, "IMAGE", [_IMAGE, _IMAGE])
    _label(wire, "VIDEO", [_VIDEO, _VIDEO])


def _label(wire: Wire, input_type: str, responses: list[Json]) -> None:
    data = {
        "title": f"Annotated {input_type}",
        "inputType": input_type,
        "jsonInterface": json.dumps({"jobs": _JOBS}),
    }
    project = wire.call("createProject", data=data, selection="id")["id"]
    content = {"contentArray": ["https://example.com/content"]}
    (asset,) = wire.call("appendManyAssets", data=content, where={"id": project}, selection="id")
    size = {"resolution": {"width": 200, "height": 100}}
    wire.call("updatePropertiesInAssets", where=[asset], data=[size], selection="id")
    rows = [{"assetID": asset["id"], "jsonResponse": json.dumps(each)} for each in responses]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    wire.call("appendManyLabels", data=data, where={}, selection="id")
