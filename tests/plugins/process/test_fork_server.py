"""Workers forked by the fork server have the same process state as spawned workers (Linux).

Each test reads the process state in a forked worker, some also in a spawned worker.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kili.services.plugins.exceptions import PluginCreationError

from kili_emulator import Emulator
from kili_emulator.plugins.process import fork_server
from kili_emulator.plugins.process.fork_server import ForkServers
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject
from tests.kit.processes import is_alive, wait_until_process_ends
from tests.kit.server_under_test import ServerUnderTest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="others start each worker")

SOON = 20.0

ABOUT = """
import json, random, resource, signal, threading
import numpy.random

def of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()

def about():
    return json.dumps({
        "worker": os.getpid(),
        "supervisor": os.getppid(),
        "parent": int(of(os.getppid())[1]),
        "session": os.getsid(0),
        "supervisor's session": os.getsid(os.getppid()),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "arguments": sys.argv,
        "main": sorted(sys.modules["__main__"].__dict__),
        "emulator": [name for name in sys.modules if name.startswith("kili_emulator")],
        "files": sorted(
            os.readlink(f"/proc/self/fd/{each}").partition(":")[0]
            for each in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{each}")
        ),
        "threads": sorted(type(each).__name__ for each in threading.enumerate()),
        "limits": [resource.getrlimit(each) for each in (
            resource.RLIMIT_DATA, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
        "signals": {each.name: str(signal.getsignal(each)) for each in signal.Signals
                    if each.name != "SIGCLD"},
        "random": [random.random(), float(numpy.random.rand())],
    })
"""


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServers]:
    """Fork servers of this test only, which end with their last emulator."""
    servers = ForkServers()
    monkeypatch.setattr("kili_emulator.plugins.process.isolation.FORK_SERVERS", servers)
    yield servers
    servers.close()


def process_facts(plugin_project: PluginProject, name: str = "About") -> dict[str, Any]:
    """Upload a plugin, and return the process state that it prints."""
    plugin_project.install_handler("print(about())", ABOUT, name)
    plugin_project.submit()
    found: dict[str, Any] = json.loads(plugin_project.log_texts(name)[-1])
    return found


def test_workers_of_all_emulators_are_forked_from_one_process(
    plugin_project: PluginProject, tmp_path: Path
) -> None:
    one = process_facts(plugin_project)
    other = process_facts(plugin_project, "Other")
    with Emulator(plugin_isolation="process") as emulator:
        (tmp_path / "third").mkdir()
        third = process_facts(PluginProject(emulator, tmp_path / "third"))
    assert len({each["worker"] for each in (one, other, third)}) == 3
    assert len({each["supervisor"] for each in (one, other, third)}) == 3
    (server,) = {each["parent"] for each in (one, other, third)}
    assert server != os.getpid()
    assert psutil.Process(server).ppid() == os.getpid()


def test_forked_worker_has_the_same_process_state_as_a_spawned_worker(
    plugin_project: PluginProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked = process_facts(plugin_project)
    monkeypatch.setattr(fork_server, "IS_AVAILABLE", False)
    with Emulator(plugin_isolation="process") as emulator:
        (tmp_path / "started").mkdir()
        started = process_facts(PluginProject(emulator, tmp_path / "started"))
    assert forked["parent"] != os.getpid() == started["parent"]
    for each in (forked, started):
        assert each["session"] == each["worker"]
        assert each["supervisor's session"] == each["supervisor"]
        # The event loop of the SDK's thread has some, once it runs.
        assert each["files"].count("socket") <= 2
        each["files"] = [name for name in each["files"] if name not in ("socket", "anon_inode")]
        assert each["emulator"] == []
        each["environment"]["NO_PROXY"] = ""
        each["folder"] = str(Path(each["folder"]).name.startswith("tmp"))
    same = ("environment", "folder", "arguments", "main", "files", "threads", "limits", "signals")
    assert {each: forked[each] for each in same} == {each: started[each] for each in same}


def test_variable_set_after_the_fork_server_started_reaches_plugins(
    plugin_project: PluginProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "COLOUR" not in process_facts(plugin_project)["environment"]
    monkeypatch.setenv("COLOUR", "blue")
    assert process_facts(plugin_project, "Later")["environment"]["COLOUR"] == "blue"


def test_workers_have_different_random_numbers(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(plugin_isolation="process") as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        one, other = (
            process_facts(plugin_project)["random"],
            process_facts(plugin_project, "Other")["random"],
        )
    assert one[0] != other[0]
    assert one[1] != other[1]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_plugins_run_when_the_fork_server_is_killed_or_stopped(
    servers: ForkServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals
) -> None:
    monkeypatch.setattr(fork_server, "_ANSWER_SECONDS", 0.1)
    with fast_sdk(), Emulator(plugin_isolation="process") as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        before = process_facts(plugin_project)
        os.kill(before["parent"], end)
        after = process_facts(plugin_project, "After")
        assert after["parent"] == os.getpid() != before["parent"]
        plugin_project.submit()  # the first worker goes on
        assert [run["outcome"] for run in plugin_project.runs()] == ["SUCCEEDED"] * 5
    assert servers._users == {}
    assert not is_alive(before["parent"])


def test_broken_sdk_is_a_build_error_of_the_plugin_that_imports_it(
    servers: ForkServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken" / "kili").mkdir(parents=True)
    (tmp_path / "broken" / "kili" / "__init__.py").write_text("raise RuntimeError('no SDK')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    with fast_sdk(), Emulator(plugin_isolation="process") as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        with pytest.raises(PluginCreationError):
            plugin_project.install_handler("pass")
        assert "no SDK" in plugin_project.build_error("P")


def test_fork_server_ends_with_the_last_emulator(servers: ForkServers, tmp_path: Path) -> None:
    with fast_sdk(), Emulator(plugin_isolation="process") as one:
        with Emulator(plugin_isolation="process"):
            found = process_facts(PluginProject(one, tmp_path))
        assert is_alive(found["parent"])
    assert not is_alive(found["parent"])
    assert not is_alive(found["supervisor"])
    assert not is_alive(found["worker"])


def test_fork_server_ends_when_the_emulator_is_killed(tmp_path: Path) -> None:
    server = ServerUnderTest(tmp_path, "--ephemeral", "--plugin-isolation", "process")
    server.start()
    (forking,) = psutil.Process(server.pid).children()
    server.kill()
    wait_until_process_ends(forking.pid, SOON)
