"""Webhooks: delivered requests, recorded deliveries, and redelivery."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.plugins.webhooks import MAX_ANSWER
from tests.kit.responses import EASY, EASY_JSON
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin, read_log
from tests.kit.world_content import PLUGIN, WorldIds


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as listening:
        yield listening


def hook(wire: Wire, world_ids: WorldIds, url: str, name: str = "Hook", **data: Any) -> None:
    wire.call("createWebhook", data={"pluginName": name, "webhookUrl": url, **data})
    activate_plugin(wire, name, world_ids["project"])


def submit(wire: Wire, world_ids: WorldIds, label_type: str = "DEFAULT") -> str:
    return wire.append_label(world_ids["meadow"], kind=label_type)


def logs(wire: Wire, world_ids: WorldIds) -> list[tuple[str, str]]:
    """Newest first."""
    return read_log(wire, "Hook", world_ids["project"])[::-1]


def runs(wire: Wire) -> list[dict[str, Any]]:
    return list(wire.emulator.world.view.runs.all())


@pytest.mark.parametrize("header", ["open sesame", "Bearer abc", None])
def test_a_submit_is_delivered_with_the_raw_header_and_the_documented_body(
    notebook: SdkSession, remote_world: RemoteWorld, receiver: WebhookReceiver, header: str | None
) -> None:
    if not notebook.run("hasattr(kili, 'create_webhook')").value:
        pytest.skip("this SDK has no webhooks")
    seen = notebook.run(
        "import json\n"
        f"kili.create_webhook({receiver.url!r}, plugin_name='Hook', header={header!r})\n"
        "kili.activate_plugin_on_project('Hook', project_id=project_id)\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        "(label,) = kili.append_labels([asset['id']], "
        "[{'CLASSIFICATION_JOB': {'categories': [{'name': 'EASY'}]}}])\n"
        "(line,) = json.loads(kili.get_plugin_logs(project_id=project_id, plugin_name='Hook'))\n"
        "{'line': line, 'asset': asset['id'], 'label': label['id']}"
    )
    line, asset, label = seen.checked().value.values()
    ((path, headers, body),) = receiver.received
    assert path == "/hook"
    assert headers.get("Authorization") == header
    assert headers["Content-Type"] == "application/json"
    assert body.keys() == {"eventType", "logPayload", "payload"}
    assert body["eventType"] == "onSubmit"
    assert body["logPayload"] == {"runId": line["runId"], "projectId": remote_world.project_id}
    assert body["payload"].keys() == {"label", "asset_id"}
    assert body["payload"]["asset_id"] == asset
    assert body["payload"]["label"]["id"] == label
    assert body["payload"]["label"]["jsonResponse"] == EASY
    assert (line["logType"], line["content"]) == ("info", "The webhook answered 200 OK: thanks")


def test_only_requested_handlers_are_delivered(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver
) -> None:
    hook(wire, world_ids, receiver.url, handlerTypes=["onReview"])
    submit(wire, world_ids)
    review = submit(wire, world_ids, "REVIEW")
    ((_, _, body),) = receiver.received
    assert (body["eventType"], body["payload"]["label"]["id"]) == ("onReview", review)


def test_a_webhook_is_active_at_once_and_listed_as_a_plugin(
    wire: Wire, world_ids: WorldIds
) -> None:
    hook(wire, world_ids, "http://127.0.0.1:9")
    assert wire.call("getPluginRunnerStatus", name="Hook") == "ACTIVE"
    assert "Hook" in [each["name"] for each in wire.call("listPlugins")]


def test_an_update_replaces_address_header_and_handlers(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver
) -> None:
    hook(wire, world_ids, "http://127.0.0.1:9", header="old", handlerTypes=["onReview"])
    data = {"pluginName": "Hook", "webhookUrl": receiver.url}
    assert wire.call("updateWebhook", data=data) == "Plugin with name Hook successfully updated"
    submit(wire, world_ids)
    ((_, headers, body),) = receiver.received
    assert "Authorization" not in headers
    assert body["eventType"] == "onSubmit"


@pytest.mark.parametrize("status", [400, 404, 500])
def test_error_status_fails_the_run_and_not_the_submit(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver, status: int
) -> None:
    receiver.status, receiver.text = status, "no, thanks"
    hook(wire, world_ids, receiver.url)
    label = submit(wire, world_ids)
    ((log_type, content),) = logs(wire, world_ids)
    assert log_type == "error"
    assert content.startswith(f"The webhook answered {status} ")
    assert content.endswith(": no, thanks")
    (run,) = runs(wire)
    assert run["outcome"] == "FAILED"
    assert run["metadata"]["labelId"] == label
    assert run["delivery"]["answer"]["status"] == status


def test_unreachable_address_fails_the_run(wire: Wire, world_ids: WorldIds) -> None:
    with WebhookReceiver() as closed:
        url = closed.url
    hook(wire, world_ids, url)
    submit(wire, world_ids)
    ((log_type, content),) = logs(wire, world_ids)
    assert log_type == "error"
    assert content.startswith("The webhook could not be reached: ")
    (run,) = runs(wire)
    assert run["outcome"] == "FAILED"
    assert run["delivery"]["answer"] is None
    assert run["delivery"]["request"]["url"] == url


def test_late_answer_times_out_the_run(receiver: WebhookReceiver) -> None:
    gate = threading.Event()
    receiver.before_answer = gate.wait
    with Emulator(seed=0, plugin_timeout=0.3) as emulator:
        wire = Wire(emulator)
        asset = emulator.world.view.assets.all()[0]
        world_ids = {"project": asset["projectId"], "meadow": asset["id"]}
        hook(wire, world_ids, receiver.url)
        submit(wire, world_ids)
        (run,) = runs(wire)
        assert run["outcome"] == "TIMED_OUT"
        assert logs(wire, world_ids) == [("error", "The webhook did not answer within 0.3 seconds")]
        gate.set()
        wire.close()


def test_a_redirect_is_not_followed(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver
) -> None:
    receiver.status, receiver.location = 302, receiver.url + "/elsewhere"
    hook(wire, world_ids, receiver.url)
    submit(wire, world_ids)
    assert [each.path for each in receiver.received] == ["/hook"]
    (run,) = runs(wire)
    assert run["outcome"] == "SUCCEEDED"


def test_long_answer_is_truncated(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver
) -> None:
    receiver.text = "x" * (3 * MAX_ANSWER)
    hook(wire, world_ids, receiver.url)
    submit(wire, world_ids)
    (run,) = runs(wire)
    assert len(run["delivery"]["answer"]["body"]) == MAX_ANSWER
    ((_, content),) = logs(wire, world_ids)
    assert len(content) < 1000


def test_redelivery_is_a_separate_run(
    wire: Wire, world_ids: WorldIds, receiver: WebhookReceiver
) -> None:
    receiver.status = 500
    hook(wire, world_ids, receiver.url)
    submit(wire, world_ids)
    (failed,) = runs(wire)
    receiver.status = 200
    again = control(wire, failed["id"]).json()
    first, second = receiver.received
    assert second.body["payload"] == first.body["payload"]
    assert second.body["logPayload"]["runId"] == again["id"] != failed["id"]
    assert again["redeliveryOf"] == failed["id"]
    assert again["outcome"] == "SUCCEEDED"
    assert len(runs(wire)) == 2


def test_redeliver_command_prints_the_outcome(
    remote_world: RemoteWorld, server: ServerUnderTest, receiver: WebhookReceiver
) -> None:
    run_id = remote_run(remote_world, receiver)
    where = ["--world", remote_world.name, "--data-dir", str(server.data_dir)]
    done = CliRunner().invoke(main, ["redeliver", run_id, *where])
    assert (done.exit_code, "SUCCEEDED (200 OK)" in done.output) == (0, True)
    receiver.status = 500
    done = CliRunner().invoke(main, ["redeliver", run_id, *where])
    assert (done.exit_code, "FAILED (500 Internal" in done.output) == (1, True)
    done = CliRunner().invoke(main, ["redeliver", "nothing", *where])
    assert (done.exit_code, "there is no run" in done.output) == (1, True)
    assert len(receiver.received) == 3


def remote_run(world: RemoteWorld, receiver: WebhookReceiver) -> str:
    """Submit once in a server process; return the id of the run of the webhook."""
    hook = {"pluginName": "Hook", "webhookUrl": receiver.url}
    where = {"pluginName": "Hook", "projectId": world.project_id}
    asset_id = world.export()["assets"][0]["id"]
    rows = [{"assetID": asset_id, "jsonResponse": EASY_JSON}]
    for text, variables in (
        ("mutation($x: CreateWebhookData!) {createWebhook(data: $x)}", hook),
        ("mutation($x: PluginOnProjectWhere!) {activatePluginOnProject(where: $x)}", where),
        (
            "mutation($x: AppendManyLabelsData!) {appendManyLabels(data: $x, where: {}) {id}}",
            {"labelType": "DEFAULT", "labelsData": rows},
        ),
    ):
        answer = requests.post(
            world.endpoint,
            headers={"Authorization": f"X-API-Key: {world.keys['admin']}"},
            json={"query": text, "variables": {"x": variables}},
            timeout=20,
        )
        assert "errors" not in answer.json(), answer.text
    (run,) = world.export()["runs"]
    return str(run["id"])


def test_redelivery_is_refused_for_unknown_runs_and_plugins_with_code(
    wire: Wire, world_ids: WorldIds
) -> None:
    activate_plugin(wire, PLUGIN, world_ids["project"])
    submit(wire, world_ids)
    (run,) = runs(wire)
    answer = control(wire, "nothing")
    assert (answer.status_code, "there is no run" in answer.json()["error"]) == (400, True)
    answer = control(wire, run["id"])
    assert (answer.status_code, "only runs of webhooks" in answer.json()["error"]) == (400, True)


def control(wire: Wire, run_id: str) -> requests.Response:
    emulator = wire.emulator
    return requests.post(
        f"{emulator.url}/_emulator/worlds/{emulator.world_name}/runs/{run_id}/redeliver",
        headers={"Authorization": f"X-API-Key: {emulator.key()}"},
        timeout=20,
    )
