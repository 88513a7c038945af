"""Answered requests survive a restart, and a kill right after the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.tutorial.test_steps import todo_assets
from tests.tutorial.tutorial_cells import PLUGIN

KILLS = 20


@pytest.fixture(scope="module")
def newest(sdk_process: Callable[[str], SdkProcess]) -> SdkProcess:
    return sdk_process("26.2.4")


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[ServerUnderTest]:
    """A server that writes its data, and that the test may kill."""
    server = ServerUnderTest(tmp_path / "data", "--seed", "0")
    server.start()
    yield server
    server.stop()


def connect(process: SdkProcess, world: RemoteWorld) -> SdkSession:
    session = process.session(env=world.environment())
    session.run(f"project_id = {world.project_id!r}").checked()
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    return session


def read_back(session: SdkSession, asset_id: str) -> dict[str, Any]:
    """Read the results of a submit through the SDK."""
    code = f"""
labels = list(kili.labels(project_id, asset_id={asset_id!r}, fields=["id", "labelType"]))
plugins = kili.list_plugins()
status = kili.get_plugin_status("P")
logs = kili.get_plugin_logs(project_id=project_id, plugin_name="P")
asset = kili.assets(project_id, asset_id={asset_id!r}, fields=["content", "status"])[0]
image = kili.http_client.get(asset["content"])
"""
    session.run(code).checked()
    names = ("labels", "plugins", "status", "logs", "asset['status']", "len(image.content)")
    read = {name: session.run(name).checked().value for name in names}
    read["logs"] = json.loads(read["logs"])
    return read


def test_world_survives_a_restart(
    newest: SdkProcess, durable: ServerUnderTest, tmp_path: Path
) -> None:
    (tmp_path / "plugin.py").write_text(PLUGIN)
    session = connect(newest, durable.world())
    session.run(f"kili.upload_plugin({str(tmp_path / 'plugin.py')!r}, 'P')").checked()
    session.run("kili.activate_plugin_on_project('P', project_id=project_id)").checked()
    asset_id = todo_assets(durable.world())[0]
    submit(session, asset_id)
    before, export = read_back(session, asset_id), durable.world().export()

    assert durable.stop() == 0
    durable.start()

    session = connect(newest, durable.world())
    assert durable.world().export() == export
    assert read_back(session, asset_id) == before
    submit(session, asset_id)
    after = read_back(session, asset_id)
    assert len(after["labels"]) == len(before["labels"]) + 1
    assert after["logs"][-len(before["logs"]) :] == before["logs"]
    assert len(after["logs"]) > len(before["logs"])


def submit(session: SdkSession, asset_id: str) -> str:
    """Append a label, and return its id."""
    label = "{'JOB_0': {'annotations': []}}"
    return str(
        session.run(
            f"kili.append_labels(asset_id_array=[{asset_id!r}], label_type='DEFAULT',"
            f" json_response_array=[{label}])[0]['id']"
        )
        .checked()
        .value
    )


def test_answered_submits_survive_kills(
    newest: SdkProcess, durable: ServerUnderTest, tmp_path: Path
) -> None:
    plugin = tmp_path / "plugin.py"
    plugin.write_text(PLUGIN)
    session = connect(newest, durable.world())
    session.run(f"kili.upload_plugin({str(plugin)!r}, 'P')").checked()
    session.run("kili.activate_plugin_on_project('P', project_id=project_id)").checked()
    asset_id = todo_assets(durable.world())[0]
    known = {label["id"] for label in durable.world().export()["labels"]}
    expected: list[str] = []
    for _ in range(KILLS):
        expected.append(submit(session, asset_id))
        durable.kill()
        durable.start()
        session = connect(newest, durable.world())
        read = read_back(session, asset_id)
        labels = [label["id"] for label in read["labels"] if label["id"] not in known]
        assert labels == expected
        assert read["status"] == "ACTIVE"
        assert read["len(image.content)"] > 0
        started = [line for line in read["logs"] if line["content"] == "On submit called"]
        assert [line["metadata"]["labelId"] for line in reversed(started)] == expected
        runs = durable.world().export()["runs"]
        assert [run["outcome"] for run in runs] == ["SUCCEEDED"] * len(expected)


def test_run_ended_by_a_kill_is_interrupted_and_not_repeated(
    newest: SdkProcess, tmp_path: Path
) -> None:
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        "import time\nfrom kili.plugins import PluginCore\n"
        "class PluginHandler(PluginCore):\n"
        "    def on_submit(self, label, asset_id):\n"
        "        print('begun')\n        time.sleep(10**6)\n"
    )
    server = ServerUnderTest(tmp_path / "data", "--sync-wait", "5")
    with server:
        session = connect(newest, server.world())
        session.run(f"kili.upload_plugin({str(plugin)!r}, 'P')").checked()
        session.run("kili.activate_plugin_on_project('P', project_id=project_id)").checked()
        submit(session, todo_assets(server.world())[0])
        server.kill()
        server.start()
        (run,) = server.world().export()["runs"]
        assert run["outcome"] == "INTERRUPTED"
        session = connect(newest, server.world())
        lines = json.loads(
            session.run("kili.get_plugin_logs(project_id=project_id, plugin_name='P')").value
        )
        assert lines[0]["logType"] == "error"
        assert lines[-1]["content"] == "begun"
