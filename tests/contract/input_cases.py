"""What each member of each input of a mutation does: one small case each, read back or refused.

``CASES`` maps ``InputType.member``, ``mutation(argument)`` or ``query(argument)`` to its case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stage import (
    EASY,
    HARD,
    INTERFACE,
    PLUGIN,
    QUIET_PLUGIN,
    Names,
    archive,
    deploy_plugin,
    upload,
)
from tests.wire import Wire


@dataclass(frozen=True)
class Stage:
    """A world to try things in, and the ids of what is there."""

    wire: Wire
    names: Names

    def read(self, operation: str, name: str, selection: str) -> Any:
        """One thing of the world, by its name or id."""
        where = {"id": self.names.get(name, name)}
        (found,) = self.wire.list(operation, where, selection=selection)
        return found


Case = Callable[[Stage], None]

CASES: dict[str, Case] = {}


def case(*keys: str) -> Callable[[Case], Case]:
    """Register a case for the members that it shows."""

    def register(function: Case) -> Case:
        for key in keys:
            assert key not in CASES, key
            CASES[key] = function
        return function

    return register


# Projects


def _create_project(stage: Stage, **data: Any) -> dict[str, Any]:
    fields = "id title description inputType jsonInterface"
    created: dict[str, Any] = stage.wire.call(
        "createProject", data={"title": "t", **data}, selection=fields
    )
    assert stage.read("projects", created["id"], fields) == created
    return created


@case("CreateProjectData.title", "createProject(data)")
def _(stage: Stage) -> None:
    assert _create_project(stage, title="Another")["title"] == "Another"


@case("CreateProjectData.description")
def _(stage: Stage) -> None:
    assert _create_project(stage, description="words")["description"] == "words"


@case("CreateProjectData.inputType")
def _(stage: Stage) -> None:
    assert _create_project(stage, inputType="TEXT")["inputType"] == "TEXT"


@case("CreateProjectData.jsonInterface")
def _(stage: Stage) -> None:
    interface = json.dumps(INTERFACE)
    assert _create_project(stage, jsonInterface=interface)["jsonInterface"] == interface


PROPERTY = {
    "filterable": False,
    "type": "date",
    "visibleByLabeler": True,
    "visibleByReviewer": False,
}
PROJECT_VALUES = {
    "canNavigateBetweenAssets": False,
    "canSkipAsset": False,
    "description": "other words",
    "instructions": "http://example.com/how-to",
    "jsonInterface": '{"jobs":{}}',
    "metadataProperties": {"when": PROPERTY},
    "metadataTypes": {"size": "number"},
    "reviewCoverage": 40,
    "shouldAutoAssign": False,
    "title": "Another title",
}
PROJECT_REFUSALS = {
    "consensusMark": (0.5, "consensusMark is computed and cannot be set"),
    "consensusTotCoverage": (50, "consensusTotCoverage = 50 is not emulated"),
    "honeypotMark": (0.5, "honeypotMark is computed and cannot be set"),
    "inputType": ("TEXT", "inputType is fixed when the project is created"),
    "minConsensusSize": (2, "minConsensusSize = 2 is not emulated"),
    "numberOfAssets": (1, "numberOfAssets is computed"),
    "numberOfRemainingAssets": (1, "numberOfRemainingAssets is computed"),
    "numberOfReviewedAssets": (1, "numberOfReviewedAssets is computed"),
    "numberOfSkippedAssets": (1, "numberOfSkippedAssets is computed"),
    "useHoneyPot": (True, "useHoneyPot = True is not emulated"),
}


def _sets_project(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert stage.read("projects", "project", member) != {member: value}
        where = {"id": stage.names["project"]}
        stage.wire.call("updatePropertiesInProject", data={member: value}, where=where)
        assert stage.read("projects", "project", member) == {member: value}
        assert stage.read("projects", "hidden project", member) != {member: value}

    return run


def _refused_for_project(member: str, value: Any, says: str) -> Case:
    def run(stage: Stage) -> None:
        where = {"id": stage.names["project"]}
        data = {member: value, "title": "not stored either"}
        assert says in stage.wire.refusal("updatePropertiesInProject", data=data, where=where)
        assert stage.read("projects", "project", "title") != {"title": "not stored either"}

    return run


for _member, _value in PROJECT_VALUES.items():
    case(f"ProjectData.{_member}")(_sets_project(_member, _value))
for _member, (_value, _says) in PROJECT_REFUSALS.items():
    case(f"ProjectData.{_member}")(_refused_for_project(_member, _value, _says))
case("updatePropertiesInProject(data)", "updatePropertiesInProject(where)")(
    _sets_project("title", "Again another")
)


@case("ProjectData.archived")
def _(stage: Stage) -> None:
    where = {"id": stage.names["project"]}
    for archived in (True, False):
        stage.wire.call("updatePropertiesInProject", data={"archived": archived}, where=where)
        found = stage.wire.ids("projects", {"archived": archived})
        assert stage.names["project"] in found


def _deletes_project(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        stage.wire.call(mutation, where={"id": stage.names["hidden project"]})
        assert stage.wire.ids("projects", {}) == [stage.names["project"]]

    return run


for _mutation in ("deleteProject", "deleteProjectAsynchronously"):
    case(f"{_mutation}(where)")(_deletes_project(_mutation))


# Assets


def _append(stage: Stage, mutation: str, **data: Any) -> dict[str, Any]:
    fields = "id externalId content jsonContent jsonMetadata status projectId"
    data = {"contentArray": ["http://example.com/a.png"], **data}
    known = set(stage.wire.ids("assets", {}))
    stage.wire.call(mutation, data=data, where={"id": stage.names["project"]}, selection="id")
    (added,) = set(stage.wire.ids("assets", {})) - known
    found: dict[str, Any] = stage.read("assets", added, fields)
    return found


def _appends(mutation: str, array: str, member: str, value: str) -> Case:
    def run(stage: Stage) -> None:
        assert _append(stage, mutation, **{array: [value]})[member] == value

    return run


def _refuses_honeypots(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        data = {"contentArray": ["http://example.com"], "isHoneypotArray": [True]}
        where = {"id": stage.names["project"]}
        assert "leave isHoneypot out" in stage.wire.refusal(mutation, data=data, where=where)
        assert _append(stage, mutation, isHoneypotArray=[False])

    return run


def _appends_to_project(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        assert _append(stage, mutation)["projectId"] == stage.names["project"]

    return run


for _mutation, _type in (
    ("appendManyAssets", "AppendManyAssetsData"),
    ("appendManyToDataset", "AppendManyToDatasetData"),
):
    for _array, _member, _value in (
        ("contentArray", "content", "http://example.com/b.png"),
        ("externalIDArray", "externalId", "by another name"),
        ("idArray", "id", "cl0ofthecallersownchoice0"),
        ("jsonContentArray", "jsonContent", "http://example.com/b.json"),
        ("jsonMetadataArray", "jsonMetadata", '{"a": 1}'),
    ):
        case(f"{_type}.{_array}")(_appends(_mutation, _array, _member, _value))
    case(f"{_type}.isHoneypotArray")(_refuses_honeypots(_mutation))
    case(f"{_mutation}(data)", f"{_mutation}(where)")(_appends_to_project(_mutation))
case("AppendManyToDatasetData.statusArray")(
    _appends("appendManyToDataset", "statusArray", "status", "LABELED")
)


def _sets_asset(member: str, value: Any, selection: str = "") -> Case:
    selection = selection or member

    def run(stage: Stage) -> None:
        stage.wire.call(
            "updatePropertiesInAssets",
            where=[{"id": stage.names["farm"]}, {"id": stage.names["pond"]}],
            data=[{member: value}, {}],
        )
        assert stage.read("assets", "farm", selection) == {member: value}
        assert stage.read("assets", "pond", selection) != {member: value}

    return run


for _member, _value in {
    "content": "http://example.com/other.png",
    "externalId": "barn",
    "jsonContent": "http://example.com/other.json",
    "jsonMetadata": '{"b": [1, null]}',
    "priority": 5,
    "status": "ONGOING",
}.items():
    case(f"AssetData.{_member}")(_sets_asset(_member, _value))
case("AssetData.resolution", "ResolutionInput.height", "ResolutionInput.width")(
    _sets_asset("resolution", {"width": 11, "height": 22}, "resolution { width height }")
)
case("updatePropertiesInAssets(where)", "updatePropertiesInAssets(data)")(
    _sets_asset("priority", 7)
)


def _deletes_assets(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        stage.wire.call(mutation, where={"idIn": [stage.names["farm"]]})
        externals = stage.wire.list(
            "assets", {"externalIdIn": ["farm", "pond"]}, selection="externalId"
        )
        assert externals == [{"externalId": "pond"}]

    return run


def _moves_assets(mutation: str, name: str, status: str) -> Case:
    def run(stage: Stage) -> None:
        before = stage.read("assets", "street", "status")
        stage.wire.call(mutation, where={"idIn": [stage.names[name]]})
        assert stage.read("assets", name, "status") == {"status": status}
        assert stage.read("assets", "street", "status") == before

    return run


@case("setAssetsPriority(priority)", "setAssetsPriority(where)")
def _(stage: Stage) -> None:
    where = {"idIn": [stage.names["meadow"]]}
    stage.wire.call("setAssetsPriority", where=where, priority=7)
    assert stage.read("assets", "meadow", "priority") == {"priority": 7}
    assert stage.read("assets", "aquarium", "priority") == {"priority": 0}


def _changes_label(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert stage.read("labels", "pond DEFAULT", member) != {member: value}
        where = {"id": stage.names["pond DEFAULT"]}
        stage.wire.call("updatePropertiesInLabel", where=where, data={member: value})
        assert stage.read("labels", "pond DEFAULT", member) == {member: value}
        assert stage.read("labels", "farm DEFAULT", member) != {member: value}

    return run


for _member, _value in {
    "isSentBackToQueue": True,
    "jsonResponse": HARD,
    "modelName": "another",
    "secondsToLabel": 123.5,
}.items():
    case(f"LabelData.{_member}")(_changes_label(_member, _value))
case("updatePropertiesInLabel(data)", "updatePropertiesInLabel(where)")(
    _changes_label("modelName", "another")
)


@case("deleteLabels(ids)")
def _(stage: Stage) -> None:
    prediction = stage.names["meadow PREDICTION"]
    assert stage.wire.call("deleteLabels", ids=[prediction]) == [prediction]
    assert stage.wire.ids("labels", {"id": prediction}) == []
    assert stage.wire.ids("labels", {"id": stage.names["farm INFERENCE"]}) != []


for _mutation in ("deleteAssets", "deleteManyFromDataset"):
    case(f"{_mutation}(where)")(_deletes_assets(_mutation))
for _mutation in ("addAssetsToReview", "addAllLabeledAssetsToReview"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "farm", "TO_REVIEW"))
for _mutation in ("sendAssetsBackToQueue", "sendBackAssetsToQueue"):
    case(f"{_mutation}(where)")(_moves_assets(_mutation, "pond", "ONGOING"))


@case("createUploadBucketSignedUrls(filePaths)")
def _(stage: Stage) -> None:
    paths = [f"projects/{stage.names['project']}/assets/{each}/content" for each in "ba"]
    urls = stage.wire.call("createUploadBucketSignedUrls", filePaths=paths)
    assert [url.partition("&id=")[2] for url in urls] == paths


@case("filterExistingAssets(projectID)", "filterExistingAssets(externalIDs)")
def _(stage: Stage) -> None:
    def existing(project: str) -> Any:
        external_ids = ["hidden", "street"]
        project_id = stage.names[project]
        return stage.wire.call(
            "filterExistingAssets", projectID=project_id, externalIDs=external_ids
        )

    assert existing("project") == ["street"]
    assert existing("hidden project") == ["hidden"]


# Labels


def _label(stage: Stage, row: dict[str, Any], selection: str, **data: Any) -> Any:
    """What is read back of a label that was appended to the farm."""
    row = {"assetID": stage.names["farm"], "jsonResponse": EASY, **row}
    data = {"labelType": "REVIEW", "labelsData": [row], **data}
    (label,) = stage.wire.call("appendManyLabels", data=data, where={}, selection="id")
    return stage.read("labels", label["id"], selection)


@case("AppendManyLabelsData.labelType", "AppendManyLabelsData.labelsData", "appendManyLabels(data)")
def _(stage: Stage) -> None:
    for label_type in ("DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"):
        read = _label(stage, {}, "labelType", labelType=label_type)
        assert read == {"labelType": label_type}


@case("AppendManyLabelsData.overwrite")
def _(stage: Stage) -> None:
    where = {"asset": {"id": stage.names["farm"]}, "typeIn": ["INFERENCE"]}
    row = {"modelName": "object-counter-2"}
    _label(stage, row, "id", labelType="INFERENCE", overwrite=False)
    assert stage.wire.call("countLabels", where=where) == 2
    _label(stage, row, "id", labelType="INFERENCE", overwrite=True)
    assert stage.wire.call("countLabels", where=where) == 1


@case("AppendLabelData.assetID")
def _(stage: Stage) -> None:
    assert _label(stage, {"assetID": stage.names["pond"]}, "assetId") == {
        "assetId": stage.names["pond"]
    }


@case("AppendLabelData.referencedLabelId")
def _(stage: Stage) -> None:
    referenced = stage.names["farm DEFAULT"]
    read = _label(stage, {"referencedLabelId": referenced}, "referencedLabel { id }")
    assert read == {"referencedLabel": {"id": referenced}}


def _labels_with(member: str, value: Any, read_as: str) -> Case:
    def run(stage: Stage) -> None:
        assert _label(stage, {member: value}, read_as) == {read_as: value}

    return run


for _member, _value in {
    "clientVersion": 3,
    "jsonResponse": HARD,
    "modelName": "model",
    "secondsToLabel": 1.5,
}.items():
    case(f"AppendLabelData.{_member}")(_labels_with(_member, _value, _member))


@case("AppendLabelData.authorID")
def _(stage: Stage) -> None:
    assert _label(stage, {"authorID": stage.names["rita"]}, "authorId") == {
        "authorId": stage.names["rita"]
    }


@case("appendManyLabels(where)")
def _(stage: Stage) -> None:
    data = {"labelType": "DEFAULT", "labelsData": [{"jsonResponse": EASY}]}
    where = {"idIn": [stage.names["meadow"]]}
    (label,) = stage.wire.call("appendManyLabels", data=data, where=where, selection="assetId")
    assert label == {"assetId": stage.names["meadow"]}


def _old_label(stage: Stage, data: dict[str, Any], selection: str) -> Any:
    data = {"labelType": "DEFAULT", "jsonResponse": EASY, **data}
    label = stage.wire.call("appendToLabels", data=data, where={"id": stage.names["farm"]})
    return stage.read("labels", label["id"], selection)


def _old_labels_with(member: str, value: Any) -> Case:
    def run(stage: Stage) -> None:
        assert _old_label(stage, {member: value}, member) == {member: value}

    return run


for _member, _value in {
    "clientVersion": 2,
    "jsonResponse": HARD,
    "labelType": "REVIEW",
    "secondsToLabel": 2.5,
}.items():
    case(f"AppendToLabelsData.{_member}")(_old_labels_with(_member, _value))


@case("AppendToLabelsData.authorID")
def _(stage: Stage) -> None:
    author = stage.names["leo"]
    assert _old_label(stage, {"authorID": author}, "authorId") == {"authorId": author}


@case("AppendToLabelsData.skipped")
def _(stage: Stage) -> None:
    _old_label(stage, {"skipped": True}, "id")
    assert stage.read("assets", "farm", "skipped") == {"skipped": True}


@case("appendToLabels(data)", "appendToLabels(where)")
def _(stage: Stage) -> None:
    assert _old_label(stage, {}, "assetId") == {"assetId": stage.names["farm"]}


@case(
    "CreatePredictionsData.jsonResponseArray",
    "CreatePredictionsData.modelNameArray",
    "createPredictions(data)",
    "createPredictions(where)",
)
def _(stage: Stage) -> None:
    stage.wire.call(
        "createPredictions",
        data={"jsonResponseArray": [EASY, HARD], "modelNameArray": ["one", "two"]},
        where={"idIn": [stage.names["pond"], stage.names["farm"]]},
    )
    where = {
        "typeIn": ["PREDICTION"],
        "asset": {"idIn": [stage.names["pond"], stage.names["farm"]]},
    }
    read = stage.wire.list("labels", where, selection="assetId jsonResponse modelName")
    assert read == [
        {"assetId": stage.names["pond"], "jsonResponse": EASY, "modelName": "one"},
        {"assetId": stage.names["farm"], "jsonResponse": HARD, "modelName": "two"},
    ]


# Issues

_ISSUE = "assetId objectMid type comments { text }"


def _issue(stage: Stage, row: dict[str, Any]) -> Any:
    row = {"assetId": stage.names["farm"], **row}
    (issue,) = stage.wire.call("createIssues", issues=[row], where={}, selection="id")
    return stage.read("issues", issue["id"], _ISSUE)


def _old_issue(stage: Stage, data: dict[str, Any]) -> Any:
    where = {"id": stage.names["farm"]}
    issue = stage.wire.call("appendToIssues", data=data, where=where, selection="id")
    return stage.read("issues", issue["id"], _ISSUE)


for _type, _make in (("IssueToCreate", _issue), ("AppendToIssuesData", _old_issue)):

    def _issues_with(make: Any, member: str, value: Any, read: dict[str, Any]) -> Case:
        def run(stage: Stage) -> None:
            plain = make(stage, {})
            assert make(stage, {member: value}) == {**plain, **read}
            assert plain != {**plain, **read}

        return run

    for _member, _value, _read in (
        ("objectMid", "m1", {"objectMid": "m1"}),
        ("text", "Why?", {"comments": [{"text": "Why?"}]}),
        ("type", "QUESTION", {"type": "QUESTION"}),
    ):
        case(f"{_type}.{_member}")(_issues_with(_make, _member, _value, _read))


@case("IssueToCreate.assetId")
def _(stage: Stage) -> None:
    assert _issue(stage, {"assetId": stage.names["pond"]})["assetId"] == stage.names["pond"]


@case("IssueToCreate.labelID", "createIssues(issues)")
def _(stage: Stage) -> None:
    row = {"assetId": None, "labelID": stage.names["pond DEFAULT"]}
    assert _issue(stage, row)["assetId"] == stage.names["pond"]


@case("AppendToIssuesData.labelID", "appendToIssues(data)", "appendToIssues(where)")
def _(stage: Stage) -> None:
    assert _old_issue(stage, {"labelID": stage.names["farm DEFAULT"]})["assetId"]
    data, where = {"labelID": stage.names["pond DEFAULT"]}, {"id": stage.names["farm"]}
    assert "[accessDenied]" in stage.wire.refusal("appendToIssues", data=data, where=where)


@case("createIssues(where)")
def _(stage: Stage) -> None:
    issues = [{"assetId": stage.names["farm"]}]
    for where, is_allowed in (
        ({"project": {"id": stage.names["project"]}}, True),
        ({"project": {"id": stage.names["hidden project"]}}, False),
        ({"idIn": [stage.names["farm"]]}, True),
        ({"idIn": [stage.names["pond"]]}, False),
        ({"externalIdStrictlyIn": ["pond"]}, False),
    ):
        answer = stage.wire.send("createIssues", issues=issues, where=where).json()
        assert ("errors" not in answer) == is_allowed


@case("AppendToCommentsData.text", "appendToComments(data)", "appendToComments(where)")
def _(stage: Stage) -> None:
    where = {"id": stage.names["hidden issue"]}
    stage.wire.call("appendToComments", data={"text": "Because."}, where=where)
    read = stage.read("issues", "hidden issue", "comments { text }")
    assert read["comments"] == [{"text": "why?"}, {"text": "Because."}]


@case("AppendToCommentsData.inReview")
def _(stage: Stage) -> None:
    where = {"id": stage.names["issue"]}
    data = {"text": "t", "inReview": True}
    assert "send inReview: false" in stage.wire.refusal("appendToComments", data=data, where=where)
    stage.wire.call("appendToComments", data={"text": "t", "inReview": False}, where=where)


@case("IssueData.status", "updatePropertiesInIssue(data)", "updatePropertiesInIssue(where)")
def _(stage: Stage) -> None:
    for status in ("CANCELLED", "SOLVED", "OPEN"):
        where = {"id": stage.names["issue"]}
        stage.wire.call("updatePropertiesInIssue", data={"status": status}, where=where)
        assert stage.read("issues", "issue", "status") == {"status": status}
    assert stage.read("issues", "hidden issue", "status") == {"status": "OPEN"}


# Plugins


def _plugin_names(stage: Stage) -> list[str]:
    return [each["name"] for each in stage.wire.call("listPlugins")]


def _activate(stage: Stage, name: str = PLUGIN, project: str = "project") -> None:
    where = {"pluginName": name, "projectId": stage.names[project]}
    stage.wire.call("activatePluginOnProject", where=where)


def _submit(stage: Stage, asset: str, count: int = 1) -> None:
    rows = [{"assetID": stage.names[asset], "jsonResponse": "{}"}] * count
    data = {"labelType": "DEFAULT", "labelsData": rows}
    stage.wire.call("appendManyLabels", data=data, where={})


def _logs(stage: Stage, name: str = PLUGIN, project: str = "project", **data: Any) -> list[str]:
    data = {"pluginName": name, "projectId": stage.names[project], **data}
    lines = stage.wire.call("getPluginLogs", data=data, selection="content")
    return [line["content"] for line in lines]


@case("CreatePluginData.pluginName", "createPlugin(data)")
def _(stage: Stage) -> None:
    stage.wire.call("createPlugin", data={"pluginName": "Second"})
    assert _plugin_names(stage) == [PLUGIN, "Second"]


@case("GenerateUpdateUrlData.pluginName", "generateUpdateUrl(data)")
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Second")
    url = stage.wire.call("generateUpdateUrl", data={"pluginName": "Second"})
    upload(stage.wire, url, archive(main__py="broken("))
    stage.wire.call("updatePluginRunner", data={"pluginName": "Second"})
    assert stage.wire.call("getPluginRunnerStatus", name="Second") == "FAILED"
    assert stage.wire.call("getPluginRunnerStatus", name=PLUGIN) == "ACTIVE"


case("UpdatePluginRunnerData.pluginName", "updatePluginRunner(data)")(
    CASES["generateUpdateUrl(data)"]
)
case("getPluginRunnerStatus(name)")(CASES["generateUpdateUrl(data)"])


@case("CreatePluginRunnerData.pluginName", "createPluginRunner(data)")
def _(stage: Stage) -> None:
    assert deploy_plugin(stage.wire, "Second") == "ACTIVE"


@case("CreatePluginRunnerData.handlerTypes")
def _(stage: Stage) -> None:
    for name, types in (("A", ["onReview"]), ("B", ["onSubmit"]), ("C", None)):
        deploy_plugin(stage.wire, name, handlerTypes=types)
        _activate(stage, name)
    _submit(stage, "meadow")
    assert [_logs(stage, name) for name in "ABC"] == [[], ["submitted"], ["submitted"]]


@case("UpdatePluginRunnerData.handlerTypes")
def _(stage: Stage) -> None:
    _activate(stage)
    url = stage.wire.call("generateUpdateUrl", data={"pluginName": PLUGIN})
    upload(stage.wire, url, archive(main__py=QUIET_PLUGIN))
    data = {"pluginName": PLUGIN, "handlerTypes": ["onReview"]}
    stage.wire.call("updatePluginRunner", data=data)
    _submit(stage, "meadow")
    assert _logs(stage) == []


def _refuses_event_matchers(mutation: str) -> Case:
    def run(stage: Stage) -> None:
        data = {"pluginName": PLUGIN, "eventMatcher": ["asset.*"]}
        assert "use on_submit and on_review" in stage.wire.refusal(mutation, data=data)

    return run


case("CreatePluginRunnerData.eventMatcher")(_refuses_event_matchers("createPluginRunner"))
case("UpdatePluginRunnerData.eventMatcher")(_refuses_event_matchers("updatePluginRunner"))


@case(
    "PluginOnProjectWhere.pluginName",
    "PluginOnProjectWhere.projectId",
    "activatePluginOnProject(where)",
    "deactivatePluginOnProject(where)",
)
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Second")
    _activate(stage, PLUGIN, "hidden project")
    _activate(stage, "Second", "project")
    _activate(stage, PLUGIN, "project")
    both = [stage.names["hidden project"], stage.names["project"]]
    assert [each["projectIds"] for each in stage.wire.call("listPlugins")] == [both, both[1:]]
    where = {"pluginName": PLUGIN, "projectId": both[0]}
    stage.wire.call("deactivatePluginOnProject", where=where)
    assert [each["projectIds"] for each in stage.wire.call("listPlugins")] == [both[1:], both[1:]]


@case("DeletePluginWhere.pluginName", "deletePlugin(where)")
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Second")
    stage.wire.call("deletePlugin", where={"pluginName": PLUGIN})
    assert _plugin_names(stage) == ["Second"]


@case("PluginLogsData.limit", "PluginLogsData.skip", "getPluginLogs(data)")
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Numbers", QUIET_PLUGIN.replace('"submitted"', 'label["version"]'))
    _activate(stage, "Numbers")
    _submit(stage, "meadow", 4)
    assert _logs(stage, "Numbers") == ["3", "2", "1", "0"]
    assert _logs(stage, "Numbers", limit=2) == ["3", "2"]
    assert _logs(stage, "Numbers", skip=3) == ["0"]
    assert _logs(stage, "Numbers", limit=2, skip=1) == ["2", "1"]
    assert _logs(stage, "Numbers", limit=0) == []
    assert _logs(stage, "Numbers", skip=10) == []


@case("PluginLogsData.pluginName", "PluginLogsData.projectId")
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Second", QUIET_PLUGIN.replace("submitted", "second"))
    _activate(stage)
    _activate(stage, "Second")
    _submit(stage, "meadow")
    assert _logs(stage) == ["submitted"]
    assert _logs(stage, "Second") == ["second"]
    assert _logs(stage, PLUGIN, "hidden project") == []


@case("PluginLogsData.createdAt")
def _(stage: Stage) -> None:
    _activate(stage)
    _submit(stage, "meadow")
    data = {"pluginName": PLUGIN, "projectId": stage.names["project"]}
    (line,) = stage.wire.call("getPluginLogs", data=data, selection="createdAt")
    assert _logs(stage, createdAt=line["createdAt"]) == ["submitted"]
    assert _logs(stage, createdAt="2000-01-01") == ["submitted"]
    assert _logs(stage, createdAt="2100-01-01") == []


def _build_errors(stage: Stage, name: str = "Broken", **data: Any) -> list[str]:
    data = {"pluginName": name, **data}
    lines = stage.wire.call("getPluginBuildErrors", data=data, selection="content")
    return [line["content"].splitlines()[0].strip() for line in lines]


@case(
    "PluginBuildErrorsData.pluginName",
    "PluginBuildErrorsData.limit",
    "PluginBuildErrorsData.skip",
    "PluginBuildErrorsData.createdAt",
    "getPluginBuildErrors(data)",
)
def _(stage: Stage) -> None:
    broken = archive(main__py="(", helper__py="(")
    assert deploy_plugin(stage.wire, "Broken", broken) == "FAILED"
    both = ['File "main.py", line 1', 'File "helper.py", line 1']
    assert _build_errors(stage) == both
    assert _build_errors(stage, PLUGIN) == []
    assert _build_errors(stage, limit=1) == both[:1]
    assert _build_errors(stage, skip=1) == both[1:]
    assert _build_errors(stage, createdAt="2000-01-01") == both
    assert _build_errors(stage, createdAt="2100-01-01") == []


# The arguments of the queries that list and count


def _lists(operation: str) -> Case:
    def run(stage: Stage) -> None:
        everything = stage.wire.list(operation, {})
        arguments = {"where": {}, "first": 1000, "skip": 0}
        assert everything
        for changed, expected in (
            ({"where": {"id": everything[0]["id"]}}, everything[:1]),
            ({"where": {"id": "nothing"}}, []),
            ({"first": 0}, []),
            ({"first": 1}, everything[:1]),
            ({"skip": 1}, everything[1:]),
        ):
            assert (
                stage.wire.call(operation, selection="id", **{**arguments, **changed}) == expected
            )

    return run


def _counts(operation: str) -> Case:
    def run(stage: Stage) -> None:
        assert stage.wire.call(operation, where={}) > 0
        assert stage.wire.call(operation, where={"id": "nothing"}) == 0

    return run


for _noun in ("ApiKeys", "Assets", "Issues", "Labels", "Organizations", "Projects", "Users"):
    _operation = _noun[0].lower() + _noun[1:]
    case(*(f"{_operation}({each})" for each in ("where", "first", "skip")))(_lists(_operation))
    case(f"count{_noun}(where)")(_counts(f"count{_noun}"))
case("countPlugins(where)")(_counts("countPlugins"))
