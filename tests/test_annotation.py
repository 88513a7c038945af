"""Typed annotations of labels over the wire (contract/annotation.md#typed-annotations)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.contract.annotated_labels import annotate
from tests.kit.wire import Wire
from tests.rules.typed_cases import JOBS, KEY, box, classes, objects, video

# A short form of the query of SDKs from 2.156.2 to 26.1.3.
SELECTION = """
    annotations {
      __typename id job path labelId
      ... on ClassificationAnnotation { annotationValue { categories } chatItemId }
      ... on VideoAnnotation { frames { start end } keyAnnotations { id frame } }
      ... on VideoObjectDetectionAnnotation {
        name mid category
        keyAnnotations { annotationValue { vertices: verticesScalar } }
      }
    }
"""
FILM = video({"CLASS": classes("A", **KEY), **objects("RECTANGLE", box("7", **KEY))})


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


def labelled(wire: Wire, input_type: str, response: Any, size: Any = None) -> dict[str, Any]:
    """Label a new asset of a new project; return the id, asset and annotations of the label."""
    data = {
        "title": "t",
        "inputType": input_type,
        "jsonInterface": json.dumps({"jobs": JOBS}),
    }
    project = wire.call("createProject", data=data, selection="id")["id"]
    content = {"contentArray": ["https://example.com/a"]}
    (asset,) = wire.call("appendManyAssets", data=content, where={"id": project}, selection="id")
    if size:
        wire.call(
            "updatePropertiesInAssets", where=[asset], data=[{"resolution": size}], selection="id"
        )
    row = {"assetID": asset["id"], "jsonResponse": json.dumps(response)}
    data = {"labelType": "DEFAULT", "labelsData": [row]}
    (label,) = wire.call(
        "appendManyLabels", data=data, where={}, selection=f"id assetId projectId {SELECTION}"
    )
    assert isinstance(label, dict)
    return label


def test_annotations_of_a_video_are_returned_in_their_types(wire: Wire) -> None:
    label = labelled(wire, "VIDEO", FILM, {"width": 20, "height": 10})
    classified, drawn = label["annotations"]
    assert classified["__typename"] == "VideoClassificationAnnotation"
    assert (classified["job"], classified["labelId"]) == ("CLASS", label["id"])
    assert drawn["__typename"] == "VideoObjectDetectionAnnotation"
    assert (drawn["mid"], drawn["category"], drawn["name"]) == ("7", "CAR", None)
    assert drawn["frames"] == [{"start": 0, "end": 0}]
    (key,) = drawn["keyAnnotations"]
    assert key["annotationValue"]["vertices"][0][0][0] == {"x": 0.1, "y": 0.2}


def test_annotations_query_returns_the_annotations_of_the_label(wire: Wire) -> None:
    label = labelled(wire, "VIDEO", FILM, {"width": 20, "height": 10})
    found = wire.call("annotations", where={"labelId": label["id"]}, selection="id job")
    assert found == [{"id": each["id"], "job": each["job"]} for each in label["annotations"]]


def test_video_has_annotations_only_once_its_size_is_known(wire: Wire) -> None:
    label = labelled(wire, "VIDEO", FILM)
    assert label["annotations"] == []
    size = {"resolution": {"width": 20, "height": 10}}
    where = [{"id": label["assetId"]}]
    wire.call("updatePropertiesInAssets", where=where, data=[size], selection="id")
    assert len(wire.call("annotations", where={"labelId": label["id"]}, selection="id")) == 2


def test_annotations_follow_a_changed_json_response(wire: Wire) -> None:
    label = labelled(wire, "IMAGE", {"CLASS": classes("A")})
    (before,) = label["annotations"]
    assert before["annotationValue"] == {"categories": ["A"]}
    where = {"id": label["id"]}
    data = {"jsonResponse": json.dumps({"CLASS": classes("B")})}
    changed = wire.call("updatePropertiesInLabel", data=data, where=where, selection=SELECTION)
    (after,) = changed["annotations"]
    assert after["annotationValue"] == {"categories": ["B"]}
    assert after["id"] == before["id"]


def test_annotations_of_a_hidden_label_are_hidden(wire: Wire) -> None:
    label = labelled(wire, "IMAGE", {"CLASS": classes("A")})
    where = {"labelId": label["id"]}
    assert wire.call("annotations", where=where, selection="id")
    assert wire.call("annotations", "labeler", where=where, selection="id") == []


def test_annotations_of_jobs_removed_from_the_interface_are_not_returned(wire: Wire) -> None:
    label = labelled(wire, "IMAGE", {"CLASS": classes("A"), "TEXT": {"text": "x"}})
    data = {"jsonInterface": json.dumps({"jobs": {"TEXT": JOBS["TEXT"]}})}
    where = {"id": label["projectId"]}
    wire.call("updatePropertiesInProject", data=data, where=where, selection="id")
    found = wire.call("annotations", where={"labelId": label["id"]}, selection="job")
    assert found == [{"job": "TEXT"}]


def test_a_response_is_read_back_as_it_was_sent(wire: Wire) -> None:
    response = {"RECTANGLE": {"annotations": [{"categories": [{"name": "CAR"}]}]}, "CLASS": {}}
    label = labelled(wire, "IMAGE", response)
    (read,) = wire.list("labels", {"id": label["id"]}, selection="jsonResponse response")
    assert read["response"] == json.loads(read["jsonResponse"]) == response


def test_video_counts_drawn_annotations(wire: Wire) -> None:
    annotate(wire)
    (project,) = wire.list("projects", {"searchQuery": "Annotated VIDEO"})
    where = {"project": {"id": project["id"]}}
    label, _ = wire.list("labels", where, selection="numberOfAnnotations search")
    assert label["numberOfAnnotations"] == label["search"]["numberOfAnnotations"] == 7
    assert label["search"]["numberOfAnnotationsByObject"] == {
        "CLASS.A": 1,
        "SUB.X": 1,
        "CLASS_2.B": 1,
        "RECTANGLE.CAR": 1,
        "RECTANGLE_2.BUS": 1,
    }
