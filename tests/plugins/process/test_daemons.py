"""Processes that a run leaves are ended, and a warning of the run names them (Linux)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator, messages
from kili_emulator.plugins.process import worker_process
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject
from tests.kit.processes import is_alive, wait_until_process_ends

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

SOON = 20.0

# Forks twice, with a session of its own in between, as daemons do; its id is in a file.
DAEMON = """
def daemon(path, work=lambda: time.sleep(600)):
    if os.fork():
        return os.wait()
    os.setsid()
    if not os.fork():
        with open(path + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(path + ".new", path)
        os.closerange(0, 3)
        work()
    os._exit(0)

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)
"""


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    """The file to which a daemon writes its process id."""
    return tmp_path / "pid"


def pid_of(pid_file: Path) -> int:
    """Wait until a daemon has written its process id, and return the id."""
    _wait_until(pid_file.exists)
    return int(pid_file.read_text())


def _wait_until(condition: Any) -> None:
    pause = threading.Event()
    for _ in range(round(SOON / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen")


def left_processes_warning(plugin_project: PluginProject, plugin: str = "P") -> str:
    """Return the warning about processes that the only run of a plugin left."""
    begin = messages.RUN_LEFT_PROCESSES.partition("{names}")[0]
    begin = begin.format(handler=messages.THIS_HANDLER)
    (line,) = [
        text
        for kind, text in plugin_project.log_lines(plugin)
        if kind == "warning" and text.startswith(begin)
    ]
    assert line.endswith(messages.LEFT_PROCESSES_ENDED)
    return line


def test_daemon_is_reported_and_ended(plugin_project: PluginProject, pid_file: Path) -> None:
    run = plugin_project.run_once(f"daemon({str(pid_file)!r})\nwait_for({str(pid_file)!r})", DAEMON)
    assert run["outcome"] == "SUCCEEDED"
    pid = pid_of(pid_file)
    assert f" {pid}." in left_processes_warning(plugin_project)
    assert not is_alive(pid)
    plugin_project.submit()
    assert plugin_project.runs()[-1]["outcome"] == "SUCCEEDED"


def test_daemon_is_reported_when_processes_change_faster_than_scans(
    plugin_project: PluginProject, pid_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "_MAX_SCANS", 0)
    run = plugin_project.run_once(f"daemon({str(pid_file)!r})\nwait_for({str(pid_file)!r})", DAEMON)
    assert run["outcome"] == "SUCCEEDED"
    pid = pid_of(pid_file)
    assert f" {pid}." in left_processes_warning(plugin_project)
    assert not is_alive(pid)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("os._exit(3)", "EXITED"),
        ("os.kill(os.getpid(), 11)", "CRASHED"),
        ("1 / 0", "FAILED"),
        ("os.kill(0, 9)", "CRASHED"),
    ],
)
def test_daemon_of_a_failed_run_is_reported_and_ended(
    plugin_project: PluginProject, pid_file: Path, end: str, outcome: str
) -> None:
    path = str(pid_file)
    run = plugin_project.run_once(f"daemon({path!r})\nwait_for({path!r})\n{end}", DAEMON)
    assert run["outcome"] == outcome
    pid = pid_of(pid_file)
    assert f" {pid}." in left_processes_warning(plugin_project)
    assert not is_alive(pid)


def test_daemon_of_a_timed_out_run_is_reported_and_ended(
    short_timeout_project: PluginProject, pid_file: Path
) -> None:
    run = short_timeout_project.run_once(f"daemon({str(pid_file)!r})\ntime.sleep(99)", DAEMON)
    assert run["outcome"] == "TIMED_OUT"
    assert f" {pid_of(pid_file)}." in left_processes_warning(short_timeout_project)
    assert not is_alive(pid_of(pid_file))


def test_daemons_that_keep_forking_are_all_ended(
    plugin_project: PluginProject, pid_file: Path
) -> None:
    name = f"d{os.urandom(5).hex()}"
    body = (
        "def again():\n"
        "    while not os.fork():\n"
        "        os.setsid()\n"
        "        time.sleep(0.005)\n"
        f"open('/proc/self/comm', 'w').write({name!r})\n"
        f"daemon({str(pid_file)!r}, again)\n"
        f"wait_for({str(pid_file)!r})"
    )
    run = plugin_project.run_once(body, DAEMON)
    assert run["outcome"] == "SUCCEEDED"
    assert f" {name} " in left_processes_warning(plugin_project)
    assert name not in _names()


def _names() -> list[str]:
    """Return the names of all processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((folder / "comm").read_text().strip())
    return found


def test_a_fork_bomb_is_ended(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("while True: os.fork()")
    assert run["outcome"] == "OUT_OF_MEMORY"
    assert " more" in left_processes_warning(plugin_project)
    plugin_project.install_handler("print('next')", name="Next")
    plugin_project.submit()
    assert plugin_project.log_texts("Next") == ["next"]


def test_memory_of_daemons_counts_towards_the_limit(
    plugin_project: PluginProject, pid_file: Path
) -> None:
    each = "lambda: (globals().update(x=b'x' * (300 * 1024 ** 2)), time.sleep(99))"
    run = plugin_project.run_once(
        f"for number in '12': daemon({str(pid_file)!r} + number, {each})\ntime.sleep(14)", DAEMON
    )
    assert run["outcome"] == "OUT_OF_MEMORY"
    left_processes_warning(plugin_project)


def test_daemon_started_just_before_the_run_ends_is_ended(
    plugin_project: PluginProject, pid_file: Path
) -> None:
    name = f"d{os.urandom(5).hex()}"
    body = f"open('/proc/self/comm', 'w').write({name!r})\ndaemon({str(pid_file)!r})"
    run = plugin_project.run_once(body, DAEMON)
    assert run["outcome"] == "SUCCEEDED"
    assert f" {name} " in left_processes_warning(plugin_project)
    assert name not in _names()


def test_daemon_started_at_import_lives_until_the_plugin_is_deleted(
    plugin_project: PluginProject, pid_file: Path
) -> None:
    plugin_project.install_handler(
        "print('again')", f"{DAEMON}\ndaemon({str(pid_file)!r})\nwait_for({str(pid_file)!r})"
    )
    plugin_project.submit()
    plugin_project.submit()
    assert plugin_project.log_lines("P") == [("info", "again")] * 2
    assert is_alive(pid_of(pid_file))
    plugin_project.kili.delete_plugin("P")
    wait_until_process_ends(pid_of(pid_file), SOON)


def test_processes_of_other_plugins_and_the_emulator_are_not_ended(
    plugin_project: PluginProject, pid_file: Path, tmp_path: Path
) -> None:
    own = subprocess.Popen(["sleep", "600"])
    other, go_on = tmp_path / "other", tmp_path / "go on"
    try:
        waiting = f"daemon({str(other)!r})\nwait_for({str(go_on)!r})"
        plugin_project.install_handler(waiting, DAEMON, "Other")
        work = f"wait_for({str(other)!r})\ndaemon({str(pid_file)!r})\nwait_for({str(pid_file)!r})"
        plugin_project.install_handler(work, DAEMON)
        submitted = threading.Thread(target=plugin_project.submit)
        submitted.start()
        _wait_until(
            lambda: sorted(each["outcome"] for each in plugin_project.runs())[1:] == ["SUCCEEDED"]
        )
        assert (is_alive(pid_of(pid_file)), is_alive(pid_of(other))) == (False, True)
        go_on.touch()
        submitted.join()
        assert f" {pid_of(other)}." in left_processes_warning(plugin_project, "Other")
        assert not is_alive(pid_of(other))
        assert own.poll() is None
    finally:
        own.kill()
        own.wait()


def test_zombies_are_reaped(plugin_project: PluginProject) -> None:
    body = (
        "for _ in range(50):\n"
        "    if not os.fork():\n"
        "        os.fork()\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
        "time.sleep(0.5)\n"
        "parents = [open(f'/proc/{each}/stat').read().rpartition(')')[2].split()[:2]\n"
        "           for each in os.listdir('/proc') if each.isdigit()]\n"
        "print(parents.count(['Z', str(os.getppid())]))"
    )
    run = plugin_project.run_once(body)
    assert (run["outcome"], plugin_project.log_lines("P")) == ("SUCCEEDED", [("info", "0")])


def test_plugin_that_kills_its_supervisor_is_ended(plugin_project: PluginProject) -> None:
    run = plugin_project.run_once("print(os.getpid())\nos.kill(os.getppid(), 9)\ntime.sleep(99)")
    assert run["outcome"] == "CRASHED"
    assert not is_alive(int(plugin_project.log_texts("P")[0]))


def test_daemons_end_when_the_emulator_is_killed(tmp_path: Path, pid_file: Path) -> None:
    from tests.kit.server_under_test import ServerUnderTest
    from tests.plugins.bad.trial_server import PluginTrial

    server = ServerUnderTest(tmp_path / "data", "--plugin-isolation", "process")
    (tmp_path / "data").mkdir()
    server.start()
    top = f"import os, time\nfrom kili.plugins import PluginCore\n{DAEMON}"
    body = f"        daemon({str(pid_file)!r})\n        time.sleep(99)\n"
    head = "class PluginHandler(PluginCore):\n    def on_submit(self, label, asset_id):\n"
    main = f"{top}\n{head}{body}"
    with fast_sdk():
        tried = PluginTrial("process", server.world(), tmp_path)
        tried.install(main)
        caught = threading.Thread(target=_ignoring, args=(tried.submit,), daemon=True)
        caught.start()
        pid = pid_of(pid_file)
        server.end_by_signal(signal.SIGKILL)
        wait_until_process_ends(pid, SOON)


def _ignoring(work: Any) -> None:
    try:
        work()
    except Exception:  # the server is gone
        return


def test_emulator_does_not_become_a_subreaper() -> None:
    import ctypes

    with Emulator(plugin_isolation="process"):
        is_subreaper = ctypes.c_int(-1)
        ctypes.CDLL(None).prctl(37, ctypes.byref(is_subreaper), 0, 0, 0)
        assert is_subreaper.value == 0
