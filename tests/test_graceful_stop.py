"""A server that is stopped lets running requests and handlers end, for a limited time."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kit.responses import EASY_JSON
from tests.test_cli import DIRECT, SHELL, CommandRunner, ForegroundServer
from tests.test_server_log import ForegroundProject

pytestmark = pytest.mark.skipif(not SHELL, reason="signals between processes")

# Begins, waits for the file "go", and then uses the API.
PLUGIN = """
import pathlib, time
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        folder = pathlib.Path(FOLDER)
        (folder / "begun").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["why?"]
        )
"""

SUBMIT = """
mutation ($label: AppendToLabelsData!, $asset: AssetWhere!) {
  appendToLabels(data: $label, where: $asset) { id }
}
"""


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[CommandRunner]:
    runner = CommandRunner(tmp_path)
    yield runner
    (tmp_path / "go").touch()
    runner.end()


class SlowProject(ForegroundProject):
    """A server that keeps its data, and a project with a plugin whose handler waits for a file."""

    def __init__(self, commands: CommandRunner, *options: str) -> None:
        super().__init__(commands, *options, storage=())
        self.answers: list[Any] = []
        self.answered = threading.Semaphore(0)
        self.install(PLUGIN.replace("FOLDER", repr(str(commands.folder))), "Judge")

    def begin_submit(self, count: int = 1) -> None:
        """Submit labels, whose requests wait for their runs; return when one handler has begun."""
        for _ in range(count):
            threading.Thread(target=self._submit, daemon=True).start()
        pause = threading.Event()
        while len(self._runs()) < count or not (self.commands.folder / "begun").exists():
            pause.wait(0.02)

    def _submit(self) -> None:
        """Send a label without the SDK, one client of which sends one request at a time."""
        label = {"labelType": "DEFAULT", "jsonResponse": EASY_JSON}
        variables = {"label": label, "asset": {"id": self.asset}}
        headers = {"Authorization": f"X-API-Key: {self.server.key}"}
        try:
            self.answers.append(
                requests.post(
                    self.server.endpoint,
                    json={"query": SUBMIT, "variables": variables},
                    headers=headers,
                    **{**DIRECT, "timeout": 40},
                ).json()
            )
        except requests.RequestException as error:
            self.answers.append({"errors": repr(error)})
        self.answered.release()

    def _runs(self) -> list[dict[str, Any]]:
        url = f"{self.server.url}/_emulator/worlds/default/export"
        headers = {"Authorization": f"X-API-Key: {self.server.key}"}
        return list(requests.get(url, headers=headers, **DIRECT).json()["runs"])

    def signal_and_wait_for_line(self, number: signal.Signals) -> str:
        """Send a signal; return the line in which the server says what it waits for."""
        self.server.process.send_signal(number)
        assert self.server.process.stdout is not None
        return self.server.process.stdout.readline()

    def go(self) -> None:
        (self.commands.folder / "go").touch()

    def rest(self) -> list[str]:
        """Return the lines that the server prints until its end."""
        printed, _ = self.server.process.communicate(timeout=30)
        assert self.server.process.returncode == 0
        return str(printed).splitlines()

    def runs_after_restart(self) -> list[dict[str, Any]]:
        """Start the server again; return the runs, oldest first."""
        restarted = self.commands.start()
        found: list[dict[str, Any]] = json.loads(self.commands.run("runs", "--json"))
        restarted.stop()
        return sorted(found, key=lambda run: run["createdAt"])


@pytest.mark.parametrize(
    ("isolation", "number"),
    [("inline", signal.SIGINT), ("inline", signal.SIGTERM), ("process", signal.SIGTERM)],
)
def test_running_handler_ends_and_no_other_begins(
    commands: CommandRunner, isolation: str, number: signal.Signals
) -> None:
    project = SlowProject(commands, "--stop-wait", "60", "--plugin-isolation", isolation)
    project.begin_submit(2)
    line = project.signal_and_wait_for_line(number)
    assert re.match(
        r"stopping: waiting up to 60 s for \d requests?, 1 handler of 'Judge' \(Ctrl-C ends", line
    )
    project.go()
    assert project.rest() == ["Stopped."]
    first, second = project.runs_after_restart()
    assert (first["outcome"], first["callCount"]) == ("SUCCEEDED", 1)
    assert (second["outcome"], second["startedAt"]) == ("INTERRUPTED", None)


def test_running_request_is_answered_and_others_are_refused(commands: CommandRunner) -> None:
    project = SlowProject(commands, "--stop-wait", "60")
    project.begin_submit()
    project.signal_and_wait_for_line(signal.SIGTERM)
    for path in ("/health", "/api/label/v2/graphql", "/_emulator/worlds"):
        answer = requests.get(f"{project.server.url}{path}", **DIRECT)
        assert (answer.status_code, answer.text) == (
            503,
            "The emulator is stopping and takes no new requests.",
        )
    project.go()
    assert project.answered.acquire(timeout=30)
    (answer,) = project.answers
    assert "errors" not in answer
    assert project.rest() == ["Stopped."]
    (run,) = project.runs_after_restart()
    assert run["outcome"] == "SUCCEEDED"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_second_signal_ends_the_wait(commands: CommandRunner, number: signal.Signals) -> None:
    project = SlowProject(commands, "--stop-wait", "100000")
    project.begin_submit()
    project.signal_and_wait_for_line(number)
    project.server.process.send_signal(number)
    assert project.rest() == ["Stopped."]
    (run,) = project.runs_after_restart()
    assert run["outcome"] == "INTERRUPTED"


def test_handler_that_goes_on_is_named_and_interrupted(commands: CommandRunner) -> None:
    project = SlowProject(commands, "--stop-wait", "0")
    project.begin_submit()
    line = project.signal_and_wait_for_line(signal.SIGTERM)
    assert re.match(
        r"stopping without waiting any longer for \d requests?, 1 handler of 'Judge': to wait", line
    )
    assert project.rest() == ["Stopped."]
    (run,) = project.runs_after_restart()
    assert run["outcome"] == "INTERRUPTED"


def test_stop_command_says_that_it_waits(commands: CommandRunner) -> None:
    project = SlowProject(commands, "--stop-wait", "30")
    project.begin_submit()
    stopping = commands.begin("stop")
    assert stopping.stdout is not None
    assert stopping.stdout.readline() == ("Waiting up to 30 s for running requests and plugins.\n")
    project.go()
    assert stopping.communicate(timeout=30)[0] == "Stopped.\n"
    assert stopping.returncode == 0
    assert re.search("waiting up to 30 s", project.rest()[0])


def test_stop_of_an_idle_server_prints_nothing_else(commands: CommandRunner) -> None:
    server: ForegroundServer = commands.start()
    with requests.Session() as session:
        session.trust_env = False
        session.get(f"{server.url}/health", timeout=10)  # keeps its connection
        assert commands.run("stop") == "Stopped.\n"
    assert server.process.communicate(timeout=30)[0] == "Stopped.\n"
