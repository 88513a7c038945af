"""The cost of marks on dense labels: INFERENCE labels get marks, PREDICTION labels do not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from benchmarks.measuring import Comparison, compare
from kili_emulator import Emulator

Response = dict[str, Any]
Vertices = list[tuple[float, float]]

_JOBS = {
    "OBJECTS": {
        "mlTask": "OBJECT_DETECTION",
        "tools": ["rectangle", "semantic"],
        "content": {"categories": {"A": {"name": "A"}}, "input": "radio"},
    }
}
_REPEAT = 5


def masks(emulator: Emulator) -> Comparison:
    """Compare label types on an image with 40 overlapping masks of 500 vertices."""

    def response(turn: float) -> Response:
        places = ((0.3 + 0.05 * (i % 8), 0.3 + 0.1 * (i // 8)) for i in range(40))
        return _section("semantic", [_mask(x, y, 500, turn) for x, y in places])

    return _compare_label_types(emulator, "marks of 40 masks", "IMAGE", response)


def frames(emulator: Emulator) -> Comparison:
    """Compare label types on a video of 1,000 frames with 10 boxes each."""

    def response(shift: float) -> Response:
        boxes = [_box(0.09 * number + shift) for number in range(10)]
        return {str(frame): _section("rectangle", boxes) for frame in range(1000)}

    return _compare_label_types(emulator, "marks of 1,000 frames", "VIDEO", response)


def _mask(x: float, y: float, count: int, turn: float) -> Vertices:
    angles = (turn + 2 * math.pi * each / count for each in range(count))
    return [(x + 0.1 * math.cos(each), y + 0.1 * math.sin(each)) for each in angles]


def _box(left: float) -> Vertices:
    return [(left, 0.1), (left, 0.3), (left + 0.1, 0.3), (left + 0.1, 0.1)]


def _section(type_: str, polygons: list[Vertices]) -> Response:
    vertex_lists = [[{"x": x, "y": y} for x, y in each] for each in polygons]
    annotations = [
        {
            "categories": [{"name": "A"}],
            "mid": str(number),
            "type": type_,
            "boundingPoly": [{"normalizedVertices": each}],
        }
        for number, each in enumerate(vertex_lists)
    ]
    return {"OBJECTS": {"annotations": annotations}}


def _compare_label_types(
    emulator: Emulator, name: str, input_type: str, response: Callable[[float], Response]
) -> Comparison:
    kili: Any = emulator.client()
    options = {"input_type": input_type, "json_interface": {"jobs": _JOBS}, "title": "Dense"}
    project = kili.create_project(**options)["id"]
    address = "https://example.com/content"
    kili.append_many_to_dataset(project, content_array=[address], disable_tqdm=True)
    (asset,) = kili.assets(project, fields=["id"], disable_tqdm=True)
    numbers = itertools.count()

    def append(kind: str, **more: Any) -> None:
        answer = response(next(numbers) / 1e5)  # different each time, as marks are cached
        kili.append_labels(
            [asset["id"]], [answer], label_type=kind, project_id=project, disable_tqdm=True, **more
        )

    def model_label(kind: str) -> tuple[str, Callable[[], None]]:
        return kind, lambda: append(kind, model_name="m", overwrite=True)

    append("DEFAULT")
    return compare(name, model_label("INFERENCE"), model_label("PREDICTION"), _REPEAT)


BENCHMARKS = [masks, frames]
