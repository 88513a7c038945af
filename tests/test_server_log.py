"""Output of a server on its terminal, and output of `runs --follow`."""

from __future__ import annotations

import json
import re
import shlex
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator.testing.sdk import fast_sdk
from tests.kit import warm_interpreter
from tests.kit.plugin_project import PluginClient
from tests.kit.responses import EASY_JSON
from tests.test_cli import SHELL, CommandRunner

PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("looking at it")
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["why?"]
        )
        raise ValueError("too hard")
"""
ON_EVENT = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_event(self, payload):
        print("told of", payload["event"])
"""


class ForegroundProject(PluginClient):
    """A server in the foreground, with an SDK client and a project."""

    def __init__(
        self, commands: CommandRunner, *options: str, storage: tuple[str, ...] = ("--ephemeral",)
    ) -> None:
        self.commands = commands
        self.server = commands.start(*storage, *options)
        project = self.server.printed(r"project +(\S+) +Plugin tutorial")
        with fast_sdk(), warnings.catch_warnings():
            from kili.client import Kili

            kili = Kili(api_key=self.server.key, api_endpoint=self.server.endpoint)
        super().__init__(kili, project, commands.folder)

    def follow(self, *options: str) -> warm_interpreter.Process:
        """Start `runs --follow`; return its process once it has printed the earlier run."""
        process = self.commands.begin("runs", "--follow", *options)
        assert process.stdout
        assert "Judge" in process.stdout.readline()
        return process

    def stop(self) -> list[str]:
        """Stop the server; return the lines printed since it was ready, without the last."""
        status, rest = self.server.stop()
        *lines, last = rest.splitlines()
        assert (status, last) == (0, "Stopped.")
        return lines


LOGS = """
import logging
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        logging.basicConfig()
        raise ValueError("too hard \\x1b[2J")
"""


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[CommandRunner]:
    runner = CommandRunner(tmp_path)
    yield runner
    runner.end()


@pytest.mark.parametrize(
    "isolation", ["inline", pytest.param("process", marks=pytest.mark.contract)]
)
def test_failed_build_and_failed_run_print_one_line_each(
    commands: CommandRunner, isolation: str
) -> None:
    foreground_project = ForegroundProject(commands, "--plugin-isolation", isolation)
    foreground_project.install(PLUGIN, "Judge")
    foreground_project.submit()
    with pytest.raises(Exception, match="get_plugin_build_errors"):
        foreground_project.install(f"{PLUGIN}\nraise RuntimeError('at import')", "Broken one")
    run = json.loads(commands.run("runs", "--json"))[0]["id"]
    shown = {
        f"kili-emulator runs show {run}": "why?",
        "kili-emulator plugins versions 'Broken one'": "at import",
    }
    for command, text in shown.items():
        assert text in commands.run(*shlex.split(command)[1:])
    lines = foreground_project.stop()
    assert len(lines) == 2, lines
    assert f"'Judge': run {run} (onSubmit) ended as FAILED: ValueError: too hard" in lines[0]
    assert "'Broken one': the build of version 1 failed: RuntimeError: at import" in lines[1]
    assert [re.findall(r"more: `(.*)`", line) for line in lines] == [[each] for each in shown]


def test_failed_build_with_a_warning_is_reported_with_its_error(commands: CommandRunner) -> None:
    foreground_project = ForegroundProject(commands)
    with pytest.raises(Exception, match="get_plugin_build_errors"):
        foreground_project.install(
            f"{ON_EVENT}\nraise RuntimeError('at import')", "Watch", event_matcher=["nothing.*"]
        )
    (line,) = foreground_project.stop()
    assert "'Watch': the build of version 1 failed: RuntimeError: at import" in line


def test_plugin_that_configures_logging_does_not_duplicate_lines(commands: CommandRunner) -> None:
    foreground_project = ForegroundProject(commands)
    foreground_project.install(LOGS, "Judge")
    foreground_project.submit()
    lines = foreground_project.stop()
    assert len(lines) == 1, lines
    assert r"ended as FAILED: ValueError: too hard \x1b[2J (more: " in lines[0]


def test_log_line_names_the_command_that_shows_the_run(commands: CommandRunner) -> None:
    where = ["--data-dir", str(commands.folder / "my data")]
    server = commands.start(*where)
    commands.run("world", "create", "second", *where)
    (commands.folder / "judge.py").write_text(PLUGIN, encoding="utf-8")
    (commands.folder / "label.json").write_text(EASY_JSON, encoding="utf-8")
    where += ["--world", "second"]
    project = "Plugin tutorial: count the objects"
    commands.run("plugins", "link", "Judge", "judge.py", "--project", project, *where)
    commands.run("submit", "--project", project, "--label", "label.json", *where)
    _, rest = server.stop()
    (command,) = re.findall(r"more: `(.*)`", rest)
    commands.start("--data-dir", str(commands.folder / "my data"))
    assert "too hard" in commands.run(*shlex.split(command)[1:])
    commands.run("stop", *where[:2])


def test_runs_follow_prints_log_lines_and_ends_with_the_emulator(commands: CommandRunner) -> None:
    foreground_project = ForegroundProject(commands)
    foreground_project.install(PLUGIN, "Judge")
    foreground_project.submit()
    followers = [
        foreground_project.follow(),
        foreground_project.follow("--quiet"),
        foreground_project.follow("--json"),
    ]
    foreground_project.submit()
    run = json.loads(commands.run("runs", "--json"))[1]["id"]
    foreground_project.stop()
    printed = [each.communicate(timeout=30)[0].splitlines() for each in followers]
    logged, ended = printed[0][0], printed[0][-2]
    assert logged.endswith(f" {run} Judge info | looking at it")
    assert printed[0][1].endswith(f" {run} Judge error | Traceback (most recent call last):")
    assert all(line.startswith("  | ") for line in printed[0][2:-2])
    assert "Judge #1 onSubmit: FAILED" in ended
    assert printed[0][-1] == "The emulator was stopped."
    assert printed[1] == [ended, "The emulator was stopped."]
    assert json.loads(printed[2][0])["id"] == run
    assert [each.returncode for each in followers] == [0, 0, 0]


@pytest.mark.skipif(not SHELL, reason="a signal that cannot be caught")
def test_runs_follow_fails_when_the_emulator_is_killed(commands: CommandRunner) -> None:
    foreground_project = ForegroundProject(commands)
    foreground_project.install(PLUGIN, "Judge")
    foreground_project.submit()
    process = foreground_project.follow()
    foreground_project.server.process.send_signal(signal.SIGKILL)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "ended before it answered" in printed


def test_runs_of_on_event_name_the_event(commands: CommandRunner) -> None:
    foreground_project = ForegroundProject(commands)
    foreground_project.install(ON_EVENT, "Watch", event_matcher=["label.*"])
    (commands.folder / "label.json").write_text(EASY_JSON, encoding="utf-8")
    done = commands.run("submit", "--project", foreground_project.project, "--label", "label.json")
    listed = commands.run("runs")
    for line in (done.splitlines()[-1], listed.splitlines()[0]):
        assert "on_event label." in line
    assert re.search(r"Watch #1 on_event label\.\S+: SUCCEEDED", listed)
    foreground_project.stop()
