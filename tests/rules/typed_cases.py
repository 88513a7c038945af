"""Responses that typed annotations represent completely, in part, or not at all.

See contract/annotation.md#typed-annotations.
"""

from __future__ import annotations

from typing import Any

from tests.rules.response_cases import RING, VERTICES, Json

CATEGORIES: Json = {"A": {"children": ["SUB", "NOTE"]}, "B": {"children": ["SUB"]}}


def _drawn(*tools: str) -> Json:
    categories = {"CAR": {"children": ["SUB", "NOTE"]}, "BUS": {}}
    return {
        "mlTask": "OBJECT_DETECTION",
        "tools": list(tools),
        "required": 0,
        "isChild": False,
        "content": {"input": "radio", "categories": categories},
    }


def _asked(task: str, categories: Json, *, is_child: bool = False) -> Json:
    content = {"input": "checkbox", "categories": categories}
    return {"mlTask": task, "required": 0, "isChild": is_child, "content": content}


JOBS: Json = {
    "CLASS": _asked("CLASSIFICATION", CATEGORIES),
    "SUB": _asked("CLASSIFICATION", {"X": {"children": ["DEEP"]}, "Y": {}}, is_child=True),
    "DEEP": _asked("CLASSIFICATION", {"Z": {}}, is_child=True),
    "NOTE": _asked("TRANSCRIPTION", {}, is_child=True),
    "TEXT": _asked("TRANSCRIPTION", {}),
    "RANK": _asked("RANKING", {}),
    "COMPARE": _asked("COMPARISON", {}),
    "ENTITY": _asked("NAMED_ENTITIES_RECOGNITION", {"ORG": {}}),
    "BOTH": _drawn("polygon", "rectangle"),
    **{
        tool.upper(): _drawn(tool)
        for tool in ("rectangle", "polygon", "semantic", "marker", "polyline", "vector")
    },
}


def classes(*names: str, **members: Any) -> Json:
    return {"categories": [{"name": name} for name in names], **members}


def below(name: str, children: Json, **members: Any) -> Json:
    return {"categories": [{"name": name, "children": children}], **members}


def drawn(tool: str, mid: str = "1", name: str = "CAR", **members: Any) -> Json:
    """Return an object as clients create it."""
    base = {"categories": [{"name": name}], "children": {}, "mid": mid, "type": tool}
    return {**base, **members}


def box(mid: str = "1", **members: Any) -> Json:
    return drawn("rectangle", mid, **{"boundingPoly": [RING], **members})


def objects(job: str, *each: Json) -> Json:
    return {job: {"annotations": list(each)}}


def video(*frames: Json, **members: Json) -> Json:
    return {**members, **{str(number): frame for number, frame in enumerate(frames)}}


CHOICE = {"code": "BETTER", "firstId": "a", "secondId": "b"}
KEY, KEPT = {"isKeyFrame": True}, {"isKeyFrame": False}
OTHER_RING = {"normalizedVertices": VERTICES[::-1]}
LAYERS = {"SUB": classes("X", "Y"), "NOTE": {"text": "n"}}
FILMED = {"SUB": classes("X", "Y", **KEY), "NOTE": {"text": "n", **KEY}}

# what → (input type, response, the types of its annotations)
WHOLE: dict[str, tuple[str, Json, list[str]]] = {
    "class": ("LLM_STATIC", {"CLASS": classes("A")}, ["Classification"]),
    "no class": ("LLM_RLHF", {"CLASS": classes()}, ["Classification"]),
    "classes, text": (
        "LLM_RLHF",
        {"CLASS": classes("A", "B"), "TEXT": {"text": "t"}},
        ["Classification", "Transcription"],
    ),
    "sub-jobs": (
        "LLM_INSTR_FOLLOWING",
        {"CLASS": below("A", LAYERS)},
        ["Classification", "Classification", "Transcription"],
    ),
    "three levels": (
        "LLM_STATIC",
        {"CLASS": below("A", {"SUB": below("X", {"DEEP": classes("Z")})})},
        ["Classification"] * 3,
    ),
    "comparison": ("LLM_STATIC", {"COMPARE": {"choice": CHOICE}}, ["Comparison"]),
    "places": (
        "GEOSPATIAL",
        {
            **objects("RECTANGLE", box("1"), box("2", children=LAYERS)),
            **objects("POLYGON", drawn("polygon", "3", boundingPoly=[RING])),
            **objects("POLYLINE", drawn("polyline", "4", polyline=VERTICES)),
            **objects("MARKER", drawn("marker", "5", "BUS", point=VERTICES[0])),
            **objects("SEMANTIC", drawn("semantic", "6", boundingPoly=[[RING, RING], [RING]])),
        },
        [
            *("ObjectDetection", "ObjectDetection", "Classification", "Transcription"),
            *("ObjectDetection",) * 4,
        ],
    ),
    "video class": (
        "VIDEO",
        video(
            {"CLASS": classes("A", **KEY)},
            {"CLASS": classes("A", **KEPT)},
            {},
            {"CLASS": classes("A", "B", **KEY), "TEXT": {"text": "t", **KEY}},
            {"CLASS": classes("B", **KEY)},
        ),
        ["VideoClassification", "VideoTranscription"],
    ),
    "video sub-jobs": (
        "VIDEO",
        video(
            {},
            {"CLASS": below("A", FILMED, **KEY)},
            {"CLASS": below("A", {"NOTE": {"text": "n", **KEPT}}, **KEPT)},
        ),
        ["VideoClassification", "VideoClassification", "VideoTranscription"],
    ),
    "video objects without motion": (
        "VIDEO",
        video(
            objects("RECTANGLE", box("1", **KEY), box("2", **KEY)),
            objects("RECTANGLE", box("1", boundingPoly=[OTHER_RING], **KEY), box("2", **KEPT)),
            objects("RECTANGLE", box("2", **KEPT)),
            {},
            objects("RECTANGLE", box("1", **KEY, children=FILMED)),
        ),
        ["VideoObjectDetection"] * 2 + ["VideoClassification", "VideoTranscription"],
    ),
    "video masks": (
        "VIDEO",
        video(
            {
                **objects("SEMANTIC", drawn("semantic", "1", boundingPoly=[RING, RING], **KEY)),
                **objects("POLYGON", drawn("polygon", "2", boundingPoly=[RING], **KEY)),
                **objects("MARKER", drawn("marker", "3", point=VERTICES[0], **KEY)),
            },
            objects("SEMANTIC", drawn("semantic", "1", boundingPoly=[RING, RING], **KEPT)),
            objects("SEMANTIC", drawn("semantic", "1", boundingPoly=[OTHER_RING], **KEY)),
        ),
        ["VideoObjectDetection"] * 3,
    ),
    "video as clients make it": (
        "VIDEO",
        video(
            {
                **objects("RECTANGLE", box("1", **KEY), box("2", **KEY)),
                "ANNOTATION_JOB_COUNTER": {"RECTANGLE": {"CAR": 2}},
                "ANNOTATION_NAMES_JOB": {"1": "Car 1", "2": None},
            }
        ),
        ["VideoObjectDetection"] * 2,
    ),
}

# What cannot be said in full: (input type, response).
NOT_WHOLE: dict[str, tuple[str, Json]] = {
    "confidence": ("LLM_RLHF", {"CLASS": {"categories": [{"name": "A", "confidence": 1}]}}),
    "no children": ("LLM_RLHF", {"CLASS": below("A", {})}),
    "empty answer": ("LLM_RLHF", {"CLASS": {}}),
    "number": ("LLM_RLHF", {"TEXT": {"text": 5}}),
    "ranking": ("LLM_RLHF", {"RANK": {"orders": [{"rank": 0, "elements": ["a"]}]}}),
    "comparison": ("LLM_RLHF", {"COMPARE": {"choice": CHOICE}}),
    "one sub-job of two classes": (
        "LLM_RLHF",
        {
            "CLASS": {
                "categories": [
                    {"name": "A", "children": {"SUB": classes("X")}},
                    {"name": "B", "children": {"SUB": classes("Y")}},
                ]
            }
        },
    ),
    "flat masks": ("GEOSPATIAL", objects("SEMANTIC", drawn("semantic", boundingPoly=[RING]))),
    "vector": ("GEOSPATIAL", objects("VECTOR", drawn("vector", polyline=VERTICES))),
    "another tool": ("GEOSPATIAL", objects("BOTH", box())),
    "no mid": ("GEOSPATIAL", objects("RECTANGLE", {"categories": [{"name": "CAR"}]})),
    "same mid": ("GEOSPATIAL", objects("RECTANGLE", box("1"), box("1"))),
    "two polygons": ("GEOSPATIAL", objects("RECTANGLE", box(boundingPoly=[RING, RING]))),
    "rotation": ("VIDEO", video({"ROTATION_JOB": {"rotation": 90}, "CLASS": classes("A", **KEY)})),
    "empty last frame": ("VIDEO", video({"CLASS": classes("A", **KEY)}, {})),
    "frames left out": ("VIDEO", {"5": {"CLASS": classes("A", **KEY)}}),
    "frame by another name": ("VIDEO", {"00": {"CLASS": classes("A", **KEY)}}),
    "no key frame flags": ("VIDEO", video({"CLASS": classes("A")})),
    "first not drawn": ("VIDEO", video({"CLASS": classes("A", **KEPT)})),
    "change without key": (
        "VIDEO",
        video({"CLASS": classes("A", **KEY)}, {"CLASS": classes("B", **KEPT)}),
    ),
    "after a gap": (
        "VIDEO",
        video({"CLASS": classes("A", **KEY)}, {}, {"CLASS": classes("A", **KEPT)}),
    ),
    "moving box": (
        "VIDEO",
        video(
            objects("RECTANGLE", box(**KEY)),
            objects("RECTANGLE", box(**KEPT)),
            objects("RECTANGLE", box(boundingPoly=[OTHER_RING], **KEY)),
        ),
    ),
    "line": ("VIDEO", video(objects("POLYLINE", drawn("polyline", polyline=VERTICES, **KEY)))),
    "order of objects": (
        "VIDEO",
        video(
            objects("RECTANGLE", box("1", **KEY), box("2", **KEY)),
            objects("RECTANGLE", box("2", **KEY), box("1", **KEY)),
        ),
    ),
    "sub-job of another class": (
        "VIDEO",
        video(
            {"CLASS": below("A", {"SUB": classes("X", **KEY)}, **KEY)},
            {
                "CLASS": {
                    "categories": [
                        {"name": "A"},
                        {"name": "B", "children": {"SUB": classes("X", **KEY)}},
                    ],
                    **KEY,
                }
            },
        ),
    ),
    "other names": (
        "VIDEO",
        video({**objects("RECTANGLE", box("1", **KEY)), "ANNOTATION_NAMES_JOB": {"2": "x"}}),
    ),
    "video of three levels": (
        "VIDEO",
        video(
            {"CLASS": below("A", {"SUB": below("X", {"DEEP": classes("Z", **KEY)}, **KEY)}, **KEY)}
        ),
    ),
    "level of the asset": (
        "VIDEO",
        video({"CLASS": classes("A", **KEY)}, assetLevel={"CLASS": below("A", LAYERS)}),
    ),
}

# What is said as far as it can be: (input type, response, what is said).
IN_PART: dict[str, tuple[str, Json, list[str]]] = {
    "confidence": (
        "LLM_STATIC",
        {"CLASS": {"categories": [{"name": "A", "confidence": 1, "children": {}}]}},
        ["Classification"],
    ),
    "comparison": ("LLM_INSTR_FOLLOWING", {"COMPARE": CHOICE}, ["Comparison"]),
    "ranking": (
        "LLM_STATIC",
        {"RANK": {"orders": [{"rank": 0, "elements": ["a"]}]}, "TEXT": {"text": 5}},
        ["Transcription"],
    ),
    "image": (
        "IMAGE",
        {
            **objects("RECTANGLE", box(), {"categories": [{"name": "CAR"}]}),
            "RANK": {"orders": [{"rank": 0, "elements": ["a"]}]},
            "ROTATION_JOB": {"rotation": 90},
        },
        ["ObjectDetection", "Ranking"],
    ),
    "text": ("TEXT", objects("ENTITY", {"mid": "1", "categories": [{"name": "ORG"}]}), []),
    "nothing": ("VIDEO", {}, []),
    "jobs beside the frames": ("VIDEO", {"CLASS": classes("A", **KEY)}, []),
}
