"""``breakpoint()`` in a plugin, with and without a terminal."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kit.world_content import archive

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

import pty
import termios

PLUGIN = """
import threading
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        kind = label["labelType"]
        breakpoint()
        print("a", kind, "label")
"""
LIMIT = 5  # enough to reach the breakpoint on a machine that has other things to do
SOON = 30.0


class EmulatorProcess:
    """``kili-emulator start`` in a process, and requests to the server."""

    def __init__(self, folder: Path, stdin: int, output: int, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kili_emulator", "start", "--port", "0", "--ephemeral",
             "--data-dir", str(folder), *options],
            stdin=stdin, stdout=output, stderr=output,
            env={**os.environ, "TERM": "dumb"}, start_new_session=True,
        )  # fmt: skip
        self.endpoint = ""

    def call(self, text: str, **variables: Any) -> Any:
        answer = requests.post(
            self.endpoint,
            json={"query": text, "variables": variables},
            headers={"Authorization": "X-API-Key: emulator-admin"},
            timeout=SOON,
        ).json()
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    def deploy(self, code: str) -> None:
        url = self.call('mutation {createPlugin(data: {pluginName: "P"})}').partition("&id=")[0]
        content, kind = archive(main__py=code), {"Content-Type": "application/zip"}
        assert requests.put(url, data=content, headers=kind, timeout=SOON).status_code == 201
        self.call('mutation {createPluginRunner(data: {pluginName: "P"})}')
        where = {"pluginName": "P", "projectId": self._ids("projects")[0]}
        text = "mutation($x: PluginOnProjectWhere!) {activatePluginOnProject(where: $x)}"
        self.call(text, x=where)

    def submit(self, place: int = 0) -> None:
        rows = [{"assetID": self._ids("assets")[place], "jsonResponse": "{}"}]
        data = {"labelType": "DEFAULT", "labelsData": rows}
        text = "mutation($x: AppendManyLabelsData!) {appendManyLabels(data: $x, where: {}) {id}}"
        self.call(text, x=data)

    def log(self) -> list[str]:
        data = {"pluginName": "P", "projectId": self._ids("projects")[0]}
        text = "query($x: PluginLogsData!) {getPluginLogs(data: $x) {content}}"
        return [line["content"] for line in self.call(text, x=data)]

    def _ids(self, noun: str) -> list[str]:
        project = "" if noun == "projects" else f'project: {{id: "{self._ids("projects")[0]}"}}'
        rows = self.call(f"{{{noun}(where: {{{project}}}, skip: 0, first: 10) {{id}}}}")
        return [row["id"] for row in rows]


class Terminal:
    """The terminal of an emulator: its output, and keyboard input."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._shown = ""

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait for a pattern in the output, and skip the output before it."""
        while (found := re.search(pattern, self._shown)) is None:
            ready, _, _ = select.select([self._master], [], [], SOON)
            assert ready, f"{pattern!r} is not shown in:\n{self._shown}"
            self._shown += os.read(self._master, 65536).decode()
        self._shown = self._shown[found.end() :]
        return found

    def settings(self) -> list[Any]:
        return termios.tcgetattr(self._master)

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[tuple[EmulatorProcess, Terminal]]:
    master, slave = pty.openpty()
    emulator = EmulatorProcess(tmp_path, slave, slave, "--plugin-timeout", str(LIMIT))
    os.close(slave)
    terminal = Terminal(master)
    emulator.endpoint = terminal.wait_for(r"endpoint +(\S+)")[1]
    terminal.wait_for("Ctrl-C")
    yield emulator, terminal
    emulator.process.kill()
    emulator.process.wait()
    os.close(master)


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def test_breakpoint_shows_the_prompt_and_pauses_the_time_limit(
    terminal: tuple[EmulatorProcess, Terminal], background: ThreadPoolExecutor
) -> None:
    emulator, screen = terminal
    emulator.deploy(PLUGIN)
    submitted = background.submit(emulator.submit)
    screen.wait_for(r"Stopped at breakpoint\(\) of plugin 'P', run c\w{24}")
    screen.wait_for(r"\(Pdb\)")
    screen.type("p kind")
    screen.wait_for("'DEFAULT'")
    screen.type(f"p threading.Event().wait({LIMIT + 1})")
    screen.wait_for(r"\nFalse")
    screen.type("c")
    submitted.result(SOON)
    assert emulator.log() == ["a DEFAULT label"]


def test_pdb_break_command_finds_files_of_the_plugin(
    terminal: tuple[EmulatorProcess, Terminal], background: ThreadPoolExecutor
) -> None:
    emulator, screen = terminal
    emulator.deploy(PLUGIN)
    submitted = background.submit(emulator.submit)
    for name in ("main.py", "main"):
        screen.wait_for(r"\(Pdb\)")
        screen.type(f"b {name}:10")
        screen.wait_for(r"Breakpoint \d at .*main.py:10")
    screen.wait_for(r"\(Pdb\)")
    screen.type("b nowhere.py:10")
    screen.wait_for("'nowhere.py' not found")
    screen.type("clear 1 2")
    screen.type("c")
    submitted.result(SOON)


def test_terminal_settings_are_restored_when_the_emulator_ends_at_a_prompt(
    terminal: tuple[EmulatorProcess, Terminal], background: ThreadPoolExecutor
) -> None:
    emulator, screen = terminal
    found = screen.settings()
    emulator.deploy(PLUGIN)
    submitted = background.submit(emulator.submit)
    screen.wait_for(r"\(Pdb\)")
    emulator.process.send_signal(signal.SIGINT)
    screen.wait_for("Stopped")
    emulator.process.wait(SOON)
    assert screen.settings() == found
    wait([submitted], SOON)  # answered, or cut off where the process was quicker
    assert submitted.done()


def test_breakpoints_of_two_threads_use_the_terminal_one_after_the_other(
    terminal: tuple[EmulatorProcess, Terminal], background: ThreadPoolExecutor
) -> None:
    emulator, screen = terminal
    both = "import threading\n" + PLUGIN.replace(
        "        breakpoint()",
        "        other = threading.Thread(target=self.stop)\n"
        "        other.start()\n        self.stop()\n        other.join()",
    )
    both += "\n    def stop(self):\n        here = threading.get_ident()\n        breakpoint()\n"
    emulator.deploy(both + "        print('went on')\n")
    submitted = background.submit(emulator.submit)
    for _ in range(2):
        screen.wait_for(r"Stopped at breakpoint\(\)")
        screen.wait_for(r"\(Pdb\)")
        screen.type("p here == threading.get_ident()")
        screen.wait_for("True")
        screen.type("c")
    submitted.result(SOON)
    assert emulator.log() == ["a DEFAULT label", "went on", "went on"]


def test_breakpoint_without_a_terminal_fails_the_run_with_a_hint(tmp_path: Path) -> None:
    emulator = EmulatorProcess(tmp_path, subprocess.DEVNULL, subprocess.PIPE)
    try:
        assert emulator.process.stdout is not None
        for line in emulator.process.stdout:
            if b"endpoint" in line:
                emulator.endpoint = line.split()[1].decode()
            if line.startswith(b"Ctrl-C"):
                break
        emulator.deploy(PLUGIN)
        emulator.submit()
        (line,) = emulator.log()
        assert "RuntimeError: breakpoint() needs a terminal: start the emulator in" in line
    finally:
        emulator.process.kill()
        emulator.process.communicate()
