"""Valid and invalid responses of every task and input.

See contract/json-response.md#form, contract/json-response.md#checks.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from kili_emulator.rules.json_interface import parse_json_interface
from kili_emulator.rules.response_shapes import SHAPES

Json = dict[str, Any]

JOBS: Json = parse_json_interface(
    json.dumps(
        {
            "jobs": {
                "CLASS": {
                    "mlTask": "CLASSIFICATION",
                    "content": {"categories": {"A": {"children": ["SUB", "NOTE"]}, "B": {}}},
                },
                "RADIO": {
                    "mlTask": "CLASSIFICATION",
                    "content": {"input": "radio", "categories": {"A": {}, "B": {}}},
                },
                "DROPDOWN": {
                    "mlTask": "CLASSIFICATION",
                    "content": {"input": "singleDropdown", "categories": {"A": {}, "B": {}}},
                },
                "OLD_BOX": {
                    "mlTask": "OBJECT_DETECTION",
                    "tool": "polygon",
                    "content": {"input": "radio", "categories": {"CAR": {}, "BUS": {}}},
                },
                "ODD_BOX": {
                    "mlTask": "OBJECT_DETECTION",
                    "tool": "brush",
                    "content": {"categories": {"CAR": {}}},
                },
                "ANY_BOX": {
                    "mlTask": "OBJECT_DETECTION",
                    "tools": [],
                    "content": {"categories": {"CAR": {}}},
                },
                "SUB": {"mlTask": "CLASSIFICATION", "content": {"categories": {"X": {}, "Y": {}}}},
                "NOTE": {"mlTask": "TRANSCRIPTION", "content": {"input": "textField"}},
                "BOX": {
                    "mlTask": "OBJECT_DETECTION",
                    "tools": [
                        "rectangle",
                        "polygon",
                        "semantic",
                        "marker",
                        "polyline",
                        "vector",
                        "range",
                    ],
                    "content": {"categories": {"CAR": {"children": ["SUB"]}, "BUS": {}}},
                },
                "POSE": {
                    "mlTask": "OBJECT_DETECTION",
                    "tools": ["pose"],
                    "content": {"categories": {"HEAD": {"points": [{"code": "EYE"}]}}},
                },
                "OLD_POSE": {
                    "mlTask": "POSE_ESTIMATION",
                    "content": {"categories": {"HEAD": {"points": [{"code": "EYE"}]}}},
                },
                "NER": {
                    "mlTask": "NAMED_ENTITIES_RECOGNITION",
                    "content": {"categories": {"ORG": {}, "PERSON": {}}},
                },
                "NER_REL": {
                    "mlTask": "NAMED_ENTITIES_RELATION",
                    "content": {"categories": {"OWNS": {"startEntities": ["PERSON"]}}},
                },
                "BOX_REL": {
                    "mlTask": "OBJECT_RELATION",
                    "content": {"categories": {"TOWS": {"startObjects": ["CAR"]}}},
                },
                "TEXT": {"mlTask": "TRANSCRIPTION", "content": {"input": "number"}},
                "SPEECH": {"mlTask": "SPEECH_TO_TEXT"},
                "PAGE_CLASS": {
                    "mlTask": "PAGE_LEVEL_CLASSIFICATION",
                    "content": {"categories": {"COVER": {}, "END": {}}},
                },
                "PAGE_TEXT": {"mlTask": "PAGE_LEVEL_TRANSCRIPTION"},
                "RANK": {"mlTask": "RANKING"},
                "COMPARE": {"mlTask": "COMPARISON"},
                "FILE": {"mlTask": "FILE"},
                "ASSET": {"mlTask": "ASSET_ANNOTATION", "content": {"categories": {"OK": {}}}},
            }
        }
    ),
    "test",
)

VERTICES = [{"x": 0.1, "y": 0.2}, {"x": 0.3, "y": 0.2}, {"x": 0.3, "y": 0.4}, {"x": 0, "y": 1}]
RING = {"normalizedVertices": VERTICES}
PDF_RING = {"normalizedVertices": [VERTICES]}


def of(name: str, **members: Any) -> Json:
    """Return an object of a category."""
    return {"categories": [{"name": name}], "children": {}, "mid": "m1", **members}


def objects(*each: Json) -> Json:
    return {"annotations": list(each)}


def entity(mid: str, name: str = "ORG") -> Json:
    return {
        "beginId": "main/[0]",
        "beginOffset": 1,
        "endId": "main/[0]",
        "endOffset": 5,
        "content": "Kili",
        "categories": [{"name": name}],
        "mid": mid,
        "children": {},
    }


RED_CAR = of("CAR", children={"SUB": {"categories": [{"name": "X"}]}})

# what → (input type, response, its number of annotations)
ACCEPTED: dict[str, tuple[str, Json, int]] = {
    "rectangle": ("IMAGE", {"BOX": objects(of("CAR", type="rectangle", boundingPoly=[RING]))}, 1),
    "made by the app": (
        "IMAGE",
        {"BOX": objects(of("CAR", type="rectangle", boundingPoly=[RING], polyline=[]))},
        1,
    ),
    "semantic with a hole": (
        "IMAGE",
        {"BOX": objects(of("CAR", type="semantic", boundingPoly=[RING, RING]))},
        1,
    ),
    "geospatial groups": (
        "GEOSPATIAL",
        {"BOX": objects(of("CAR", type="semantic", boundingPoly=[[RING, RING], [RING]]))},
        1,
    ),
    "polygon": ("IMAGE", {"BOX": objects(of("CAR", type="polygon", boundingPoly=[RING]))}, 1),
    "polyline": ("IMAGE", {"BOX": objects(of("CAR", type="polyline", polyline=VERTICES))}, 1),
    "vector": ("IMAGE", {"BOX": objects(of("CAR", type="vector", polyline=VERTICES))}, 1),
    "marker": ("IMAGE", {"BOX": objects(of("CAR", type="marker", point=VERTICES[0]))}, 1),
    "null geometry": ("IMAGE", {"BOX": objects(of("CAR", point=None, boundingPoly=None))}, 1),
    "range": ("AUDIO", {"BOX": objects(of("CAR", type="range", start=1, end=2.5))}, 1),
    "pose": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points=[
            {"code": "EYE", "mid": "p", "point": VERTICES[0], "type": "marker", "children": {}},
            {"code": "EAR", "mid": "q", "point": VERTICES[1], "children": {"NOTE": {"text": "x"}}},
        ]))},
        2,
    ),
    "old pose": ("IMAGE", {"OLD_POSE": objects(of("HEAD", points=[{"code": "EYE"}]))}, 1),
    "entities": ("TEXT", {"NER": objects(entity("1"), entity("2"))}, 2),
    "minimal entity": (
        "TEXT",
        {"NER": objects({"beginOffset": 0, "content": "K", "categories": [{"name": "ORG"}]})},
        1,
    ),
    "entity of a PDF": (
        "PDF",
        {"NER": objects(of("ORG", content="Kili", annotations=[
            {"boundingPoly": [PDF_RING], "pageNumberArray": [1], "polys": [PDF_RING, PDF_RING]},
            {"boundingPoly": [PDF_RING], "pageNumberArray": [2], "polys": [PDF_RING]},
        ]))},
        1,
    ),
    "box of a PDF": (
        "PDF",
        {"BOX": objects(of("CAR", annotations=[{"polys": [PDF_RING], "pageNumberArray": [1]}]))},
        1,
    ),
    "relation of entities": (
        "TEXT",
        {
            "NER_REL": objects(
                of("OWNS", startEntities=[{"mid": "1"}], endEntities=[{"mid": "2"}, {"mid": "1"}])
            ),
            "NER": objects(entity("1", "PERSON"), entity("2")),
        },
        3,
    ),
    "relation of objects": (
        "IMAGE",
        {
            "BOX": objects(of("CAR", mid="1"), of("BUS", mid="2")),
            "BOX_REL": objects(
                of("TOWS", mid="3", startObjects=[{"mid": "1"}], endObjects=[{"mid": "2"}])
            ),
        },
        3,
    ),
    "relation without ends": ("IMAGE", {"BOX_REL": objects(of("TOWS"))}, 1),
    "text": ("TEXT", {"NOTE": {"text": "words"}}, 1),
    "number": ("TEXT", {"TEXT": {"text": 0}}, 1),
    "date": ("TEXT", {"TEXT": {"text": "2024-02-29"}}, 1),
    "no text": ("TEXT", {"TEXT": {"text": None}}, 0),
    "speech": ("AUDIO", {"SPEECH": {"text": "hello"}}, 1),
    "pages": (
        "PDF",
        {
            "PAGE_CLASS": objects(
                {"categories": [{"name": "COVER"}], "pageNumberArray": [1], "mid": "1"},
                {"categories": [{"name": "END"}], "pageNumberArray": [8, 9]},
            ),
            "PAGE_TEXT": objects({"text": "title", "pageNumberArray": [1]}),
        },
        3,
    ),
    "ranking": ("LLM_STATIC", {"RANK": {"orders": [{"rank": 0, "elements": ["a", "b"]}]}}, 1),
    "no ranking": ("LLM_STATIC", {"RANK": {"orders": []}}, 0),
    "comparison": ("LLM_STATIC", {"COMPARE": {"code": "A", "firstId": "1", "secondId": "2"}}, 1),
    "choice": (
        "LLM_RLHF",
        {"COMPARE": {"choice": {"code": "A", "firstId": "1", "secondId": "2"}}},
        1,
    ),
    "file": ("PDF", {"FILE": {"fileId": "f", "fileName": "a.csv", "fileMimeType": "text/csv"}}, 1),
    "asset": ("IMAGE", {"ASSET": {"categories": [{"name": "OK"}]}}, 1),
    "rotation": ("IMAGE", {"ROTATION_JOB": {"rotation": 90}, "CLASS": {}}, 0),
    "extra members": (
        "IMAGE",
        {"BOX": objects(of("CAR", jobName="BOX", mlTask="x", score=7, text={"any": ["thing"]}))},
        1,
    ),
    "own member and a member of another task": (
        "IMAGE",
        {"CLASS": {"categories": [{"name": "A"}], "text": [1], "point": "x"}},
        1,
    ),
    "empty answer and a member of another task": (
        "VIDEO",
        {"0": {"CLASS": {"annotations": [], "text": "", "isKeyFrame": True}}},
        0,
    ),
    "several classes": ("IMAGE", {"CLASS": {"categories": [{"name": "A"}, {"name": "B"}]}}, 1),
    "type of the older tool": ("IMAGE", {"OLD_BOX": objects(of("CAR", type="polygon"))}, 1),
    "any type where no tool is named": ("IMAGE", {"ANY_BOX": objects(of("CAR", type="vector"))}, 1),
    "any type where the older tool is unknown": (
        "IMAGE",
        {"ODD_BOX": objects(of("CAR", type="vector"))},
        1,
    ),
    "null type": ("IMAGE", {"OLD_BOX": objects(of("CAR", type=None))}, 1),
    "type of an entity": ("TEXT", {"NER": objects({**entity("1"), "type": "spline"})}, 1),
    "pose with its type": ("IMAGE", {"POSE": objects(of("HEAD", type="pose", points=[]))}, 1),
    "marker of a pose": ("IMAGE", {"POSE": objects(of("HEAD", type="marker"))}, 1),
    "video class": (
        "VIDEO",
        {
            "0": {"CLASS": {"categories": [{"name": "A"}], "isKeyFrame": True}},
            "1": {"CLASS": {"categories": [{"name": "A"}], "isKeyFrame": False}},
            "2": {},
            "3": {"CLASS": {"categories": [{"name": "B"}], "isKeyFrame": True}},
        },
        2,
    ),
    "video objects": (
        "VIDEO",
        {
            "0": {"BOX": objects({**RED_CAR, "isKeyFrame": True})},
            "1": {"BOX": objects({**RED_CAR, "isKeyFrame": False}, {**RED_CAR, "mid": "n"})},
        },
        4,
    ),
    "video with a sub-job drawn later": (
        "VIDEO",
        {"4": {"BOX": objects({
            **of("CAR", children={"SUB": {"categories": [{"name": "X"}], "isKeyFrame": True}}),
            "isKeyFrame": False,
        })}},
        1,
    ),
    "video as the app stores it": (
        "VIDEO",
        {
            "0": {
                "ANNOTATION_JOB_COUNTER": {"BOX": {"CAR": 1}},
                "ANNOTATION_NAMES_JOB": {"m1": "Car 1"},
                "ROTATION_JOB": {"rotation": 90},
                "BOX": objects(of("CAR", isKeyFrame=True)),
            }
        },
        1,
    ),
    "level of a video's asset": (
        "VIDEO",
        {"assetLevel": {"CLASS": {"categories": [{"name": "A"}]}}, "0": {}},
        1,
    ),
    "empty video": ("VIDEO", {}, 0),
    "video answered as a whole": ("VIDEO", {"CLASS": {"categories": [{"name": "A"}]}}, 1),
}  # fmt: skip


def car(**members: Any) -> Json:
    return {"BOX": objects(of("CAR", **members))}


# what → (input type, response, a part of the message)
REFUSED: dict[str, tuple[str, Json, str]] = {
    "polygon that is a text": ("IMAGE", car(boundingPoly="x"), '"boundingPoly" of job "BOX" must'),
    "polygon without vertices": ("IMAGE", car(boundingPoly=[{}]), "a list of polygons"),
    "vertex without y": (
        "IMAGE",
        car(boundingPoly=[{"normalizedVertices": [{"x": 1}]}]),
        "a list of polygons",
    ),
    "point that is a list": ("IMAGE", car(point=[0.1, 0.2]), '"point" of job "BOX" must be a poi'),
    "point that is a text": ("IMAGE", car(point={"x": "1", "y": 0}), "a point {x, y}"),
    "point that is true": ("IMAGE", car(point={"x": True, "y": 0}), "a point {x, y}"),
    "polyline that is an object": ("IMAGE", car(polyline=VERTICES[0]), "a list of points"),
    "type that no tool draws": (
        "IMAGE",
        car(type="spline"),
        'job "BOX" has the type "spline", which no tool draws (known types: marker, polygon,',
    ),
    "type of another tool": (
        "IMAGE",
        {"OLD_BOX": objects(of("CAR", type="rectangle"))},
        'has the type "rectangle", which none of its tools draws (they draw: polygon)',
    ),
    "type in a frame": ("VIDEO", {"3": car(type="spline")}, 'has the type "spline"'),
    "type of a pose": (
        "IMAGE",
        {"POSE": objects(of("HEAD", type="rectangle"))},
        "(they draw: pose, marker)",
    ),
    "type of a point": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points=[{"type": "spline"}]))},
        'has the type "spline"',
    ),
    "text for classes": (
        "IMAGE",
        {"CLASS": {"text": "x"}},
        "has text, which the app ignores in a job of task CLASSIFICATION: give categories",
    ),
    "classes for objects": (
        "IMAGE",
        {"BOX": {"categories": [{"name": "CAR"}]}},
        "which the app ignores in a job of task OBJECT_DETECTION: give annotations",
    ),
    "objects for a text": (
        "IMAGE",
        {
            "CLASS": {
                "categories": [{"name": "A", "children": {"NOTE": {"annotations": [{"mid": "1"}]}}}]
            }
        },
        'job "NOTE" has annotations, which',
    ),
    "two choices": (
        "IMAGE",
        {"RADIO": {"categories": [{"name": "A"}, {"name": "B"}]}},
        'job "RADIO" (radio) takes only one category, not 2',
    ),
    "two choices of a list": (
        "IMAGE",
        {"DROPDOWN": {"categories": [{"name": "A"}, {"name": "B"}]}},
        'job "DROPDOWN" (singleDropdown) takes only one category, not 2',
    ),
    "object of two categories": (
        "IMAGE",
        {"OLD_BOX": objects({"categories": [{"name": "CAR"}, {"name": "BUS"}]})},
        'job "OLD_BOX" (radio) takes only one category, not 2',
    ),
    "same choice twice": (
        "IMAGE",
        {"CLASS": {"categories": [{"name": "A"}, {"name": "A"}]}},
        'category "A" of job "CLASS" is chosen twice',
    ),
    "confidence in words": (
        "IMAGE",
        {"CLASS": {"categories": [{"name": "A", "confidence": "high"}]}},
        '"confidence" of job "CLASS" must be a number',
    ),
    "type that is a number": ("IMAGE", car(type=1), '"type" of job "BOX" must be a text'),
    "points that are an object": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points={}))},
        '"points" of job "POSE" must be a list',
    ),
    "point of a pose": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points=[{"point": []}]))},
        '"point" of job "POSE" must be a point',
    ),
    "pose of texts": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points=["EYE"]))},
        'each point of job "POSE" must be a JSON object, not str',
    ),
    "sub-job of a point": (
        "IMAGE",
        {"POSE": objects(of("HEAD", points=[{"children": {"NONE": {}}}]))},
        'job "NONE" is not in the json interface',
    ),
    "offset that is a text": ("TEXT", {"NER": objects({"beginOffset": "1"})}, "a whole number"),
    "offset with a fraction": ("TEXT", {"NER": objects({"endOffset": 1.5})}, "a whole number"),
    "content that is a number": ("TEXT", {"NER": objects({"content": 5})}, "must be a text"),
    "category of an entity": ("TEXT", {"NER": objects(entity("1", "CITY"))}, "(it has: ORG, PER"),
    "pages of texts": (
        "PDF",
        {"NER": objects({"annotations": [{"pageNumberArray": ["1"]}]})},
        "a list of whole numbers",
    ),
    "positions that are texts": (
        "PDF",
        {"NER": objects({"annotations": ["1"]})},
        'each position of an annotation of job "NER" must be a JSON object, not str',
    ),
    "page of a class": (
        "PDF",
        {"PAGE_CLASS": objects({"pageNumberArray": 1})},
        '"pageNumberArray" of job "PAGE_CLASS" must be a list of whole numbers',
    ),
    "relation to nothing": (
        "IMAGE",
        {"BOX_REL": objects(of("TOWS", startObjects=[{"mid": "7"}]))},
        'a relation of job "BOX_REL" refers to "7", but no annotation of the response has this mid',
    ),
    "ends that are texts": (
        "TEXT",
        {"NER_REL": objects(of("OWNS", endEntities=["m1"]))},
        '"endEntities" of job "NER_REL" must be a list of {mid}',
    ),
    "text that is a list": ("TEXT", {"TEXT": {"text": ["x"]}}, "must be a text or a number"),
    "text that is true": ("TEXT", {"TEXT": {"text": True}}, "must be a text or a number"),
    "text of a sub-job": (
        "TEXT",
        {"CLASS": {"categories": [{"name": "A", "children": {"NOTE": {"text": {}}}}]}},
        '"text" of job "NOTE" must be a text or a number',
    ),
    "ranking that is an object": ("LLM_STATIC", {"RANK": {"orders": {}}}, "a list of {rank"),
    "rank that is a text": (
        "LLM_STATIC",
        {"RANK": {"orders": [{"rank": "1", "elements": []}]}},
        "a list of {rank",
    ),
    "choice that is a text": ("LLM_RLHF", {"COMPARE": {"choice": "A"}}, '"choice" of job "COM'),
    "code that is a number": ("LLM_RLHF", {"COMPARE": {"code": 1}}, '"code" of job "COMPARE" mu'),
    "file that is a number": ("PDF", {"FILE": {"fileId": 1}}, '"fileId" of job "FILE" must be a t'),
    "frame of an image": ("IMAGE", {"0": {}}, 'job "0" is not in the json interface'),
    "frame that is a list": (
        "VIDEO",
        {"0": []},
        'the value of "0" must be a JSON object, not list',
    ),
    "level that is null": (
        "VIDEO",
        {"assetLevel": None},
        'the value of "assetLevel" must be a JSON',
    ),
    "job of a frame": ("VIDEO", {"12": {"NONE": {}}}, 'job "NONE" is not in the json interface'),
    "frame that is no number": (
        "VIDEO",
        {"first": {}},
        'job "first" is not in the json interface (its jobs: ANY_BOX, ASSET, BOX, BOX_REL,',
    ),
    "category in a frame": (
        "VIDEO",
        {"0": {"CLASS": {"categories": [{"name": "C"}]}}},
        'category "C" is not in job "CLASS"',
    ),
    "category of the asset": (
        "VIDEO",
        {"assetLevel": {"CLASS": {"categories": [{"name": "C"}]}}},
        'category "C" is not in job "CLASS"',
    ),
}

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_CODES = st.sampled_from(["A", "X", "CAR", "HEAD", "ORG", "OWNS", "TOWS", "COVER", "OK", "m1"])
_MEMBERS = st.sampled_from(
    [
        *("annotations", "categories", "children", "points", "name", "mid", "isKeyFrame"),
        *("normalizedVertices", "x", "y", "rank", "elements", *SHAPES),
    ]
)
JSON_VALUES = st.recursive(
    _LEAVES | _CODES,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(_MEMBERS | st.sampled_from(list(JOBS)), below, max_size=4)
    ),
    max_leaves=25,
)
"""Any JSON, with many names that mean something in a response."""
