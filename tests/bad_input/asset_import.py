"""Refused imports: contents, layers, frames, metadata, pages, and imports in the background."""

from __future__ import annotations

import json
from typing import Any

from tests.bad_input.refused_request import (
    UNKNOWN_ID,
    RefusedRequest,
    denied,
    forbidden,
    invalid,
    refused,
)

_HERE = {"id": "<project>"}
_URL = "http://example.com/a.tif"
_LAYERS_SAY = "must be a list of layers"


def _refused_import(situation: str, says: str, **data: Any) -> list[RefusedRequest]:
    return [refused(each, situation, says, where=_HERE, data=data) for each in _IMPORTS]


_IMPORTS = ("appendManyAssetsAsynchronously", "appendManyFramesToDatasetAsynchronously")
_APPENDS = ("appendManyAssets", "appendManyToDataset")

CASES = [
    case
    for append in _IMPORTS
    for case in (
        denied(append, "unknown project", where={"id": UNKNOWN_ID},
               data={"contentArray": [_URL], "uploadType": "GEO_SATELLITE"}),
        denied(append, "foreign project", "labeler", where={"id": "<hidden project>"},
               data={"contentArray": [_URL], "uploadType": "GEO_SATELLITE"}),
        forbidden(append, "ADMIN or TEAM_MANAGER", where=_HERE,
                  data={"contentArray": [_URL], "uploadType": "GEO_SATELLITE"}),
        refused(append, "no id", "where.id is missing", where={}, data={"contentArray": [_URL]}),
        refused(append, "a text project", "add the assets with appendManyAssets",
                where={"id": "<hidden project>"},
                data={"contentArray": [_URL], "uploadType": "TILED_IMAGE"}),
        invalid(append, "unknown upload type", 'Value "PAINTING" does not exist',
                where=_HERE, data={"contentArray": [_URL], "uploadType": "PAINTING"}),
    )
] + [
    *_refused_import("no upload type", "give one of TILED_IMAGE, GEO_SATELLITE",
                     contentArray=[_URL]),
    *_refused_import("videos in a project of images", "give one of TILED_IMAGE, GEO_SATELLITE",
                     contentArray=[_URL], uploadType="NATIVE_VIDEO"),
    *_refused_import("arrays of different length", "contentArray has 1, idArray has 0",
                     contentArray=[_URL], idArray=[], uploadType="TILED_IMAGE"),
    *_refused_import("no content", "must have a content",
                     externalIDArray=["x"], uploadType="TILED_IMAGE"),
    *_refused_import("content is a path", "send local files through",
                     contentArray=["a.tif"], uploadType="TILED_IMAGE"),
    *_refused_import("one of two external ids is taken", 'id "street" exists already',
                     contentArray=[_URL] * 2, externalIDArray=["new", "street"],
                     uploadType="TILED_IMAGE"),
    *_refused_import("a layer without an address", _LAYERS_SAY,
                     multiLayerContentArray=[[{"name": "x"}]], uploadType="GEO_SATELLITE"),
    *_refused_import("layers that are a text", _LAYERS_SAY,
                     multiLayerContentArray=["http://x/a.tif"], uploadType="GEO_SATELLITE"),
    *_refused_import("layers and a content", "and the asset must have no content",
                     multiLayerContentArray=[[{"url": _URL}]], contentArray=[_URL],
                     uploadType="GEO_SATELLITE"),
    *_refused_import("further layers are no JSON", "neither the address of JSON nor JSON itself",
                     multiLayerContentArray=[[{"url": _URL}]], jsonContentArray=["{"],
                     uploadType="GEO_SATELLITE"),
] + [
    case
    for append in _APPENDS
    for case in (
        refused(append, "nothing to show", "must have a content", where=_HERE,
                data={"externalIDArray": ["x"]}),
        refused(append, "an empty text", "must have a content", where={"id": "<hidden project>"},
                data={"contentArray": [""]}),
        refused(append, "rich text is no JSON", "neither the address of JSON nor JSON itself",
                where={"id": "<hidden project>"}, data={"jsonContentArray": ["[1,"]}),
        refused(append, "what looks like a stored file", "is neither a web address nor",
                where=_HERE, data={"contentArray": ["/files?id=projects/p/assets/a/content"]}),
        refused(append, "rich text was not uploaded", "PUT the file there first",
                where={"id": "<hidden project>"},
                data={"jsonContentArray": ["http://h/api/label/v2/files/upload?token=t&id=p"]}),
    )
] + [
    refused("updatePropertiesInAssets", situation, says, where=[{"id": "<farm>"}], data=[data])
    for situation, says, data in (
        ("no content any more", "must have a content", {"content": ""}),
        ("no size", "must be greater than 0", {"resolution": {"width": 0, "height": 1}}),
        ("a page without a size", "must be greater than 0",
         {"pageResolutions": [{"pageNumber": 1, "width": 1, "height": -1}]}),
        ("pages from 0", "must start at 1 and be unique",
         {"pageResolutions": [{"pageNumber": 0, "width": 1, "height": 1}]}),
        ("a page twice", "must start at 1 and be unique",
         {"pageResolutions": [{"pageNumber": 1, "width": 1, "height": 1}] * 2}),
        ("json content is no JSON", "neither the address of JSON", {"jsonContent": "no"}),
        ("json content is deep", "nested too deeply", {"jsonContent": "[" * 100_000}),
        ("what is said last is wrong", "must be greater than 0",
         {"jsonContent": json.dumps([1]), "jsonMetadata": '{"textAnnotations": []}',
          "resolution": {"width": 1, "height": 0}}),
    )
] + [
    invalid("updatePropertiesInAssets", "a page without a number",
            'Field "pageNumber" of required type', where=[{"id": "<farm>"}],
            data=[{"pageResolutions": [{"width": 1, "height": 1}]}]),
]  # fmt: skip
