"""The handler that each event calls, and its arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kili_emulator.domain.world import Actor
from kili_emulator.rules.handlers import BY_TYPE, ON_EVENT, Handler
from kili_emulator.rules.subjects import CUSTOM_INTERFACE_CLICKED
from tests.kit.handler_source import define_handlers
from tests.kit.responses import RED, RED_JSON
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import WorldIds, add_stepped_project, deploy_plugin

HANDLERS = list(BY_TYPE)


def tell(handler: Handler) -> str:
    """Return the statement that prints a call of a handler."""
    arguments = ", ".join(f'"{each}": {each}' for each in handler.arguments)
    return f'self.tell("{handler.method}", {{{arguments}}})'


# Prints each call of a handler: its name, and its arguments by name.
TELLING = f"""
import json

class PluginHandler:
    def __init__(self, kili, project_id, logger):
        self.kili = kili
        self.project_id = project_id

    def tell(self, handler, arguments):
        print(json.dumps([handler, arguments]))

{define_handlers(tell)}"""


def install_plugin(
    wire: Wire, project: str, name: str = "Teller", code: str = TELLING, **data: Any
) -> None:
    assert deploy_plugin(wire, name, code, **data) == "ACTIVE"
    activate_plugin(wire, name, project)


def lines(wire: Wire, project: str, name: str = "Teller") -> list[dict[str, Any]]:
    data = {"projectId": project, "pluginName": name}
    selection = "content logType metadata { assetId labelId }"
    return list(wire.call("getPluginLogs", data=data, selection=selection))[::-1]


def handler_calls(wire: Wire, project: str, name: str = "Teller") -> list[Any]:
    """Return the calls of the plugin's handlers in order: pairs of handler and arguments.

    Fail with the text of a log line that is no JSON, such as the error of a run.
    """
    return [parse_call(each["content"]) for each in lines(wire, project, name)]


def parse_call(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        pytest.fail(f"the log of the plugin has a line that is no JSON: {text}", pytrace=False)


def click(wire: Wire, project: str, asset_id: str, label_id: str) -> None:
    """Emit the event of a click in a custom interface."""
    world = wire.emulator.world
    user = world.view.users.require(world.view.projects.require(project)["authorId"])
    clicked = {"assetId": asset_id, "labelId": label_id, "jsonResponse": RED}
    with world.transaction(Actor(user)) as tx:
        tx.emit(CUSTOM_INTERFACE_CLICKED, clicked, project_id=project, internal=True)
    assert wire.emulator.wait_idle()


def test_each_asset_that_is_sent_back_calls_on_send_back_to_queue(
    wire: Wire, world_ids: WorldIds
) -> None:
    install_plugin(wire, world_ids["project"], handlerTypes=["onSendBackToQueue"])
    sent = [world_ids["farm"], world_ids["meadow"], world_ids["aquarium"]]
    rows = [{"assetID": each, "jsonResponse": "{}"} for each in sent[:2]]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    wire.call("appendManyLabels", data=data, where={}, selection="id")
    selection = "succeeded { assetId }"
    answer = wire.call("sendAssetsBackToQueue", where={"idIn": sent}, selection=selection)
    moved = [each["assetId"] for each in answer["succeeded"]]
    assert moved == sent[:2]
    assert handler_calls(wire, world_ids["project"]) == [
        ["on_send_back_to_queue", {"asset_id": each}] for each in moved
    ]
    assert [each["metadata"] for each in lines(wire, world_ids["project"])] == [
        {"assetId": each, "labelId": None} for each in moved
    ]


def test_changed_setting_calls_on_project_updated_with_old_and_new_value(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["hidden project"]
    install_plugin(wire, project, handlerTypes=HANDLERS)
    data = {
        "title": "Shown",
        "canSkipAsset": True,
        "reviewCoverage": 40,
        "jsonInterface": json.dumps({"jobs": {}}),
        "metadataTypes": {"customConsensus": "number"},
    }
    wire.call("updatePropertiesInProject", data=data, where={"id": project}, selection="id")
    ((handler, arguments),) = handler_calls(wire, project)
    changes = {each.pop("key"): each for each in arguments["settings_updated"]}
    old_interface = changes["jsonInterface"].pop("oldValue")
    assert handler == "on_project_updated"
    assert old_interface["jobs"].keys() == {"COLOR", "SHADE"}
    assert changes == {
        "title": {"newValue": "Shown", "oldValue": "Hidden"},
        "reviewCoverage": {"newValue": 40, "oldValue": 0},
        "jsonInterface": {"newValue": {"jobs": {}}},
        "metadataTypes": {"newValue": {"customConsensus": "number"}, "oldValue": {}},
    }


def test_archiving_calls_on_project_updated_with_the_time(wire: Wire, world_ids: WorldIds) -> None:
    project = world_ids["hidden project"]
    install_plugin(wire, project, handlerTypes=HANDLERS)
    for archived in (True, True, False):
        wire.call(
            "updatePropertiesInProject",
            data={"archived": archived},
            where={"id": project},
            selection="id",
        )
    first, second = [arguments["settings_updated"] for _, arguments in handler_calls(wire, project)]
    time = first[0]["newValue"]
    assert first == [{"key": "archivedAt", "newValue": time, "oldValue": None}]
    assert second == [{"key": "archivedAt", "newValue": None, "oldValue": time}]


def test_changed_step_calls_on_project_updated_with_the_matching_setting(
    wire: Wire, world_ids: WorldIds
) -> None:
    names = add_stepped_project(wire)
    project = names["stepped project"]
    install_plugin(wire, project, handlerTypes=HANDLERS)
    step = {"projectId": project, "stepId": names["review step"]}
    wire.call("updateReviewStepProperties", input={**step, "stepCoverage": 30})
    ((_, arguments),) = handler_calls(wire, project)
    ((change,),) = [arguments["settings_updated"]]
    assert (change["key"], change["newValue"]) == ("reviewCoverage", 30)


def test_custom_interface_click_passes_label_id_and_json_response(
    wire: Wire, world_ids: WorldIds
) -> None:
    project, asset = world_ids["hidden project"], world_ids["hidden asset"]
    install_plugin(wire, project, handlerTypes=HANDLERS)
    click(wire, project, asset, world_ids["hidden label"])
    label = {"id": world_ids["hidden label"], "jsonResponse": RED}
    expected = ["on_custom_interface_click", {"label": label, "asset_id": asset}]
    assert handler_calls(wire, project) == [expected]
    (line,) = lines(wire, project)
    assert line["metadata"] == {"assetId": asset, "labelId": world_ids["hidden label"]}


def test_a_version_without_the_handler_is_not_called(wire: Wire, world_ids: WorldIds) -> None:
    project = world_ids["hidden project"]
    install_plugin(wire, project, handlerTypes=["onReview"])
    install_plugin(wire, project, "Nothing", handlerTypes=[])
    install_plugin(wire, project, "Unsaid")
    click(wire, project, world_ids["hidden asset"], world_ids["hidden label"])
    rows = [{"assetID": world_ids["hidden asset"], "jsonResponse": RED_JSON}]
    for kind in ("DEFAULT", "REVIEW"):
        data = {"labelType": kind, "labelsData": rows}
        wire.call("appendManyLabels", data=data, where={}, selection="id")
    wire.call("sendAssetsBackToQueue", where={"idIn": [world_ids["hidden asset"]]})
    called = [
        [handler for handler, _ in handler_calls(wire, project, name)]
        for name in ("Teller", "Nothing", "Unsaid")
    ]
    assert called == [["on_review"], [], ["on_submit", "on_review"]]


# Subscriptions


def test_on_event_gets_each_matching_event_once_and_whole(wire: Wire, world_ids: WorldIds) -> None:
    project, asset = world_ids["project"], world_ids["aquarium"]
    install_plugin(wire, project, eventMatcher=["asset.skipped", "asset.*", "project.*"])
    wire.call("skipAsset", reason="blurred", where={"id": asset})
    rows = [{"assetID": world_ids["meadow"], "jsonResponse": "{}"}]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    wire.call("appendManyLabels", data=data, where={}, selection="id")
    user = wire.call("me", selection="id")["id"]
    expected = {
        "event": "asset.skipped",
        "organizationId": world_ids["organization"],
        "projectId": project,
        "userId": user,
        "payload": {
            "assetId": asset,
            "externalId": "aquarium",
            "skipped": True,
            "status": "SKIPPED",
        },
    }
    assert handler_calls(wire, project) == [["on_event", {"payload": expected}]]
    assert lines(wire, project)[0]["metadata"] == {"assetId": asset, "labelId": None}


@pytest.mark.parametrize(
    ("client", "enveloped"), [("25.2.10", False), ("26.1.5", False), ("26.2.4", True)]
)
def test_plugins_of_clients_before_26_2_get_the_event_payload_only(
    wire: Wire, world_ids: WorldIds, client: str, enveloped: bool
) -> None:
    wire.client_version = client
    install_plugin(wire, world_ids["project"], eventMatcher=["asset.skipped"])
    wire.client_version = None
    wire.call("skipAsset", reason="blurred", where={"id": world_ids["aquarium"]})
    ((_, arguments),) = handler_calls(wire, world_ids["project"])
    inner = arguments["payload"]["payload"] if enveloped else arguments["payload"]
    assert inner["assetId"] == world_ids["aquarium"]


def test_internal_events_are_not_sent_to_on_event(wire: Wire, world_ids: WorldIds) -> None:
    project = world_ids["hidden project"]
    patterns = ["asset.*", "label.*", "project.*", "emulator.*", "plugin.*"]
    install_plugin(wire, project, eventMatcher=patterns)
    click(wire, project, world_ids["hidden asset"], world_ids["hidden label"])
    wire.call("sendAssetsBackToQueue", where={"idIn": [world_ids["hidden asset"]]})
    wire.append_label(world_ids["hidden asset"], RED_JSON, kind="AUTOSAVE")
    deploy_plugin(wire, "Another")
    subjects = [arguments["payload"]["event"] for _, arguments in handler_calls(wire, project)]
    assert subjects == ["asset.workflow.lock.created"]


def test_plugin_of_a_deleted_project_gets_the_deletion_event(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["hidden project"]
    install_plugin(wire, project, eventMatcher=["project.*"])
    wire.call("deleteProject", where={"id": project}, selection="id")
    (run,) = wire.emulator.world.view.runs.all()
    assert (run["handler"], run["outcome"]) == ("onEvent", "SUCCEEDED")
    assert run["payload"]["payload"]["event"] == "project.deleted"
    assert [each["projectIds"] for each in wire.call("listPlugins", selection="projectIds")] == [
        [], []]  # fmt: skip


def test_pattern_that_matches_no_event_is_a_build_warning(wire: Wire, world_ids: WorldIds) -> None:
    install_plugin(wire, world_ids["project"], eventMatcher=["onSubmit", "asset.*", "asset.skiped"])
    data = {"pluginName": "Teller"}
    found = wire.call("getPluginBuildErrors", data=data, selection="content logType")
    assert [each["logType"] for each in found] == ["warning", "warning"]
    assert ['"asset.skiped"' in found[0]["content"], '"onSubmit"' in found[1]["content"]] == [
        True, True]  # fmt: skip


def test_build_warning_for_a_platform_only_event_suggests_trigger(
    wire: Wire, world_ids: WorldIds
) -> None:
    install_plugin(wire, world_ids["project"], eventMatcher=["label.workflow.validated", "label.*"])
    data = {"pluginName": "Teller"}
    (found,) = wire.call("getPluginBuildErrors", data=data, selection="content logType")
    assert found["logType"] == "warning"
    assert '"label.workflow.validated"' in found["content"]
    assert "kili-emulator trigger" in found["content"]


def test_events_of_a_plugins_own_calls_reach_other_plugins_only(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["project"]
    code = TELLING.replace(
        tell(ON_EVENT),
        "self.kili.update_properties_in_assets(\n"
        '            asset_ids=[payload["payload"]["assetId"]], priorities=[7])',
    )
    install_plugin(wire, project, "Writer", code, eventMatcher=["asset.*"])
    install_plugin(wire, project, "Reader", eventMatcher=["asset.*"])
    wire.call("skipAsset", reason="blurred", where={"id": world_ids["aquarium"]})
    subjects = [
        arguments["payload"]["event"] for _, arguments in handler_calls(wire, project, "Reader")
    ]
    assert subjects == ["asset.skipped", "asset.updated"]
    texts = [each["content"] for each in lines(wire, project, "Writer")]
    assert texts == ["Not run: a run of this same plugin caused asset.updated"]


def test_chain_of_on_event_calls_between_two_plugins_is_stopped(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["project"]
    code = TELLING.replace(
        tell(ON_EVENT),
        "self.kili.append_labels(\n"
        '            [payload["payload"]["assetId"]], [{}], label_type="PREDICTION",\n'
        '            model_name="m", disable_tqdm=True)',
    )
    for name in ("A", "B"):
        install_plugin(wire, project, name, code, eventMatcher=["asset.*", "label.*"])
    wire.call("skipAsset", reason="blurred", where={"id": world_ids["aquarium"]})
    assert wire.emulator.wait_idle(60)
    runs = list(wire.emulator.world.view.runs.all())
    assert {each["outcome"] for each in runs} == {"SUCCEEDED", "NOT_RUN"}
    assert {each["refusal"] for each in runs} == {None, "SELF_TRIGGERED", "TOO_DEEP"}
