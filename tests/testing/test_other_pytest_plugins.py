"""The plugin works beside other plugins of pytest, and leaves nothing behind."""

from __future__ import annotations

import textwrap

import pytest

from tests.testing.conftest import UserTests

pytest_plugins = "pytester"

ISOLATED = """
import pytest

@pytest.fixture(scope="module")
def project(kili_client):
    return kili_client().create_project(input_type="IMAGE", json_interface={}, title="Mine")

@pytest.mark.parametrize("number", range(4))
def test_one(kili, number):
    assert kili.count_projects() in (1, 2)
    before = kili.count_projects()
    kili.create_project(input_type="IMAGE", json_interface={}, title=f"Mine {number}")
    assert kili.count_projects() == before + 1

@pytest.mark.parametrize("number", range(4))
def test_two(kili, project, number):
    assert kili.count_projects() == 2
    kili.create_project(input_type="IMAGE", json_interface={}, title=f"Mine {number}")

@pytest.mark.kili_settings(plugin_timeout=5)
def test_settings(kili, project, kili_emulator):
    assert kili.count_projects() == 2
    assert kili_emulator.platform.settings.plugin_timeout == 5
"""


def test_each_process_of_xdist_has_its_own_server(user_tests: UserTests) -> None:
    user_tests.write(
        test_one=ISOLATED
        + """
def test_port(kili_emulator):
    open(f"port-{kili_emulator.url.rpartition(':')[2]}", "w").close()
""",
        test_two=ISOLATED
        + """
def test_port(kili_emulator):
    open(f"port-{kili_emulator.url.rpartition(':')[2]}", "w").close()
""",
    )
    result = user_tests.run_process("-p", "xdist", "-n", "2", "--dist", "loadfile")
    result.assert_outcomes(passed=20)
    assert len(list(user_tests.folder.glob("port-*"))) == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_tests_in_random_order(user_tests: UserTests, seed: int) -> None:
    user_tests.write(test_one=ISOLATED, test_two=ISOLATED)
    result = user_tests.run_process("-p", "pytest_randomly", f"--randomly-seed={seed}")
    result.assert_outcomes(passed=18)


def test_asynchronous_tests_and_fixtures(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import asyncio
import pytest
import pytest_asyncio

def create(kili):
    return kili.create_project(input_type="IMAGE", json_interface={}, title="Mine")

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def project(kili_client):
    await asyncio.to_thread(create, kili_client())
    yield

@pytest_asyncio.fixture
async def own(kili):
    await asyncio.to_thread(create, kili)

@pytest.mark.asyncio
@pytest.mark.parametrize("number", [1, 2])
async def test_it(kili, project, own, number):
    counts = await asyncio.gather(*[asyncio.to_thread(kili.count_projects) for _ in range(3)])
    assert counts == [3, 3, 3]
"""
    )
    (user_tests.folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
    )
    user_tests.run_process("-p", "pytest_asyncio.plugin").assert_outcomes(passed=2)


def test_decorators_of_freezegun_freeze_the_emulator(user_tests: UserTests) -> None:
    user_tests.write(
        test_it="""
import unittest
import pytest
from freezegun import freeze_time

def created_at(kili):
    project = kili.create_project(input_type="IMAGE", json_interface={}, title="Mine")["id"]
    kili.append_many_to_dataset(project, content_array=["https://e.org/a"], external_id_array=["a"])
    return kili.assets(project, fields=["createdAt"])[0]["createdAt"]

@freeze_time("2024-02-29 10:00:00")
def test_function(kili):
    assert created_at(kili) == "2024-02-29T10:00:00.000Z"

@freeze_time("2030-02-28 10:00:00")
class TestClass:
    def test_it(self, kili):
        assert created_at(kili) == "2030-02-28T10:00:00.000Z"

@freeze_time("2023-03-01")
class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def use(self, kili):
        self.kili = kili

    def test_it(self):
        self.assertEqual(created_at(self.kili), "2023-03-01T00:00:00.000Z")

def test_after(kili):
    assert created_at(kili) > "2026"
"""
    )
    user_tests.run().assert_outcomes(passed=4)


LEAKS = """
import gc, os, sys, threading
from pathlib import Path

def state():
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):  # pytest sets them
        vars(sys).pop(name, None)
    gc.collect()
    import websocket, requests
    return {
        # The monitor is the SDK's.
        "threads": sorted({each.name for each in threading.enumerate()} - {"tqdm_monitor"}),
        "cache": sorted(map(str, (Path.home() / ".cache").rglob("*"))),
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "sockets": sorted(
            link for each in os.listdir("/proc/self/fd")
            for link in [read(f"/proc/self/fd/{each}")] if link.startswith("socket:")
        ),
        "children": Path(f"/proc/self/task/{os.getpid()}/children").read_text(),
        "send": requests.Session.send is SEND,
        "connect": websocket.WebSocket.connect is CONNECT,
        "uploader": UPLOADER.__init__ is INIT,
        "sleep": upload.time.sleep is SLEEP,
    }

def read(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""

import requests, time, websocket
from kili.services.plugins import upload
SEND, CONNECT = requests.Session.send, websocket.WebSocket.connect
UPLOADER, INIT, SLEEP = upload.PluginUploader, upload.PluginUploader.__init__, time.sleep
before = state()

def pytest_unconfigure(config):
    after = state()
    for name, value in before.items():
        assert after[name] == value, (name, value, after[name])
    print("nothing is left")
"""


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_nothing_is_left_behind(
    user_tests: UserTests, monkeypatch: pytest.MonkeyPatch, isolation: str
) -> None:
    temporary = user_tests.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    user_tests.write(
        conftest=LEAKS,
        plugin="""
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.count_projects()
""",
        test_it=textwrap.dedent(
            """
            import subprocess, sys
            import pytest
            from kili.client import Kili

            @pytest.mark.parametrize("number", [1, 2])
            def test_plugin(kili, kili_env, kili_emulator, number):
                project = kili.projects(fields=["id"])[0]["id"]
                kili.upload_plugin("plugin.py", "P")
                kili.activate_plugin_on_project("P", project_id=project)
                kili_emulator.plugins.link("L", "plugin.py", projects=[project])
                asset = kili.assets(project, fields=["id"], first=1)[0]["id"]
                label = {"JOB_0": {"annotations": []}}
                kili.append_labels([asset], [label], label_type="DEFAULT")
                assert [each["outcome"] for each in kili_emulator.runs.list()] == ["SUCCEEDED"] * 2
                assert Kili().count_projects() == 1

            def test_process(kili_env):
                code = "from kili.client import Kili; Kili()"
                subprocess.run([sys.executable, "-c", code], check=True)

            @pytest.mark.kili_seed(7)
            def test_other_emulator(kili, kili_emulator):
                kili_emulator.checkpoint()

            @pytest.mark.xfail(strict=True)
            def test_failing(kili):
                assert False
            """
        ),
    )
    options = f"--kili-emulator-setting=plugin-isolation={isolation}"
    result = user_tests.run_process("-s", options)
    result.assert_outcomes(passed=4, xfailed=1)
    result.stdout.fnmatch_lines("*nothing is left*")
    assert list(temporary.iterdir()) == []
