"""Handlers that never return: the call is answered, the key revoked, the server responsive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.tutorial.test_steps import append, todo_assets
from tests.tutorial.test_survival import connect

PLUGIN = """
import os
import socket
import time
from pathlib import Path
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        Path({key_file!r}).write_text(self.kili.api_key)
        print("begun")
        {hang}
"""

HANGS = {
    "CPU loop": "while True: pass",
    "sleep": "time.sleep(10**6)",
    "socket read": "near, far = socket.socketpair(); near.recv(1)",
}


@pytest.fixture(scope="module")
def newest(sdk_process: Callable[[str], SdkProcess]) -> SdkProcess:
    return sdk_process("26.2.4")


@pytest.fixture(scope="module")
def short_timeout_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """A server that gives handlers one second."""
    folder = tmp_path_factory.mktemp("impatient")
    options = ("--ephemeral", "--plugin-timeout", "1")
    with ServerUnderTest(folder, *options) as running:
        yield running


@pytest.fixture(scope="module")
def long_timeout_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """A server that stops no handler during a test, and answers after 15 seconds."""
    folder = tmp_path_factory.mktemp("patient")
    options = ("--ephemeral", "--plugin-timeout", "3600", "--sync-wait", "15")
    with ServerUnderTest(folder, *options) as running:
        yield running


def install(session: SdkSession, folder: Path, hang: str) -> Path:
    """Upload and activate a plugin that hangs; return the file with its API key."""
    key_file = folder / "key"
    path = folder / "plugin.py"
    path.write_text(PLUGIN.format(key_file=str(key_file), hang=hang))
    session.run(f"kili.upload_plugin({str(path)!r}, 'Hanging')").checked()
    session.run("kili.activate_plugin_on_project('Hanging', project_id=project_id)").checked()
    return key_file


@pytest.mark.parametrize("hang", HANGS.values(), ids=HANGS.keys())
def test_hanging_handler_is_stopped_or_abandoned(
    newest: SdkProcess, short_timeout_server: ServerUnderTest, tmp_path: Path, hang: str
) -> None:
    world = short_timeout_server.new_world()
    session = connect(newest, world)
    key_file = install(session, tmp_path, hang)
    append(session, todo_assets(world)[:1])

    (run,) = world.export()["runs"]
    assert run["outcome"] == ("TIMED_OUT" if "while" in hang else "ABANDONED")
    assert "Plugin timed out after 1 seconds" in run["error"]
    assert _cpu_seconds_of(short_timeout_server.pid) < 0.25

    revoked = requests.post(
        world.endpoint,
        json={"query": "{ viewer { id } }"},
        headers={"Authorization": f"X-API-Key: {key_file.read_text()}"},
        timeout=10,
    )
    assert "is valid only during the run" in revoked.json()["errors"][0]["message"]
    assert session.run("kili.count_projects()").checked().value == 1


def _lines_once(world: RemoteWorld, expected_line: str) -> list[str]:
    """Wait for a log line, and return the lines of all runs."""
    lines: list[str] = []
    for _ in range(600):
        lines = [line["content"] for line in world.export()["pluginLogs"]]
        if expected_line in lines:
            return lines
        threading.Event().wait(0.1)
    raise AssertionError(lines)


def _cpu_seconds_of(pid: int) -> float:
    """Return the processor time that a process uses in half a second."""
    process = psutil.Process(pid)
    before = process.cpu_times()
    threading.Event().wait(0.5)
    after = process.cpu_times()
    return (after.user - before.user) + (after.system - before.system)


def test_call_is_answered_while_three_handlers_sleep(
    newest: SdkProcess, long_timeout_server: ServerUnderTest, tmp_path: Path
) -> None:
    world = long_timeout_server.new_world()
    session = connect(newest, world)
    install(session, tmp_path, "time.sleep(10**6)")
    one, other = todo_assets(world)[:2]

    labels = append(session, [one, other, one])

    assert len(labels) == 3
    assert [run["outcome"] for run in world.export()["runs"]] == ["RUNNING"] * 3
    lines = _lines_once(world, "begun")
    assert sum("was answered after 15 seconds" in line for line in lines) == 3
    assert long_timeout_server.new_world("empty").export()["projects"] == []
