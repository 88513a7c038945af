"""Faults from Python, from the command line and over HTTP, and faults of plugins."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject, submit_source
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire


@pytest.fixture(scope="module")
def _emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0) as running:
        yield running


@pytest.fixture
def emulator(_emulator: Emulator) -> Emulator:
    _emulator.reset()
    return _emulator


@pytest.fixture
def plugin_project(emulator: Emulator, tmp_path: Path) -> PluginProject:
    return PluginProject(emulator, tmp_path)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as listening:
        yield listening


# Python


def test_a_fault_ends_with_its_block_and_keeps_its_counts(emulator: Emulator) -> None:
    kili = emulator.client()
    with (
        emulator.faults.add("countProjects", error="[down] Not now") as fault,
        pytest.raises(Exception, match="Not now"),
    ):
        kili.count_projects()

    assert kili.count_projects() == 1
    assert (fault.matched, fault.fired) == (1, 1)
    assert emulator.faults.list() == []


def test_faults_are_listed_with_their_rule_and_counts(emulator: Emulator) -> None:
    first = emulator.faults.add("createIssues", status=503, times=2)
    emulator.faults.add("upload", drop="after")

    assert emulator.faults.list() == [
        {"id": first.id, "target": "createIssues", "status": 503, "times": 2}
        | {"matched": 0, "fired": 0},
        {"id": first.id + 1, "target": "upload", "drop": "after", "matched": 0, "fired": 0},
    ]
    assert emulator.faults.clear() == 2
    assert emulator.faults.list() == []


@pytest.mark.parametrize("to_mark", [False, True])
def test_a_reset_removes_all_faults(emulator: Emulator, *, to_mark: bool) -> None:
    fault = emulator.faults.add("graphql", status=503)
    emulator.reset(emulator.mark() if to_mark else None)
    later = emulator.faults.add("graphql", status=503, nth=99)

    fault.remove()

    assert [each["id"] for each in emulator.faults.list()] == [later.id]


def test_a_wrong_rule_is_refused_and_nothing_is_added(emulator: Emulator) -> None:
    with pytest.raises(KiliError, match="did you mean 'createIssues'"):
        emulator.faults.add("createIssue", status=503)

    assert emulator.faults.list() == []


def test_a_fault_for_an_unknown_user_is_refused(emulator: Emulator) -> None:
    with pytest.raises(KiliError, match='there is no user "laberer": give one of admin@example'):
        emulator.faults.add("countProjects", user="laberer", status=503)

    assert emulator.faults.list() == []
    emulator.faults.add("countProjects", user="labeler", status=503)
    emulator.faults.add("countProjects", user="labeler@example.com", status=503)


def test_ready_made_faults_can_be_added_by_name(emulator: Emulator) -> None:
    emulator.faults.add_preset("rate-limit")

    counts = [emulator.client().count_projects() for _ in range(8)]

    assert counts == [1] * 8
    (fault,) = emulator.faults.list()
    assert (fault["matched"], fault["fired"]) == (9, 1)


# Plugins


CALL = "print(self.kili.count_projects())"


@pytest.mark.parametrize(
    ("options", "met_by"),
    [
        ({"sender": "plugins"}, "plugin"),
        ({"plugin": "P"}, "plugin"),
        ({"plugin": "Q"}, "nobody"),
        ({"sender": "clients"}, "client"),
    ],
)
def test_a_fault_can_be_for_the_requests_of_plugins(
    plugin_project: PluginProject, options: Any, met_by: str
) -> None:
    plugin_project.install_handler(CALL)
    faults = plugin_project.emulator.faults
    fault = faults.add("countProjects", error="[down] Not now", **options)

    plugin_project.submit()
    failed = plugin_project.runs()[-1]["outcome"] == "FAILED"
    fired_by_plugin = fault.fired
    if met_by == "client":
        with pytest.raises(Exception, match="Not now"):
            plugin_project.kili.count_projects()
    else:
        plugin_project.kili.count_projects()

    assert failed is (met_by == "plugin")
    assert fired_by_plugin == (met_by == "plugin")
    assert fault.fired == (met_by != "nobody")


def test_a_run_lists_the_request_that_met_a_fault(plugin_project: PluginProject) -> None:
    plugin_project.install_handler(CALL)
    plugin_project.emulator.faults.add("countProjects", status=500, sender="plugins")

    plugin_project.submit()

    run = plugin_project.runs()[-1]
    assert "500 Server Error" in run["error"]
    calls = plugin_project.emulator.runs.show(run["id"])["calls"]
    (met,) = [each for each in calls if each["errors"]]
    assert (met["operations"], met["answer"]) == (["Query.countProjects"], {"fault": "status 500"})


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_a_handler_is_stopped_after_the_time_of_the_fault(tmp_path: Path, isolation: str) -> None:
    with fast_sdk(), Emulator(seed=0, plugin_isolation=isolation) as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        plugin_project.install_handler("while True: time.sleep(0.01)")
        emulator.faults.add("run", plugin="P", timeout=0.2, times=1)

        plugin_project.submit()

        run = plugin_project.runs()[-1]
        assert run["outcome"] == "TIMED_OUT"
        assert "timed out after 0.2 seconds" in run["error"]


def test_a_deployment_fails_with_the_given_reason(plugin_project: PluginProject) -> None:
    faults = plugin_project.emulator.faults
    faults.add("deploy", error="no space left on the build machine", times=1)

    with pytest.raises(Exception, match="get_plugin_build_errors"):
        plugin_project.upload(submit_source("print('ran')"))

    assert "no space left on the build machine" in plugin_project.build_error()
    plugin_project.update(submit_source("print('ran')"))
    plugin_project.activate()
    plugin_project.submit()
    assert "ran" in plugin_project.log_texts()


def test_a_deployment_takes_long(plugin_project: PluginProject) -> None:
    faults = plugin_project.emulator.faults
    fault = faults.add("deploy", delay=3600)
    folder = plugin_project.write(submit_source("print('ran')"))
    plugin_project.emulator.plugins.link("Late", folder)

    statuses = []
    for _ in range(2):
        statuses += [each["status"] for each in plugin_project.emulator.plugins.list()]
        plugin_project.emulator.clock.advance(hours=1)

    assert statuses == ["DEPLOYING", "ACTIVE"]
    assert fault.fired == 1


LOST = "The webhook could not be reached: a fault of this test lost the delivery"
ANSWER_LOST = (
    "The webhook could not be reached: a fault of this test lost the answer, after the webhook got "
    "the delivery"
)


@pytest.mark.parametrize(
    ("options", "received", "error"),
    [
        ({"drop": "before"}, 0, LOST),
        ({"drop": "after"}, 1, ANSWER_LOST),
        ({"status": 502, "body": "bad"}, 0, "The webhook answered 502: bad"),
        ({"delay": 0.01}, 1, None),
    ],
)
def test_a_delivery_to_a_webhook_or_its_answer_is_lost(
    plugin_project: PluginProject,
    receiver: WebhookReceiver,
    options: Any,
    received: int,
    error: str | None,
) -> None:
    plugin_project.kili.create_webhook(receiver.url, plugin_name="Hook")
    plugin_project.activate("Hook")
    plugin_project.emulator.faults.add("webhook", plugin="Hook", times=1, **options)

    plugin_project.submit()

    run = plugin_project.runs()[-1]
    assert len(receiver.received) == received
    assert run["error"] == error
    assert run["outcome"] == ("FAILED" if error else "SUCCEEDED")
    again = plugin_project.emulator.runs.redeliver(run["id"])
    assert again["outcome"] == "SUCCEEDED"


def test_a_reset_ends_the_delay_of_a_delivery(
    plugin_project: PluginProject, receiver: WebhookReceiver
) -> None:
    emulator = plugin_project.emulator
    plugin_project.kili.create_webhook(receiver.url, plugin_name="Hook")
    plugin_project.activate("Hook")
    fault = emulator.faults.add("webhook", delay=3600)
    with ThreadPoolExecutor(1) as pool:
        submitted = pool.submit(plugin_project.submit)
        while not fault.fired:
            threading.Event().wait(0.001)

        emulator.reset()

        assert submitted.result()
    assert len(receiver.received) == 1
    assert emulator.faults.list() == []


# Command line and HTTP


def command(server: ServerUnderTest, world: RemoteWorld, *arguments: str) -> Result:
    options = ["--world", world.name, "--data-dir", str(server.data_dir)]
    return CliRunner().invoke(main, ["faults", *arguments, *options])


def test_commands_add_list_and_remove_faults(
    server: ServerUnderTest, remote_world: RemoteWorld
) -> None:
    added = command(
        server, remote_world, "add", "createIssues", "--status", "503", "--retry-after", "2"
    )
    partial = command(
        server,
        remote_world,
        *("add", "query", "--error", "x", "--partial", "--extensions", '{"a": 1}'),
    )
    listed = command(server, remote_world, "list", "--json")
    first, second = json.loads(listed.output)

    assert added.output == (
        f"{first['id']:>3}  createIssues  status 503, retry-after 2  (fired 0 of 0)\n"
    )
    assert partial.exit_code == 0
    assert second | {"id": 0} == {
        "id": 0,
        "target": "query",
        "error": "x",
        "partial": True,
        "extensions": {"a": 1},
        "matched": 0,
        "fired": 0,
    }
    removed = command(server, remote_world, "remove", str(first["id"]))
    assert removed.output.startswith(f"Removed: {first['id']:>3}  createIssues")
    assert command(server, remote_world, "clear").output == "Faults removed: 1\n"
    assert command(server, remote_world, "list").output == ""


def test_a_file_of_faults_is_added_whole_or_not_at_all(
    server: ServerUnderTest, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("- target: upload\n  status: 503\n- {target: uplod, status: 503}\n")
    refused = command(server, remote_world, "load", str(file))
    assert refused.exit_code == 1
    assert "did you mean 'upload'?" in refused.output
    assert command(server, remote_world, "list").output == ""

    file.write_text("- target: upload\n  status: 503\n- {target: query, drop: after}\n")
    assert command(server, remote_world, "load", str(file)).exit_code == 0
    assert len(command(server, remote_world, "list").output.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "createIssue", "--status", "503"], "did you mean 'createIssues'?"),
        (["add", "query"], "it has no effect"),
        (["add", "query", "--error", "x", "--extensions", "{"], "--extensions is not JSON"),
        (["preset", "rate-limits"], "did you mean 'rate-limit'?"),
        (["remove", "99"], "there is no fault 99 (there are: none)"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(
    server: ServerUnderTest, remote_world: RemoteWorld, arguments: list[str], message: str
) -> None:
    result = command(server, remote_world, *arguments)

    assert result.exit_code != 0
    assert message in result.output


@pytest.mark.parametrize("text", ["a: 1\n", "- [\n"])
def test_a_file_of_another_form_is_refused(
    server: ServerUnderTest, remote_world: RemoteWorld, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text)

    result = command(server, remote_world, "load", str(file))

    assert result.exit_code == 1
    assert f"{file} is not" in result.output


@pytest.mark.parametrize(
    "body", [{}, {"faults": 1}, {"faults": [1]}, {"preset": 1}, {"preset": "rate-limit", "x": 1}]
)
def test_a_request_of_another_form_is_refused(emulator: Emulator, body: dict[str, Any]) -> None:
    wire = Wire(emulator)
    answer = wire.request(
        "POST",
        "/_emulator/worlds/default/faults",
        json=body,
        headers=wire.authorization("admin"),
    )
    wire.close()

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("the body is invalid: send")


def test_the_id_of_a_fault_is_a_number(emulator: Emulator) -> None:
    wire = Wire(emulator)
    path = "/_emulator/worlds/default/faults/first"
    answer = wire.request("DELETE", path, headers=wire.authorization("admin"))
    wire.close()

    assert (answer.status_code, answer.json()["error"][:28]) == (
        400,
        "the fault is not a number: g",
    )
