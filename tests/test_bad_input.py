"""Each mutation, asked for something it must not do: it says what is wrong, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator import errors
from emulator.app import Emulator
from tests.contract.contract import SCHEMA
from tests.stage import EASY, PLUGIN, RED, Names, filled, set_stage
from tests.wire import Wire

DENIED = (
    "[accessDenied] Access denied. Please verify your credentials or contact Kili support. -- "
    "This can be due to: The data you are trying to mutate does not exist or is not accessible"
    " | trace : false"
)
MALFORMED = "[jsonResponseMalformed] The jsonResponse of the label is malformed."
MISSING_ARGUMENT = (
    'Field "projects" argument "where" of type "ProjectWhere!" is required,'
    " but it was not provided."
)
GHOST = "cl00000000000000000000000"


@dataclass(frozen=True)
class Case:
    """One request that is refused.

    Attributes:
        arguments: of the mutation; ``<name>`` stands for the id of what has this name.
        says: a part of the message; the whole of it where it is recorded.
        key: whose API key is used.
        code: ``extensions.code``.
        status: of the HTTP answer.
    """

    mutation: str
    about: str
    arguments: dict[str, Any]
    says: str
    key: str = "admin"
    code: str = errors.RESOLUTION_FAILURE
    status: int = 200

    def __str__(self) -> str:
        return f"{self.mutation}: {self.about}"


PLUGIN_CHANGES = ("deletePlugin", "generateUpdateUrl", "createPluginRunner", "updatePluginRunner")


def denied(mutation: str, about: str, key: str = "admin", **arguments: Any) -> Case:
    """The target does not exist, or the key's user does not see it."""
    return Case(mutation, about, arguments, DENIED, key, "401")


def forbidden(mutation: str, needed: str, key: str = "labeler", **arguments: Any) -> Case:
    """The user sees the target, but may not do this with it."""
    by_role = f"the role {needed} in "
    says = f"{mutation} needs {by_role}"
    if mutation in PLUGIN_CHANGES:
        says = f"{mutation} needs to be its creator, or {by_role}each project where it is active"
    return Case(mutation, f"as {key}", arguments, says, key)


def refused(mutation: str, about: str, says: str, **arguments: Any) -> Case:
    """A value that the mutation does not take."""
    return Case(mutation, about, arguments, says)


def invalid(mutation: str, about: str, says: str, **arguments: Any) -> Case:
    """A value that does not fit the schema."""
    return Case(mutation, about, arguments, says, code=errors.INTERNAL_ERROR, status=400)


def _labels(response: str = EASY, asset: str = "<meadow>", **data: Any) -> dict[str, Any]:
    row = {"assetID": asset, "jsonResponse": response}
    data = {"labelType": "DEFAULT", "labelsData": [row], **data}
    return {"data": data, "where": {}}


def _label(response: str = EASY, **where: Any) -> dict[str, Any]:
    return {"data": {"labelType": "DEFAULT", "jsonResponse": response}, "where": where}


def _prediction(response: str = EASY, model: str = "m") -> dict[str, Any]:
    return {"jsonResponseArray": [response], "modelNameArray": [model]}


PROJECTS = [
    refused("createProject", "json interface is not JSON", "jsonInterface: it is not valid JSON",
            data={"title": "t", "jsonInterface": "{"}),
    refused("createProject", "jobs are a list", '"jobs": {name: job}',
            data={"title": "t", "jsonInterface": '{"jobs": []}'}),
    refused("createProject", "job without a task", 'job "J" must be an object with an "mlTask"',
            data={"title": "t", "jsonInterface": '{"jobs": {"J": {}}}'}),
    refused("createProject", "categories are a list", "must have categories of the form",
            data={"title": "t", "jsonInterface":
                  '{"jobs": {"J": {"mlTask": "X", "content": {"categories": [1]}}}}'}),
    invalid("createProject", "unknown input type", 'Value "VIDEO" does not exist',
            data={"title": "t", "inputType": "VIDEO"}),
    invalid("createProject", "no title", 'Field "title" of required type "String!"', data={}),
    denied("updatePropertiesInProject", "unknown project", where={"id": GHOST}, data={}),
    denied("updatePropertiesInProject", "foreign project", "labeler",
           where={"id": "<hidden project>"}, data={"title": "mine"}),
    forbidden("updatePropertiesInProject", "ADMIN", "manager",
              where={"id": "<project>"}, data={"title": "mine"}),
    refused("updatePropertiesInProject", "no id", "where.id is missing", where={}, data={}),
    refused("updatePropertiesInProject", "percentage above 100",
            "reviewCoverage must be between 0 and 100",
            where={"id": "<project>"}, data={"reviewCoverage": 101}),
    refused("updatePropertiesInProject", "percentage below 0",
            "reviewCoverage must be between 0 and 100",
            where={"id": "<project>"}, data={"reviewCoverage": -1, "title": "not this either"}),
    refused("updatePropertiesInProject", "json interface is not JSON",
            "jsonInterface: it is not valid JSON",
            where={"id": "<project>"}, data={"jsonInterface": "no"}),
    refused("updatePropertiesInProject", "unknown metadata type", "must be one of string, number",
            where={"id": "<project>"}, data={"metadataTypes": {"a": "color"}}),
    refused("updatePropertiesInProject", "metadata properties are a list", "must be an object",
            where={"id": "<project>"}, data={"metadataProperties": [1]}),
    invalid("updatePropertiesInProject", "unknown member", 'Field "nope" is not defined',
            where={"id": "<project>"}, data={"nope": 1}),
    denied("deleteProject", "unknown project", where={"id": GHOST}),
    denied("deleteProject", "foreign project", "labeler", where={"id": "<hidden project>"}),
    forbidden("deleteProject", "ADMIN", "manager", where={"id": "<project>"}),
    refused("deleteProject", "no id", "where.id is missing", where={}),
    refused("deleteProject", "more than an id", "where takes id only",
            where={"id": "<project>", "archived": True}),
    invalid("deleteProject", "archived is a text", "Boolean cannot represent",
            where={"id": "<project>", "archived": "no"}),
    denied("deleteProjectAsynchronously", "unknown project", where={"id": GHOST}),
    denied("deleteProjectAsynchronously", "foreign project", "labeler",
           where={"id": "<hidden project>"}),
    forbidden("deleteProjectAsynchronously", "ADMIN", where={"id": "<project>"}),
    invalid("deleteProjectAsynchronously", "bad date", "DateTime cannot represent",
            where={"id": "<project>", "createdAtGte": "yesterday"}),
]  # fmt: skip

ASSETS = [
    case
    for append in ("appendManyAssets", "appendManyToDataset")
    for case in (
        denied(append, "unknown project", where={"id": GHOST}, data={"contentArray": ["http://x"]}),
        denied(append, "foreign project", "labeler",
               where={"id": "<hidden project>"}, data={"contentArray": ["text"]}),
        forbidden(append, "ADMIN or TEAM_MANAGER",
                  where={"id": "<project>"}, data={"contentArray": ["http://x"]}),
        refused(append, "arrays of different length", "must have the same length",
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "externalIDArray": ["a", "b"]}),
        refused(append, "no arrays", "must have the same length, and one be given",
                where={"id": "<project>"}, data={}),
        refused(append, "external id twice", 'external id "twice" exists already',
                where={"id": "<project>"},
                data={"contentArray": ["http://x"] * 2, "externalIDArray": ["twice"] * 2}),
        refused(append, "external id taken", 'external id "street" exists already',
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "externalIDArray": ["street"]}),
        refused(append, "id taken", "exists already",
                where={"id": "<project>"},
                data={"contentArray": ["http://x"], "idArray": ["<hidden asset>"]}),
        refused(append, "content is a path", "send local files through",
                where={"id": "<project>"}, data={"contentArray": ["./street.png"]}),
        refused(append, "nothing was uploaded", "PUT the file there first",
                where={"id": "<project>"},
                data={"contentArray": ["http://h/api/label/v2/files/upload?token=t&id=projects/p"]}),
        invalid(append, "array of numbers", "String cannot represent a non string value",
                where={"id": "<project>"}, data={"contentArray": [1]}),
    )
] + [
    denied("updatePropertiesInAssets", "unknown asset", where=[{"id": GHOST}], data=[{}]),
    denied("updatePropertiesInAssets", "one of two is unknown",
           where=[{"id": "<farm>"}, {"id": GHOST}], data=[{"priority": 1}] * 2),
    denied("updatePropertiesInAssets", "foreign asset", "labeler",
           where=[{"id": "<hidden asset>"}], data=[{"priority": 1}]),
    forbidden("updatePropertiesInAssets", "ADMIN or TEAM_MANAGER", "reviewer",
              where=[{"id": "<farm>"}], data=[{"priority": 1}]),
    refused("updatePropertiesInAssets", "arrays of different length", "must have the same length",
            where=[{"id": "<farm>"}], data=[{}, {}]),
    refused("updatePropertiesInAssets", "external id taken", 'id "street" exists already',
            where=[{"id": "<farm>"}], data=[{"externalId": "street"}]),
    refused("updatePropertiesInAssets", "selects by nothing", "give id, idIn or project.id",
            where=[{}], data=[{"priority": 1}]),
    refused("updatePropertiesInAssets", "content is a path", "send local files through",
            where=[{"id": "<farm>"}], data=[{"content": "street.png"}]),
    invalid("updatePropertiesInAssets", "priority is a text", "Int cannot represent",
            where=[{"id": "<farm>"}], data=[{"priority": "high"}]),
    invalid("updatePropertiesInAssets", "unknown status", 'Value "DONE" does not exist',
            where=[{"id": "<farm>"}], data=[{"status": "DONE"}]),
    denied("setAssetsPriority", "foreign asset", "labeler",
           where={"id": "<hidden asset>"}, priority=1),
    forbidden("setAssetsPriority", "ADMIN or TEAM_MANAGER", "reviewer",
              where={"id": "<meadow>"}, priority=1),
    refused("setAssetsPriority", "selects by nothing", "give id, idIn or project.id",
            where={}, priority=1),
    invalid("setAssetsPriority", "priority is a text", "Int cannot represent",
            where={"id": "<meadow>"}, priority="high"),
] + [
    case
    for action, roles, key in (
        ("deleteAssets", "ADMIN or TEAM_MANAGER", "reviewer"),
        ("deleteManyFromDataset", "ADMIN or TEAM_MANAGER", "labeler"),
        ("addAssetsToReview", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("addAllLabeledAssetsToReview", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("sendAssetsBackToQueue", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
        ("sendBackAssetsToQueue", "ADMIN or TEAM_MANAGER or REVIEWER", "labeler"),
    )
    for case in (
        denied(action, "unknown project", where={"project": {"id": GHOST}}),
        denied(action, "foreign project", "labeler", where={"project": {"id": "<hidden project>"}}),
        denied(action, "foreign asset", "labeler", where={"id": "<hidden asset>"}),
        denied(action, "one of two is foreign", "manager",
               where={"idIn": ["<farm>", "<hidden asset>"]}),
        forbidden(action, roles, key, where={"idIn": ["<farm>"]}),
        refused(action, "selects by nothing", "give id, idIn or project.id", where={}),
        refused(action, "selects by an empty object", "give id, idIn or project.id",
                where={"label": {"typeIn": None}}),
        refused(action, "metadata is a list", "metadata must be an object",
                where={"project": {"id": "<project>"}, "metadata": [1]}),
        invalid(action, "unknown member", 'Field "nope" is not defined', where={"nope": 1}),
        invalid(action, "unknown status", 'Value "DONE" does not exist',
                where={"statusIn": ["DONE"]}),
    )
] + [
    denied(action, "unknown asset", where={"id": GHOST})
    for action in (
        "deleteManyFromDataset", "addAssetsToReview", "addAllLabeledAssetsToReview",
        "sendAssetsBackToQueue", "sendBackAssetsToQueue",
    )
]  # fmt: skip

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

LABELS = [
    case
    for about, response, says in RESPONSES
    for case in (
        refused("appendManyLabels", about, says, **_labels(response)),
        refused("appendToLabels", about, says, **_label(response, id="<meadow>")),
        refused("createPredictions", about, says,
                data=_prediction(response), where={"id": "<meadow>"}),
    )
] + [
    case
    for about, response, says in NESTED_RESPONSES
    for case in (
        refused("appendManyLabels", about, says,
                **_labels(json.dumps(response), "<hidden asset>")),
        refused("appendToLabels", about, says,
                **_label(json.dumps(response), id="<hidden asset>")),
        refused("createPredictions", about, says,
                data=_prediction(json.dumps(response)), where={"id": "<hidden asset>"}),
    )
] + [
    denied("appendManyLabels", "unknown asset", **_labels(asset=GHOST)),
    denied("appendManyLabels", "foreign asset", "labeler", **_labels(RED, "<hidden asset>")),
    denied("appendManyLabels", "unknown project",
           data=_labels()["data"], where={"project": {"id": GHOST}}),
    denied("appendManyLabels", "asset of another project",
           data=_labels()["data"], where={"project": {"id": "<hidden project>"}}),
    denied("appendManyLabels", "asset that where leaves out",
           data=_labels()["data"],
           where={"project": {"id": "<project>"}, "statusIn": ["LABELED"]}),
    denied("appendManyLabels", "unknown author", **_labels(
        labelsData=[{"assetID": "<meadow>", "jsonResponse": EASY, "authorID": GHOST}])),
    denied("appendManyLabels", "author who is no member", **_labels(
        labelsData=[{"assetID": "<hidden asset>", "jsonResponse": RED, "authorID": "<leo>"}])),
    denied("appendManyLabels", "unknown label is reviewed", **_labels(
        labelType="REVIEW", labelsData=[
            {"assetID": "<farm>", "jsonResponse": EASY, "referencedLabelId": GHOST}])),
    denied("appendManyLabels", "label of another asset is reviewed", **_labels(
        labelType="REVIEW", labelsData=[
            {"assetID": "<farm>", "jsonResponse": EASY, "referencedLabelId": "<pond DEFAULT>"}])),
    forbidden("appendManyLabels", "ADMIN or TEAM_MANAGER or REVIEWER",
              **_labels(labelType="REVIEW")),
    forbidden("appendManyLabels", "ADMIN or TEAM_MANAGER", "reviewer",
              **_labels(labelType="PREDICTION")),
    forbidden("appendManyLabels", "ADMIN", "manager", **_labels(
        labelsData=[{"assetID": "<meadow>", "jsonResponse": EASY, "authorID": "<leo>"}])),
    refused("appendManyLabels", "the second of two is malformed", MALFORMED, **_labels(labelsData=[
        {"assetID": "<meadow>", "jsonResponse": EASY},
        {"assetID": "<farm>", "jsonResponse": "{"}])),
    refused("appendManyLabels", "overwriting a person's labels", "overwrite is for PREDICTION",
            **_labels(overwrite=True)),
    refused("appendManyLabels", "fewer assets", "data.labelsData must have the same length",
            data=_labels()["data"], where={"idIn": ["<meadow>", "<farm>"]}),
    refused("appendManyLabels", "no response", "each label needs an assetID and a jsonResponse",
            **_labels(labelsData=[{"assetID": "<meadow>"}])),
    refused("appendManyLabels", "no asset", "each label needs an assetID and a jsonResponse",
            **_labels(labelsData=[{"jsonResponse": EASY}])),
    invalid("appendManyLabels", "unknown type", 'Value "GUESS" does not exist',
            **_labels(labelType="GUESS")),
    denied("updatePropertiesInLabel", "unknown label", where={"id": GHOST}, data={}),
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
    denied("deleteLabels", "one of two is unknown", ids=["<meadow PREDICTION>", GHOST]),
    denied("deleteLabels", "foreign label", "manager", ids=["<hidden label>"]),
    forbidden("deleteLabels", "ADMIN or TEAM_MANAGER", ids=["<meadow PREDICTION>"]),
    refused("deleteLabels", "somebody's label", "is no PREDICTION or INFERENCE: it stays",
            ids=["<meadow PREDICTION>", "<pond DEFAULT>"]),
    denied("appendToLabels", "unknown asset", **_label(id=GHOST)),
    denied("appendToLabels", "foreign asset", "labeler", **_label(RED, id="<hidden asset>")),
    refused("appendToLabels", "no id", "where.id is missing", **_label()),
    forbidden("appendToLabels", "ADMIN or TEAM_MANAGER or REVIEWER",
              data={"labelType": "REVIEW", "jsonResponse": EASY}, where={"id": "<farm>"}),
    invalid("appendToLabels", "no response", 'Field "jsonResponse" of required type "String!"',
            data={"labelType": "DEFAULT"}, where={"id": "<farm>"}),
    denied("createPredictions", "unknown asset", data=_prediction(), where={"id": GHOST}),
    denied("createPredictions", "unknown project",
           data=_prediction(), where={"project": {"id": GHOST}}),
    denied("createPredictions", "foreign asset", "labeler",
           data=_prediction(RED), where={"id": "<hidden asset>"}),
    forbidden("createPredictions", "ADMIN or TEAM_MANAGER",
              data=_prediction(), where={"id": "<farm>"}),
    refused("createPredictions", "arrays of different length", "must have the same length",
            data={"jsonResponseArray": [EASY], "modelNameArray": []}, where={"id": "<farm>"}),
    denied("createPredictions", "unknown external id",
           data=_prediction(),
            where={"project": {"id": "<project>"}, "externalIdStrictlyIn": ["nope"]}),
    invalid("createPredictions", "unknown member", 'Field "nope" is not defined',
            data={"nope": 1}, where={"id": "<farm>"}),
]  # fmt: skip

ISSUES = [
    denied("createIssues", "unknown label", issues=[{"labelID": GHOST}], where={}),
    denied("createIssues", "unknown asset", issues=[{"assetId": GHOST}], where={}),
    denied("createIssues", "unknown project",
           issues=[{"assetId": "<farm>"}], where={"project": {"id": GHOST}}),
    denied("createIssues", "foreign asset", "labeler",
           issues=[{"assetId": "<hidden asset>"}], where={}),
    denied("createIssues", "foreign label", "labeler",
           issues=[{"labelID": "<hidden label>"}], where={}),
    denied("createIssues", "asset that where leaves out",
           issues=[{"assetId": "<farm>"}], where={"id": "<pond>"}),
    denied("createIssues", "label of another asset",
           issues=[{"assetId": "<farm>", "labelID": "<pond DEFAULT>"}], where={}),
    denied("createIssues", "the second of two is unknown",
           issues=[{"assetId": "<farm>", "text": "a"}, {"assetId": GHOST}], where={}),
    refused("createIssues", "about nothing", "give the labelID of an issue, or its assetId",
            issues=[{"text": "?"}], where={"project": {"id": "<project>"}}),
    invalid("createIssues", "unknown type", 'Value "BUG" does not exist',
            issues=[{"assetId": "<farm>", "type": "BUG"}], where={}),
    denied("appendToIssues", "unknown asset", data={"text": "?"}, where={"id": GHOST}),
    denied("appendToIssues", "unknown label", data={"labelID": GHOST}, where={"id": "<farm>"}),
    denied("appendToIssues", "foreign asset", "labeler", data={}, where={"id": "<hidden asset>"}),
    refused("appendToIssues", "no id", "where.id is missing", data={"text": "?"}, where={}),
    invalid("appendToIssues", "number is a text", "Int cannot represent",
            data={"issueNumber": "one"}, where={"id": "<farm>"}),
    denied("appendToComments", "unknown issue", data={"text": "?"}, where={"id": GHOST}),
    denied("appendToComments", "foreign issue", "labeler",
           data={"text": "?"}, where={"id": "<hidden issue>"}),
    refused("appendToComments", "no id", "where.id is missing", data={"text": "?"}, where={}),
    refused("appendToComments", "in review", "send inReview: false",
            data={"text": "?", "inReview": True}, where={"id": "<issue>"}),
    invalid("appendToComments", "no text", 'Field "text" of required type "String!"',
            data={}, where={"id": "<issue>"}),
    denied("updatePropertiesInIssue", "unknown issue",
           data={"status": "SOLVED"}, where={"id": GHOST}),
    denied("updatePropertiesInIssue", "foreign issue", "labeler",
           data={"status": "SOLVED"}, where={"id": "<hidden issue>"}),
    refused("updatePropertiesInIssue", "no id", "where.id is missing",
            data={"status": "SOLVED"}, where={"project": {"id": "<project>"}}),
    invalid("updatePropertiesInIssue", "unknown status", 'Value "FIXED" does not exist',
            data={"status": "FIXED"}, where={"id": "<issue>"}),
]  # fmt: skip


def _plugins(operation: str, status: str, detail: str) -> str:
    return (
        "[pluginsError] An error occured handling your plugin -- This can be due to: "
        f"{status}: {operation}: {detail} | trace : false"
    )


def _unknown_plugin(operation: str) -> str:
    detail = "no entity Plugin found with value \"Nobody\" for field 'name'"
    return _plugins(operation, "404: Not Found", detail)


PLUGINS = [
    refused("createPlugin", "name taken",
            _plugins("createPlugin", "400: Bad Request",
                     f"an entity Plugin already exists with value \"{PLUGIN}\" for field 'name'"),
            data={"pluginName": PLUGIN}),
    refused("createPlugin", "empty name", "the name of a plugin cannot be empty",
            data={"pluginName": " "}),
    invalid("createPlugin", "no name", 'Field "pluginName" of required type', data={}),
    forbidden("createPlugin", "ADMIN or TEAM_MANAGER", "reviewer", data={"pluginName": "mine"}),
    refused("deletePlugin", "unknown plugin", _unknown_plugin("deletePlugin"),
            where={"pluginName": "Nobody"}),
    forbidden("deletePlugin", "ADMIN or TEAM_MANAGER", where={"pluginName": PLUGIN}),
    invalid("deletePlugin", "no name", 'Field "pluginName" of required type', where={}),
    refused("generateUpdateUrl", "unknown plugin", _unknown_plugin("generateUpdateUrl"),
            data={"pluginName": "Nobody"}),
    forbidden("generateUpdateUrl", "ADMIN or TEAM_MANAGER", data={"pluginName": PLUGIN}),
    invalid("generateUpdateUrl", "unknown member", 'Field "nope" is not defined',
            data={"pluginName": PLUGIN, "nope": 1}),
] + [
    case
    for deploy in ("createPluginRunner", "updatePluginRunner")
    for case in (
        refused(deploy, "unknown plugin", _unknown_plugin(deploy), data={"pluginName": "Nobody"}),
        forbidden(deploy, "ADMIN or TEAM_MANAGER", data={"pluginName": PLUGIN}),
        refused(deploy, "nothing was uploaded", "PUT its zip to the URL of createPlugin",
                data={"pluginName": PLUGIN}),
        refused(deploy, "event matcher", "use on_submit and on_review",
                data={"pluginName": PLUGIN, "eventMatcher": ["asset.*"]}),
        invalid(deploy, "unknown handler", 'Value "onEvent" does not exist',
                data={"pluginName": PLUGIN, "handlerTypes": ["onEvent"]}),
    )
] + [
    case
    for operation in ("activatePluginOnProject", "deactivatePluginOnProject")
    for case in (
        refused(operation, "unknown plugin", _unknown_plugin(operation),
                where={"pluginName": "Nobody", "projectId": "<project>"}),
        denied(operation, "unknown project", where={"pluginName": PLUGIN, "projectId": GHOST}),
        denied(operation, "foreign project", "labeler",
               where={"pluginName": PLUGIN, "projectId": "<hidden project>"}),
        forbidden(operation, "ADMIN or TEAM_MANAGER",
                  where={"pluginName": PLUGIN, "projectId": "<project>"}),
        invalid(operation, "no project", 'Field "projectId" of required type',
                where={"pluginName": PLUGIN}),
    )
] + [
    refused("deactivatePluginOnProject", "not active there",
            "no entity Project found with value", where=
            {"pluginName": PLUGIN, "projectId": "<hidden project>"}),
    refused("activatePluginOnProject", "active there already",
            "activatePluginOnProject: an entity Project already exists with value",
            where={"pluginName": PLUGIN, "projectId": "<project>"}),
]  # fmt: skip

CASES = [*PROJECTS, *ASSETS, *LABELS, *ISSUES, *PLUGINS]


@dataclass(frozen=True)
class Stage:
    """A world in which all that the cases name exists."""

    wire: Wire
    names: Names

    def export(self) -> bytes:
        return json.dumps(self.wire.emulator.world.export()).encode()


@pytest.fixture(scope="module")
def _whole_stage() -> Iterator[Stage]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        names = set_stage(wire)
        where = {"pluginName": PLUGIN, "projectId": names["project"]}
        wire.call("activatePluginOnProject", where=where)
        yield Stage(wire, names)
        wire.close()


@pytest.fixture
def stage(_whole_stage: Stage) -> Iterator[Stage]:
    emulator = _whole_stage.wire.emulator
    mark = emulator.mark()
    yield _whole_stage
    emulator.reset(mark)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_is_refused_and_changes_nothing(stage: Stage, case: Case) -> None:
    before = stage.export()
    answer = stage.wire.send(case.mutation, case.key, **filled(case.arguments, stage.names))
    assert stage.export() == before
    _check(case, answer.status_code, answer.json())
    assert stage.wire.call("viewer", selection="email") == {"email": "admin@example.com"}


def _check(case: Case, status: int, answer: dict[str, Any]) -> None:
    (error,) = answer.pop("errors")
    assert status == case.status, error
    assert case.says in error["message"]
    assert error["extensions"] == {"code": case.code}
    if status == 400:
        assert answer == {}
        return
    assert error["path"] == ["data"]
    assert error["message"].endswith(" | trace : false")
    assert error["locations"][0].keys() == {"line", "column"}
    is_nullable = not str(SCHEMA.mutation_type.fields[case.mutation].type).endswith("!")  # type: ignore[union-attr]
    assert answer == {"data": {"data": None} if is_nullable else None}


def test_every_mutation_is_in_the_table() -> None:
    assert SCHEMA.mutation_type is not None
    assert {case.mutation for case in CASES} == set(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("mutation", sorted({case.mutation for case in CASES}))
def test_every_mutation_is_tried_with_what_is_not_the_users_and_with_what_is_malformed(
    mutation: str,
) -> None:
    of_it = [case for case in CASES if case.mutation == mutation]
    assert any(case.status == 400 for case in of_it)
    # Anybody may make a project.
    assert any(case.key != "admin" for case in of_it) or mutation == "createProject"


def test_access_denied_is_answered_as_it_was_recorded(stage: Stage) -> None:
    query = "mutation ($id: ID!) {\n\n\n\n\n\n\n  data: deleteProject(where: {id: $id}) { id }\n}"
    answer = stage.wire.post({"query": query, "variables": {"id": GHOST}})
    assert answer.status_code == 200
    assert answer.json() == {
        "errors": [
            {
                "message": DENIED,
                "locations": [{"line": 8, "column": 3}],
                "path": ["data"],
                "extensions": {"code": "401"},
            }
        ],
        "data": {"data": None},
    }


RECORDED = [  # document, variables, the recorded error without its locations (contract §2)
    (
        "query($skip: Int!) { users(where: {}, first: 1, skip: $skip) { id } }",
        'Variable "$skip" of required type "Int!" was not provided.',
        errors.INTERNAL_ERROR,
    ),
    ("{ users( : }", 'Syntax Error: Expected Name, found ":".', errors.PARSE_FAILED),
    (
        '{ users(where: {emaiel: "x"}, first: 1, skip: 0) { id } }',
        'Field "emaiel" is not defined by type "UserWhere". Did you mean "email"?',
        errors.VALIDATION_FAILED,
    ),
    (
        "{ projects(first: 1, skip: 0) { id } }",
        MISSING_ARGUMENT,
        errors.VALIDATION_FAILED,
    ),
    (
        "{ users(where: {}, first: {}, skip: 0) { id } }",
        "Bad type of input PageSize, expected type integer, got type object.",
        errors.VALIDATION_FAILED,
    ),
    (
        "{ viewer { id nothing } }",
        'Cannot query field "nothing" on type "User".',
        errors.VALIDATION_FAILED,
    ),
]


@pytest.mark.parametrize(("query", "message", "code"), RECORDED, ids=lambda each: each[:40])
def test_an_invalid_document_is_answered_as_it_was_recorded(
    stage: Stage, query: str, message: str, code: str
) -> None:
    answer = stage.wire.post({"query": query})
    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["message"] == message
    assert error["extensions"] == {"code": code}
    assert ("locations" in error) == ("PageSize" not in message)


UNREADABLE_VARIABLES = [
    ("assets", {"where": {}, "first": 1001, "skip": 0}, "PageSize must be between 0 and 1000"),
    ("assets", {"where": {}, "first": -1, "skip": 0}, "PageSize must be between 0 and 1000"),
    ("assets", {"where": {}, "first": True, "skip": 0}, "got type boolean"),
    ("assets", {"where": {"createdAtGte": "2023-13-01"}, "first": 1, "skip": 0}, "YYYY-MM-DD"),
    ("assets", {"where": {"createdAtGte": 5}, "first": 1, "skip": 0}, "YYYY-MM-DD"),
]


@pytest.mark.parametrize(("operation", "arguments", "says"), UNREADABLE_VARIABLES)
def test_a_query_with_a_value_out_of_its_range_says_what_to_give(
    stage: Stage, operation: str, arguments: dict[str, Any], says: str
) -> None:
    answer = stage.wire.send(operation, **arguments)
    assert answer.status_code == 400
    assert says in answer.json()["errors"][0]["message"]


def test_a_page_cannot_begin_before_the_list(stage: Stage) -> None:
    message = stage.wire.refusal("assets", where={}, first=1, skip=-1)
    assert "skip must be 0 or more" in message


@pytest.mark.parametrize("member", ["skip", "limit"])
@pytest.mark.parametrize("operation", ["getPluginLogs", "getPluginBuildErrors"])
def test_a_page_of_log_lines_cannot_be_negative(stage: Stage, operation: str, member: str) -> None:
    data = {"pluginName": PLUGIN, member: -1}
    if operation == "getPluginLogs":
        data["projectId"] = stage.names["project"]
    assert f"{member} must be 0 or more" in stage.wire.refusal(operation, data=data)


def test_unknown_ids_in_a_query_select_nothing(stage: Stage) -> None:
    for operation in ("projects", "assets", "labels", "issues", "users", "organizations"):
        assert stage.wire.ids(operation, {"id": GHOST}) == []
    assert stage.wire.ids("assets", {"project": {"id": GHOST}}) == []


@pytest.mark.parametrize("key", ["manager", "reviewer", "labeler"])
def test_what_a_user_does_not_see_is_in_no_list_of_theirs(stage: Stage, key: str) -> None:
    names = stage.names
    for operation, name in (
        ("projects", "hidden project"),
        ("assets", "hidden asset"),
        ("labels", "hidden label"),
        ("issues", "hidden issue"),
    ):
        assert stage.wire.ids(operation, {"id": names[name]}, key) == []
        assert names[name] not in stage.wire.ids(operation, {}, key)


QUERIES_FOR_A_PLUGIN = [
    ("getPluginRunnerStatus", {"name": "Nobody"}),
    ("getPluginLogs", {"data": {"pluginName": "Nobody", "projectId": GHOST}}),
    ("getPluginBuildErrors", {"data": {"pluginName": "Nobody"}}),
]


@pytest.mark.parametrize(("operation", "arguments"), QUERIES_FOR_A_PLUGIN)
def test_a_query_for_an_unknown_plugin_says_so(
    stage: Stage, operation: str, arguments: dict[str, Any]
) -> None:
    assert stage.wire.refusal(operation, **arguments) == _unknown_plugin(operation)


BAD_PATHS = ["street.png", "projects/p", "projects/p/assets/a/../../b", "/etc/passwd", ""]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_upload_url_is_given_for_a_path_that_is_no_assets(stage: Stage, path: str) -> None:
    message = stage.wire.refusal("createUploadBucketSignedUrls", filePaths=[path])
    assert "projects/<project id>/assets/<asset id>/<name>" in message


def test_no_upload_url_is_given_for_a_project_that_the_user_does_not_see(stage: Stage) -> None:
    path = f"projects/{stage.names['hidden project']}/assets/a/content"
    refusal = stage.wire.refusal("createUploadBucketSignedUrls", "labeler", filePaths=[path])
    assert refusal == DENIED
