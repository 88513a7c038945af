"""Responses that the SDK can send as a label and read back as a parsed label.

See contract/json-response.md#checks.
"""

from __future__ import annotations

from typing import Any

import pytest
from kili.exceptions import GraphQLError

CORNERS = [{"x": 0.1, "y": 0.1}, {"x": 0.4, "y": 0.1}, {"x": 0.4, "y": 0.3}, {"x": 0.1, "y": 0.3}]
POLYGONS = {"boundingPoly": [{"normalizedVertices": CORNERS}]}
SHAPES: dict[str, dict[str, Any]] = {
    "marker": {"point": CORNERS[0]},
    "polygon": POLYGONS,
    "polyline": {"polyline": CORNERS},
    "rectangle": POLYGONS,
    "semantic": POLYGONS,
    "vector": {"polyline": CORNERS},
}


def _job(task: str, way: str, *tools: str) -> dict[str, Any]:
    categories = {name: {"name": name, "children": []} for name in ("A", "B")}
    content = {"input": way, "categories": categories}
    return {"mlTask": task, "required": 0, "isChild": False, "tools": tools, "content": content}


INTERFACE = {
    "jobs": {
        **{tool.upper(): _job("OBJECT_DETECTION", "radio", tool) for tool in SHAPES},
        "POSE": _job("OBJECT_DETECTION", "radio", "pose"),
        "CHOICE": _job("CLASSIFICATION", "radio"),
        "CHOICES": _job("CLASSIFICATION", "checkbox"),
    }
}


def drawn(type_: str, **shape: Any) -> dict[str, Any]:
    """Return a response with one object."""
    categories = [{"name": "A"}]
    return {"annotations": [{"mid": "1", "type": type_, "categories": categories, **shape}]}


def chosen(*names: str, **members: Any) -> dict[str, Any]:
    return {"categories": [{"name": name, **members} for name in names]}


@pytest.fixture
def project(kili: Any) -> str:
    created = kili.create_project(input_type="IMAGE", json_interface=INTERFACE, title="Shapes")
    kili.append_many_to_dataset(
        created["id"], content_array=["https://example.com/a.png"], disable_tqdm=True
    )
    return str(created["id"])


def append(kili: Any, project: str, response: dict[str, Any]) -> None:
    (asset,) = kili.assets(project, fields=["id"])
    kili.append_labels(
        [asset["id"]],
        json_response_array=[response],
        label_type="PREDICTION",
        model_name="m",
        project_id=project,
        disable_tqdm=True,
    )


TAKEN = {
    **{type_: {type_.upper(): drawn(type_, **shape)} for type_, shape in SHAPES.items()},
    "markers of a pose": {"POSE": drawn("marker", point=CORNERS[0])},
    "one choice": {"CHOICE": chosen("A", confidence=80)},
    "several choices": {"CHOICES": chosen("A", "B")},
}


@pytest.mark.parametrize("response", TAKEN.values(), ids=TAKEN.keys())
def test_accepted_response_is_read_as_a_parsed_label(
    kili: Any, project: str, response: dict[str, Any]
) -> None:
    append(kili, project, response)
    (label,) = kili.labels(project, output_format="parsed_label")
    assert label.jobs.to_dict() == response


REFUSED = {
    "unknown type": ({"RECTANGLE": drawn("spline", polyline=CORNERS)}, "which no tool draws"),
    "type of another tool": ({"RECTANGLE": drawn("polygon", **POLYGONS)}, "they draw: rectangle"),
    "two choices": ({"CHOICE": chosen("A", "B")}, "takes only one category, not 2"),
    "same choice twice": ({"CHOICES": chosen("A", "A")}, "is chosen twice"),
    "confidence": ({"CHOICE": chosen("A", confidence="high")}, "must be a number"),
    "text": ({"CHOICE": {"text": "A"}}, "give categories"),
}


@pytest.mark.parametrize(("response", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_response_that_the_sdk_cannot_parse_is_refused(
    kili: Any, project: str, response: dict[str, Any], says: str
) -> None:
    with pytest.raises(GraphQLError, match=f"jsonResponseMalformed.*{says}"):
        append(kili, project, response)
    assert kili.count_labels(project) == 0


def test_response_that_was_accepted_is_checked_again_after_a_change_of_the_interface(
    kili: Any, project: str
) -> None:
    response = {"CHOICE": chosen("A")}
    append(kili, project, response)
    jobs = {name: job for name, job in INTERFACE["jobs"].items() if name != "CHOICE"}
    kili.update_properties_in_project(project, json_interface={"jobs": jobs})

    with pytest.raises(GraphQLError, match=r"jsonResponseMalformed.*CHOICE"):
        append(kili, project, response)
