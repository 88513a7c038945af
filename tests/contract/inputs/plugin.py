"""Plugins."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import CASES, Stage, case
from tests.kit.webhook_receiver import Delivered, Receiver
from tests.kit.world_content import PLUGIN, QUIET_PLUGIN, archive, deploy_plugin, upload


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


_TELLING_PLUGIN = """
class PluginHandler:
    def __init__(self, kili, project_id, logger):
        pass

    def on_event(self, payload):
        print(payload["event"])
"""


@case("CreatePluginRunnerData.eventMatcher", "UpdatePluginRunnerData.eventMatcher")
def _(stage: Stage) -> None:
    deploy_plugin(stage.wire, "Teller", _TELLING_PLUGIN, eventMatcher=["label.*"])
    _activate(stage, "Teller")
    _submit(stage, "meadow")
    assert _logs(stage, "Teller") == ["label.workflow.created.default"]
    url = stage.wire.call("generateUpdateUrl", data={"pluginName": "Teller"})
    upload(stage.wire, url, archive(main__py=_TELLING_PLUGIN))
    data = {"pluginName": "Teller", "eventMatcher": ["asset.skipped"]}
    stage.wire.call("updatePluginRunner", data=data)
    _submit(stage, "meadow")
    stage.wire.call("skipAsset", reason="blurred", where={"id": stage.names["aquarium"]})
    assert _logs(stage, "Teller") == ["asset.skipped", "label.workflow.created.default"]


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


def _hook(stage: Stage, url: str, name: str = "Hook", **data: Any) -> None:
    data = {"pluginName": name, "webhookUrl": url, **data}
    stage.wire.call("createWebhook", data=data)
    _activate(stage, name)


def _delivered(receiver: Receiver) -> list[Delivered]:
    """What came in since the last call."""
    received, receiver.received = receiver.received, []
    return received


@case(
    "CreateWebhookData.webhookUrl",
    "CreateWebhookData.header",
    "CreateWebhookData.pluginName",
    "createWebhook(data)",
)
def _(stage: Stage) -> None:
    with Receiver() as one, Receiver() as other:
        _hook(stage, one.url, "Bare")
        _hook(stage, other.url, "Keyed", header="open sesame")
        _submit(stage, "meadow")
        assert [each.headers.get("Authorization") for each in _delivered(one)] == [None]
        assert [each.headers.get("Authorization") for each in _delivered(other)] == ["open sesame"]
        assert "answered 200" in _logs(stage, "Bare")[0]


@case(
    "UpdateWebhookData.webhookUrl",
    "UpdateWebhookData.header",
    "UpdateWebhookData.pluginName",
    "updateWebhook(data)",
)
def _(stage: Stage) -> None:
    with Receiver() as one, Receiver() as other:
        for name in ("A", "B"):
            _hook(stage, one.url, name, header="old")
        data = {"pluginName": "A", "webhookUrl": other.url, "header": "new"}
        stage.wire.call("updateWebhook", data=data)
        _submit(stage, "meadow")
        assert [each.headers["Authorization"] for each in _delivered(one)] == ["old"]
        assert [each.headers["Authorization"] for each in _delivered(other)] == ["new"]


@case("CreateWebhookData.handlerTypes", "UpdateWebhookData.handlerTypes")
def _(stage: Stage) -> None:
    with Receiver() as one:
        _hook(stage, one.url, handlerTypes=["onReview"])
        _submit(stage, "meadow")
        assert _delivered(one) == []
        data = {"pluginName": "Hook", "webhookUrl": one.url, "handlerTypes": ["onSubmit"]}
        stage.wire.call("updateWebhook", data=data)
        _submit(stage, "meadow")
        assert [each.body["eventType"] for each in _delivered(one)] == ["onSubmit"]


@case("CreateWebhookData.eventMatcher", "UpdateWebhookData.eventMatcher")
def _(stage: Stage) -> None:
    with Receiver() as one:
        _hook(stage, one.url, eventMatcher=["label.*"])
        _submit(stage, "meadow")
        (told,) = _delivered(one)
        assert told.body["eventType"] == "label.workflow.created.default"
        assert told.body["payload"]["payload"]["assetId"] == stage.names["meadow"]
        data = {"pluginName": "Hook", "webhookUrl": one.url, "eventMatcher": ["asset.*"]}
        stage.wire.call("updateWebhook", data={**data, "handlerTypes": ["onSubmit"]})
        _submit(stage, "meadow")
        stage.wire.call("skipAsset", reason="blurred", where={"id": stage.names["aquarium"]})
        told = [each.body["eventType"] for each in _delivered(one)]
        assert told == ["onSubmit", "asset.skipped"]
