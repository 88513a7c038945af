"""Records and views of runs mask secrets and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.rules.masking import MASK
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.responses import EASY
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.webhook_receiver import WebhookReceiver
from tests.test_run_calls import submit_to

# Each value that is a secret begins with this.
HUSH = "hush"

PLUGIN = """
import requests
from kili.plugins import PluginCore

URL = "https://user:hush-1@storage.example/a.png?id=7&X-Amz-Signature=hush-2"

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.create_webhook(
            webhook_url="http://user:hush-3@127.0.0.1:9/hook?room=5&token=hush-4",
            plugin_name="Hook",
            header="hush-5",
        )
        self.refused(self.kili.create_user, "new@emulator.local", "hush-6hush-6A1!", "USER")
        self.refused(self.kili.update_password, "a@b.c", "hush-7", "hush-8", "hush-8")
        self.kili.append_many_to_dataset(self.project_id, content_array=[URL], disable_tqdm=True)
        self.ask('mutation { updatePassword(data: {oldPassword: "hush-9", newPassword1: "hush-10",'
                 ' newPassword2: "hush-10"}, where: {email: "x@y.z"}) { id } }')
        self.ask("{ me { id email apiKeys { name key } } }")
        path = f"projects/{self.project_id}/assets/{asset_id}/a.png"
        self.kili.graphql_client.execute(UPLOADS, {"paths": [path]})
        print("Authorization: X-API-Key: hush-11")
        self.logger.warning("see %s", URL)
        requests.get("http://127.0.0.1:9/path?token=hush-12")

    def ask(self, query):
        self.refused(requests.post, self.kili.api_endpoint, json={"query": query}, headers={
            "Authorization": f"X-API-Key: {self.kili.api_key}"})

    def refused(self, function, *arguments, **named):
        try:
            return function(*arguments, **named)
        except Exception as error:
            print(type(error).__name__)

UPLOADS = "query($paths: [String!]) { urls: createUploadBucketSignedUrls(filePaths: $paths) }"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secrets")


@pytest.fixture(scope="module")
def run_views(folder: Path) -> Iterator[tuple[Emulator, dict[str, Any]]]:
    """Start an emulator; return it with the view of a run of the plugin."""
    with Emulator(request_log=folder / "requests.log") as emulator:
        run = submit_to(emulator, folder, PLUGIN)
        yield emulator, emulator.run(run["id"])


def call(run: dict[str, Any], operation: str) -> dict[str, Any]:
    return next(each for each in run["calls"] if operation in each["operations"])


def test_run_view_masks_only_secrets(run_views: tuple[Emulator, dict[str, Any]]) -> None:
    _, run = run_views
    assert HUSH not in json.dumps(run)
    assert run["outcome"] == "FAILED"
    assert f"/path?token={MASK}" in run["error"]
    webhook = call(run, "Mutation.createWebhook")["arguments"]
    assert webhook["webhookUrl"] == f"http://user:{MASK}@127.0.0.1:9/hook?room=5&token={MASK}"
    assert (webhook["header"], webhook["pluginName"]) == (MASK, "Hook")
    user = call(run, "Mutation.createUser")["arguments"]["data"]
    assert (user["password"], user["email"]) == (MASK, "new@emulator.local")
    content = [each["content"] for each in run["lines"]]
    url = f"https://user:{MASK}@storage.example/a.png?id=7&X-Amz-Signature={MASK}"
    assert f"see {url}" in content
    assert f"Authorization: {MASK}" in content
    assert url in json.dumps([each["arguments"] for each in run["calls"]])


def test_literals_and_keys_are_masked(run_views: tuple[Emulator, dict[str, Any]]) -> None:
    emulator, run = run_views
    passwords = [each for each in run["calls"] if each["operations"] == ["Mutation.updatePassword"]]
    (inline,) = [each for each in passwords if each["query"]]
    assert f'oldPassword: "{MASK}", newPassword1: "{MASK}"' in inline["query"]
    assert 'where: {email: "x@y.z"}' in inline["query"]
    me = next(each for each in run["calls"] if "apiKeys" in (each["query"] or ""))
    answer = me["answer"]["data"]["me"]
    assert answer["id"]
    assert {each["key"] for each in answer["apiKeys"]} <= {MASK}
    assert emulator.key() not in json.dumps(run)


def test_tokens_in_urls_of_the_emulator_are_masked(
    run_views: tuple[Emulator, dict[str, Any]],
) -> None:
    _, run = run_views
    urls = call(run, "Query.createUploadBucketSignedUrls")["answer"]["data"]["urls"]
    assert all(f"?token={MASK}&id=" in each for each in urls)
    assert urls


def test_plugin_logs_are_returned_unmasked(
    run_views: tuple[Emulator, dict[str, Any]],
) -> None:
    emulator, run = run_views
    kili = emulator.client()
    logs = json.loads(kili.get_plugin_logs(run["projectId"], run["plugin"], limit=1000))
    written = [each["content"] for each in logs if each["runId"] == run["id"]]
    assert "Authorization: X-API-Key: hush-11" in written
    assert len(written) == len(run["lines"])


def test_stored_runs_and_calls_contain_no_secret(
    run_views: tuple[Emulator, dict[str, Any]],
) -> None:
    emulator, _ = run_views
    tables = emulator.world.export()
    for name in ("runs", "runCalls"):
        assert tables[name]
        assert HUSH not in json.dumps(tables[name])


def test_handler_gets_unmasked_values(
    emulator_with_printer: tuple[Emulator, str],
) -> None:
    emulator, path = emulator_with_printer
    kili = emulator.client()
    job = {"mlTask": "TRANSCRIPTION", "content": {"input": "textField"}, "instruction": "Text"}
    interface = {"jobs": {"TEXT": job}}
    project = kili.create_project(input_type="TEXT", json_interface=interface, title="Texts")
    kili.append_many_to_dataset(project["id"], content_array=["a"], disable_tqdm=True)
    with fast_sdk():
        kili.upload_plugin(path, "Printer")
    kili.activate_plugin_on_project("Printer", project_id=project["id"])
    (asset,) = kili.assets(project["id"], first=1, fields=["id"])
    secret = "https://user:hush-1@host.example/?token=hush-2"
    kili.append_labels([asset["id"]], [{"TEXT": {"text": secret}}])
    assert emulator.wait_idle()
    run = emulator.run(emulator.runs()[-1]["id"])
    assert [each["content"] for each in run["lines"]] == ["2"]
    assert HUSH not in json.dumps(run)
    assert run["payload"]["label"]["jsonResponse"]["TEXT"]["text"] == (
        f"https://user:{MASK}@host.example/?token={MASK}"
    )


@pytest.fixture
def emulator_with_printer(tmp_path: Path) -> Iterator[tuple[Emulator, str]]:
    path = tmp_path / "printer.py"
    path.write_text(
        "from kili.plugins import PluginCore\n"
        "class PluginHandler(PluginCore):\n"
        "    def on_submit(self, label, asset_id):\n"
        "        print(str(label).count('hush-'))\n",
        encoding="utf-8",
    )
    with Emulator() as emulator:
        yield emulator, str(path)


def test_the_request_log_has_no_secrets(
    run_views: tuple[Emulator, dict[str, Any]], folder: Path
) -> None:
    emulator, run = run_views
    log = (folder / "requests.log").read_text(encoding="utf-8")
    assert run["id"] in log
    assert HUSH not in log
    assert emulator.key() not in log


# A webhook's run


def test_the_commands_and_routes_show_no_secret_of_a_webhook(
    server: ServerUnderTest, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    with WebhookReceiver() as receiver:
        receiver.text = '{"headers": {"Authorization": "hush-5"}}'
        url = receiver.url.replace("://", "://user:hush-3@") + "?room=5&token=hush-4"
        _deliver(remote_world, url)
        ((_, headers, _),) = receiver.received
        assert headers["Authorization"] == "hush-5"
        run = remote_world.export()["runs"][-1]
        where = ["--world", remote_world.name, "--data-dir", str(server.data_dir)]
        commands = (
            ["runs", "show", run["id"]],
            ["runs", "show", run["id"], "--json"],
            ["runs", "--json"],
            ["redeliver", run["id"]],
            ["why", "--asset", run["metadata"]["assetId"]],
            ["plugins", "versions", "Hook", "--json"],
        )
        for command in commands:
            output = CliRunner().invoke(main, [*command, *where]).output
            assert HUSH not in output, command
            assert "Error" not in output, command
        shown = CliRunner().invoke(main, [*commands[1], *where]).output
        delivery = json.loads(shown)["delivery"]
        assert delivery["request"]["headers"]["Authorization"] == MASK
        assert f"user:{MASK}@" in delivery["request"]["url"]
        assert delivery["request"]["url"].endswith(f"?room=5&token={MASK}")
        again = requests.post(
            f"{server.url}/_emulator/worlds/{remote_world.name}/runs/{run['id']}/redeliver",
            headers={"Authorization": f"X-API-Key: {remote_world.keys['admin']}"},
            timeout=20,
        )
        assert (again.json()["outcome"], HUSH in again.text) == ("SUCCEEDED", False)
        assert len(receiver.received) == 3
        assert receiver.received[-1].headers["Authorization"] == "hush-5"


def test_error_of_an_unreachable_webhook_masks_secrets_in_its_address(
    remote_world: RemoteWorld,
) -> None:
    with WebhookReceiver() as closed:
        url = f"{closed.url}?token=hush-4"
    _deliver(remote_world, url)
    export = remote_world.export()
    assert "could not be reached" in export["runs"][-1]["error"]
    assert f"?token={MASK}" in export["runs"][-1]["error"]
    assert HUSH not in json.dumps([export["runs"], export["pluginLogs"]])


def _deliver(world: RemoteWorld, url: str) -> None:
    """Call a webhook by submitting a label."""
    from kili.client import Kili

    with fast_sdk():
        kili = Kili(api_key=world.keys["admin"], api_endpoint=world.endpoint)
        kili.create_webhook(url, "Hook", header="hush-5")
        kili.activate_plugin_on_project("Hook", project_id=world.project_id)
        (asset, *_) = kili.assets(world.project_id, fields=["id"], disable_tqdm=True)
        kili.append_labels([asset["id"]], [EASY], disable_tqdm=True)
    assert world.wait_idle()
