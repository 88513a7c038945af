"""Refused requests about labels."""

from __future__ import annotations

import json
from typing import Any

from tests.bad_input.refused_request import (
    MALFORMED,
    UNKNOWN_ID,
    denied,
    forbidden,
    invalid,
    refused,
)
from tests.kit.responses import EASY_JSON, RED_JSON


def _labels(response: str = EASY_JSON, asset: str = "<meadow>", **data: Any) -> dict[str, Any]:
    row = {"assetID": asset, "jsonResponse": response}
    data = {"labelType": "DEFAULT", "labelsData": [row], **data}
    return {"data": data, "where": {}}


def _label(response: str = EASY_JSON, **where: Any) -> dict[str, Any]:
    return {"data": {"labelType": "DEFAULT", "jsonResponse": response}, "where": where}


def _prediction(response: str = EASY_JSON, model: str = "m") -> dict[str, Any]:
    return {"jsonResponseArray": [response], "modelNameArray": [model]}


RESPONSES = [  # each with what its message must hold
    ("not JSON", "{", "it is not valid JSON"),
    ("a list", "[]", "it must be a JSON object of jobs"),
    ("unknown job", '{"NOPE": {}}', 'job "NOPE" is not in the json interface (its jobs: CLASS'),
    ("job is a list", '{"JOB_0": []}', "must be a JSON object, not list"),
    ("annotations are no list", '{"JOB_0": {"annotations": {}}}', "must be a list"),
    ("unknown category", '{"CLASSIFICATION_JOB": {"categories": [{"name": "TOO_HARD"}]}}',
     'category "TOO_HARD" is not in job "CLASSIFICATION_JOB" (it has: EASY, HARD)'),
    ("category of an object", '{"JOB_0": {"annotations": [{"categories": [{"name": "C"}]}]}}',
     'category "C" is not in job "JOB_0"'),
    ("category without a name", '{"CLASSIFICATION_JOB": {"categories": [{}]}}', 'category "None"'),
]  # fmt: skip
NESTED_RESPONSES = [
    ("nested unknown category",
     {"COLOR": {"categories": [
         {"name": "RED", "children": {"SHADE": {"categories": [{"name": "LIGHT"}]}}}]}},
     'category "LIGHT" is not in job "SHADE" (it has: DARK)'),
    ("nested unknown job",
     {"COLOR": {"categories": [{"name": "RED", "children": {"NOPE": {}}}]}},
     'job "NOPE" is not in the json interface (its jobs: COLOR, SHADE)'),
]  # fmt: skip

CASES = [
    case
    for situation, response, says in RESPONSES
    for case in (
        refused("appendManyLabels", situation, says, **_labels(response)),
        refused("appendToLabels", situation, says, **_label(response, id="<meadow>")),
        refused("createPredictions", situation, says,
                data=_prediction(response), where={"id": "<meadow>"}),
    )
] + [
    case
    for situation, response, says in NESTED_RESPONSES
    for case in (
        refused("appendManyLabels", situation, says,
                **_labels(json.dumps(response), "<hidden asset>")),
        refused("appendToLabels", situation, says,
                **_label(json.dumps(response), id="<hidden asset>")),
        refused("createPredictions", situation, says,
                data=_prediction(json.dumps(response)), where={"id": "<hidden asset>"}),
    )
] + [
    denied("appendManyLabels", "unknown asset", **_labels(asset=UNKNOWN_ID)),
    denied("appendManyLabels", "foreign asset", "labeler", **_labels(RED_JSON, "<hidden asset>")),
    denied("appendManyLabels", "unknown project",
           data=_labels()["data"], where={"project": {"id": UNKNOWN_ID}}),
    denied("appendManyLabels", "asset of another project",
           data=_labels()["data"], where={"project": {"id": "<hidden project>"}}),
    denied("appendManyLabels", "asset that where leaves out",
           data=_labels()["data"],
           where={"project": {"id": "<project>"}, "statusIn": ["LABELED"]}),
    denied("appendManyLabels", "unknown author", **_labels(
        labelsData=[{"assetID": "<meadow>", "jsonResponse": EASY_JSON, "authorID": UNKNOWN_ID}])),
    denied("appendManyLabels", "author who is no member", **_labels(
        labelsData=[{"assetID": "<hidden asset>", "jsonResponse": RED_JSON, "authorID": "<leo>"}])),
    denied("appendManyLabels", "unknown label is reviewed", **_labels(
        labelType="REVIEW", labelsData=[
            {"assetID": "<farm>", "jsonResponse": EASY_JSON, "referencedLabelId": UNKNOWN_ID}])),
    denied("appendManyLabels", "label of another asset is reviewed", **_labels(
        labelType="REVIEW", labelsData=[
            {"assetID": "<farm>", "jsonResponse": EASY_JSON,
             "referencedLabelId": "<pond DEFAULT>"}])),
    forbidden("appendManyLabels", "ADMIN or TEAM_MANAGER or REVIEWER",
              **_labels(labelType="REVIEW")),
    forbidden("appendManyLabels", "ADMIN or TEAM_MANAGER", "reviewer",
              **_labels(labelType="PREDICTION")),
    forbidden("appendManyLabels", "ADMIN", "manager", **_labels(
        labelsData=[{"assetID": "<meadow>", "jsonResponse": EASY_JSON, "authorID": "<leo>"}])),
    refused("appendManyLabels", "the second of two is malformed", MALFORMED, **_labels(labelsData=[
        {"assetID": "<meadow>", "jsonResponse": EASY_JSON},
        {"assetID": "<farm>", "jsonResponse": "{"}])),
    refused("appendManyLabels", "overwriting a person's labels", "labels take overwrite",
            **_labels(overwrite=True)),
    refused("appendManyLabels", "fewer assets", "where.idIn has 2, data.labelsData has 1",
            data=_labels()["data"], where={"idIn": ["<meadow>", "<farm>"]}),
    refused("appendManyLabels", "no response", "each label needs an assetID and a jsonResponse",
            **_labels(labelsData=[{"assetID": "<meadow>"}])),
    refused("appendManyLabels", "no asset", "each label needs an assetID and a jsonResponse",
            **_labels(labelsData=[{"jsonResponse": EASY_JSON}])),
    invalid("appendManyLabels", "unknown type", 'Value "GUESS" does not exist',
            **_labels(labelType="GUESS")),
    denied("updatePropertiesInLabel", "unknown label", where={"id": UNKNOWN_ID}, data={}),
    denied("updatePropertiesInLabel", "foreign label", "labeler",
           where={"id": "<hidden label>"}, data={"modelName": "m"}),
    forbidden("updatePropertiesInLabel", "ADMIN or TEAM_MANAGER or REVIEWER",
              where={"id": "<meadow PREDICTION>"}, data={"modelName": "m"}),
    refused("updatePropertiesInLabel", "no id", "where.id is missing", where={}, data={}),
    refused("updatePropertiesInLabel", "unknown job", MALFORMED,
            where={"id": "<pond DEFAULT>"}, data={"jsonResponse": '{"NOPE": {}}'}),
    refused("updatePropertiesInLabel", "negative time", "secondsToLabel must be between",
            where={"id": "<pond DEFAULT>"}, data={"secondsToLabel": -1}),
    invalid("updatePropertiesInLabel", "unknown member", 'Field "nope" is not defined',
            where={"id": "<pond DEFAULT>"}, data={"nope": 1}),
    invalid("deleteLabels", "no id", "Expected non-nullable type", ids=[None]),
    denied("deleteLabels", "one of two is unknown", ids=["<meadow PREDICTION>", UNKNOWN_ID]),
    denied("deleteLabels", "foreign label", "manager", ids=["<hidden label>"]),
    forbidden("deleteLabels", "ADMIN or TEAM_MANAGER", ids=["<meadow PREDICTION>"]),
    refused("deleteLabels", "somebody's label", "is not a PREDICTION or INFERENCE",
            ids=["<meadow PREDICTION>", "<pond DEFAULT>"]),
    denied("appendToLabels", "unknown asset", **_label(id=UNKNOWN_ID)),
    denied("appendToLabels", "foreign asset", "labeler", **_label(RED_JSON, id="<hidden asset>")),
    refused("appendToLabels", "no id", "where.id is missing", **_label()),
    forbidden("appendToLabels", "ADMIN or TEAM_MANAGER or REVIEWER",
              data={"labelType": "REVIEW", "jsonResponse": EASY_JSON}, where={"id": "<farm>"}),
    invalid("appendToLabels", "no response", 'Field "jsonResponse" of required type "String!"',
            data={"labelType": "DEFAULT"}, where={"id": "<farm>"}),
    denied("createPredictions", "unknown asset", data=_prediction(), where={"id": UNKNOWN_ID}),
    denied("createPredictions", "unknown project",
           data=_prediction(), where={"project": {"id": UNKNOWN_ID}}),
    denied("createPredictions", "foreign asset", "labeler",
           data=_prediction(RED_JSON), where={"id": "<hidden asset>"}),
    forbidden("createPredictions", "ADMIN or TEAM_MANAGER",
              data=_prediction(), where={"id": "<farm>"}),
    refused("createPredictions", "arrays of different length",
            "jsonResponseArray has 1, modelNameArray has 0",
            data={"jsonResponseArray": [EASY_JSON], "modelNameArray": []}, where={"id": "<farm>"}),
    denied("createPredictions", "unknown external id",
           data=_prediction(),
            where={"project": {"id": "<project>"}, "externalIdStrictlyIn": ["nope"]}),
    invalid("createPredictions", "unknown member", 'Field "nope" is not defined',
            data={"nope": 1}, where={"id": "<farm>"}),
]  # fmt: skip
