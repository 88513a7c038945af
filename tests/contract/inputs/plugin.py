"""Inputs of plugins."""

from __future__ import annotations

from typing import Any

from tests.contract.inputs.registry import CASES, CaseWorld, case
from tests.kit.webhook_receiver import ReceivedRequest, WebhookReceiver
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import PLUGIN, QUIET_PLUGIN, archive, deploy_plugin, upload


def _plugin_names(case_world: CaseWorld) -> list[str]:
    return [each["name"] for each in case_world.wire.call("listPlugins")]


def _activate(case_world: CaseWorld, name: str = PLUGIN, project: str = "project") -> None:
    activate_plugin(case_world.wire, name, case_world.names[project])


def _submit(case_world: CaseWorld, asset: str, count: int = 1) -> None:
    rows = [{"assetID": case_world.names[asset], "jsonResponse": "{}"}] * count
    data = {"labelType": "DEFAULT", "labelsData": rows}
    case_world.wire.call("appendManyLabels", data=data, where={})


def _logs(
    case_world: CaseWorld, name: str = PLUGIN, project: str = "project", **data: Any
) -> list[str]:
    data = {"pluginName": name, "projectId": case_world.names[project], **data}
    lines = case_world.wire.call("getPluginLogs", data=data, selection="content")
    return [line["content"] for line in lines]


@case("CreatePluginData.pluginName", "createPlugin(data)")
def _(case_world: CaseWorld) -> None:
    case_world.wire.call("createPlugin", data={"pluginName": "Second"})
    assert _plugin_names(case_world) == [PLUGIN, "Second"]


@case("GenerateUpdateUrlData.pluginName", "generateUpdateUrl(data)")
def _(case_world: CaseWorld) -> None:
    deploy_plugin(case_world.wire, "Second")
    url = case_world.wire.call("generateUpdateUrl", data={"pluginName": "Second"})
    upload(case_world.wire, url, archive(main__py="broken("))
    case_world.wire.call("updatePluginRunner", data={"pluginName": "Second"})
    assert case_world.wire.call("getPluginRunnerStatus", name="Second") == "FAILED"
    assert case_world.wire.call("getPluginRunnerStatus", name=PLUGIN) == "ACTIVE"


case("UpdatePluginRunnerData.pluginName", "updatePluginRunner(data)")(
    CASES["generateUpdateUrl(data)"]
)
case("getPluginRunnerStatus(name)")(CASES["generateUpdateUrl(data)"])


@case("CreatePluginRunnerData.pluginName", "createPluginRunner(data)")
def _(case_world: CaseWorld) -> None:
    assert deploy_plugin(case_world.wire, "Second") == "ACTIVE"


@case("CreatePluginRunnerData.handlerTypes")
def _(case_world: CaseWorld) -> None:
    for name, types in (("A", ["onReview"]), ("B", ["onSubmit"]), ("C", None)):
        deploy_plugin(case_world.wire, name, handlerTypes=types)
        _activate(case_world, name)
    _submit(case_world, "meadow")
    assert [_logs(case_world, name) for name in "ABC"] == [[], ["submitted"], ["submitted"]]


@case("UpdatePluginRunnerData.handlerTypes")
def _(case_world: CaseWorld) -> None:
    _activate(case_world)
    url = case_world.wire.call("generateUpdateUrl", data={"pluginName": PLUGIN})
    upload(case_world.wire, url, archive(main__py=QUIET_PLUGIN))
    data = {"pluginName": PLUGIN, "handlerTypes": ["onReview"]}
    case_world.wire.call("updatePluginRunner", data=data)
    _submit(case_world, "meadow")
    assert _logs(case_world) == []


_TELLING_PLUGIN = """
class PluginHandler:
    def __init__(self, kili, project_id, logger):
        pass

    def on_event(self, payload):
        print(payload["event"])
"""


@case("CreatePluginRunnerData.eventMatcher", "UpdatePluginRunnerData.eventMatcher")
def _(case_world: CaseWorld) -> None:
    deploy_plugin(case_world.wire, "Teller", _TELLING_PLUGIN, eventMatcher=["label.*"])
    _activate(case_world, "Teller")
    _submit(case_world, "meadow")
    assert _logs(case_world, "Teller") == ["label.workflow.created.default"]
    url = case_world.wire.call("generateUpdateUrl", data={"pluginName": "Teller"})
    upload(case_world.wire, url, archive(main__py=_TELLING_PLUGIN))
    data = {"pluginName": "Teller", "eventMatcher": ["asset.skipped"]}
    case_world.wire.call("updatePluginRunner", data=data)
    _submit(case_world, "meadow")
    case_world.wire.call("skipAsset", reason="blurred", where={"id": case_world.names["aquarium"]})
    assert _logs(case_world, "Teller") == ["asset.skipped", "label.workflow.created.default"]


@case(
    "PluginOnProjectWhere.pluginName",
    "PluginOnProjectWhere.projectId",
    "activatePluginOnProject(where)",
    "deactivatePluginOnProject(where)",
)
def _(case_world: CaseWorld) -> None:
    deploy_plugin(case_world.wire, "Second")
    _activate(case_world, PLUGIN, "hidden project")
    _activate(case_world, "Second", "project")
    _activate(case_world, PLUGIN, "project")
    both = [case_world.names["hidden project"], case_world.names["project"]]
    assert [each["projectIds"] for each in case_world.wire.call("listPlugins")] == [both, both[1:]]
    where = {"pluginName": PLUGIN, "projectId": both[0]}
    case_world.wire.call("deactivatePluginOnProject", where=where)
    assert [each["projectIds"] for each in case_world.wire.call("listPlugins")] == [
        both[1:],
        both[1:],
    ]


@case("DeletePluginWhere.pluginName", "deletePlugin(where)")
def _(case_world: CaseWorld) -> None:
    deploy_plugin(case_world.wire, "Second")
    case_world.wire.call("deletePlugin", where={"pluginName": PLUGIN})
    assert _plugin_names(case_world) == ["Second"]


@case("PluginLogsData.limit", "PluginLogsData.skip", "getPluginLogs(data)")
def _(case_world: CaseWorld) -> None:
    deploy_plugin(
        case_world.wire, "Numbers", QUIET_PLUGIN.replace('"submitted"', 'label["version"]')
    )
    _activate(case_world, "Numbers")
    _submit(case_world, "meadow", 4)
    assert _logs(case_world, "Numbers") == ["3", "2", "1", "0"]
    assert _logs(case_world, "Numbers", limit=2) == ["3", "2"]
    assert _logs(case_world, "Numbers", skip=3) == ["0"]
    assert _logs(case_world, "Numbers", limit=2, skip=1) == ["2", "1"]
    assert _logs(case_world, "Numbers", limit=0) == []
    assert _logs(case_world, "Numbers", skip=10) == []


@case("PluginLogsData.pluginName", "PluginLogsData.projectId")
def _(case_world: CaseWorld) -> None:
    deploy_plugin(case_world.wire, "Second", QUIET_PLUGIN.replace("submitted", "second"))
    _activate(case_world)
    _activate(case_world, "Second")
    _submit(case_world, "meadow")
    assert _logs(case_world) == ["submitted"]
    assert _logs(case_world, "Second") == ["second"]
    assert _logs(case_world, PLUGIN, "hidden project") == []


@case("PluginLogsData.createdAt")
def _(case_world: CaseWorld) -> None:
    _activate(case_world)
    _submit(case_world, "meadow")
    data = {"pluginName": PLUGIN, "projectId": case_world.names["project"]}
    (line,) = case_world.wire.call("getPluginLogs", data=data, selection="createdAt")
    assert _logs(case_world, createdAt=line["createdAt"]) == ["submitted"]
    assert _logs(case_world, createdAt="2000-01-01") == ["submitted"]
    assert _logs(case_world, createdAt="2100-01-01") == []


def _build_errors(case_world: CaseWorld, name: str = "Broken", **data: Any) -> list[str]:
    data = {"pluginName": name, **data}
    lines = case_world.wire.call("getPluginBuildErrors", data=data, selection="content")
    return [line["content"].splitlines()[0].strip() for line in lines]


@case(
    "PluginBuildErrorsData.pluginName",
    "PluginBuildErrorsData.limit",
    "PluginBuildErrorsData.skip",
    "PluginBuildErrorsData.createdAt",
    "getPluginBuildErrors(data)",
)
def _(case_world: CaseWorld) -> None:
    broken = archive(main__py="(", helper__py="(")
    assert deploy_plugin(case_world.wire, "Broken", broken) == "FAILED"
    both = ['File "main.py", line 1', 'File "helper.py", line 1']
    assert _build_errors(case_world) == both
    assert _build_errors(case_world, PLUGIN) == []
    assert _build_errors(case_world, limit=1) == both[:1]
    assert _build_errors(case_world, skip=1) == both[1:]
    assert _build_errors(case_world, createdAt="2000-01-01") == both
    assert _build_errors(case_world, createdAt="2100-01-01") == []


def _hook(case_world: CaseWorld, url: str, name: str = "Hook", **data: Any) -> None:
    data = {"pluginName": name, "webhookUrl": url, **data}
    case_world.wire.call("createWebhook", data=data)
    _activate(case_world, name)


def _delivered(receiver: WebhookReceiver) -> list[ReceivedRequest]:
    """Return the webhook requests received since the last call."""
    received, receiver.received = receiver.received, []
    return received


@case(
    "CreateWebhookData.webhookUrl",
    "CreateWebhookData.header",
    "CreateWebhookData.pluginName",
    "createWebhook(data)",
)
def _(case_world: CaseWorld) -> None:
    with WebhookReceiver() as one, WebhookReceiver() as other:
        _hook(case_world, one.url, "Bare")
        _hook(case_world, other.url, "Keyed", header="open sesame")
        _submit(case_world, "meadow")
        assert [each.headers.get("Authorization") for each in _delivered(one)] == [None]
        assert [each.headers.get("Authorization") for each in _delivered(other)] == ["open sesame"]
        assert "answered 200" in _logs(case_world, "Bare")[0]


@case(
    "UpdateWebhookData.webhookUrl",
    "UpdateWebhookData.header",
    "UpdateWebhookData.pluginName",
    "updateWebhook(data)",
)
def _(case_world: CaseWorld) -> None:
    with WebhookReceiver() as one, WebhookReceiver() as other:
        for name in ("A", "B"):
            _hook(case_world, one.url, name, header="old")
        data = {"pluginName": "A", "webhookUrl": other.url, "header": "new"}
        case_world.wire.call("updateWebhook", data=data)
        _submit(case_world, "meadow")
        assert [each.headers["Authorization"] for each in _delivered(one)] == ["old"]
        assert [each.headers["Authorization"] for each in _delivered(other)] == ["new"]


@case("CreateWebhookData.handlerTypes", "UpdateWebhookData.handlerTypes")
def _(case_world: CaseWorld) -> None:
    with WebhookReceiver() as one:
        _hook(case_world, one.url, handlerTypes=["onReview"])
        _submit(case_world, "meadow")
        assert _delivered(one) == []
        data = {"pluginName": "Hook", "webhookUrl": one.url, "handlerTypes": ["onSubmit"]}
        case_world.wire.call("updateWebhook", data=data)
        _submit(case_world, "meadow")
        assert [each.body["eventType"] for each in _delivered(one)] == ["onSubmit"]


@case("CreateWebhookData.eventMatcher", "UpdateWebhookData.eventMatcher")
def _(case_world: CaseWorld) -> None:
    with WebhookReceiver() as one:
        _hook(case_world, one.url, eventMatcher=["label.*"])
        _submit(case_world, "meadow")
        (event_types,) = _delivered(one)
        assert event_types.body["eventType"] == "label.workflow.created.default"
        assert event_types.body["payload"]["payload"]["assetId"] == case_world.names["meadow"]
        data = {"pluginName": "Hook", "webhookUrl": one.url, "eventMatcher": ["asset.*"]}
        case_world.wire.call("updateWebhook", data={**data, "handlerTypes": ["onSubmit"]})
        _submit(case_world, "meadow")
        case_world.wire.call(
            "skipAsset", reason="blurred", where={"id": case_world.names["aquarium"]}
        )
        event_types = [each.body["eventType"] for each in _delivered(one)]
        assert event_types == ["onSubmit", "asset.skipped"]
