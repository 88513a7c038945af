"""The start and the end of emulators without a ``with`` block, and their effect on the process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kili_emulator import Emulator
from tests.kit import warm_interpreter


def test_emulator_is_started_and_stopped_without_a_block() -> None:
    emulator = Emulator("empty").start()
    try:
        url = emulator.url
        assert emulator.start() is emulator
        assert emulator.url == url
        with emulator as entered:
            assert entered.url == url
    finally:
        emulator.stop()
        emulator.stop()
    assert not emulator.is_running
    assert repr(emulator) == "<Emulator not running>"
    assert "not running" in emulator._repr_html_()


# Other emulators of this process would keep the SDK fast, so that these tests have their own one.

ANY_ORDER = """
import os
os.environ["NO_PROXY"] = "intranet"
limiter = graphql_client._limiter
first, second = Emulator("empty").start(), Emulator("empty").start()
fast = graphql_client._limiter
first.stop()
assert fast is not limiter
assert graphql_client._limiter is fast
assert "127.0.0.1" in os.environ["NO_PROXY"]
second.stop()
assert graphql_client._limiter is limiter
assert os.environ["NO_PROXY"] == "intranet"
"""
AS_WISHED = """
from kili_emulator.scenario import ScenarioError
limiter = graphql_client._limiter
with Emulator("empty", fast_sdk=False):
    assert graphql_client._limiter is limiter
try:
    Emulator("no-such").start()
except ScenarioError:
    assert graphql_client._limiter is limiter
else:
    raise AssertionError
"""
RESTORED = """
from gql.transport import requests as gql_transport
from kili.use_cases.asset import media_downloader
from kili.utils import bucket

def pauses():
    decorated = [bucket.upload_data_via_rest, media_downloader.download_file]
    waits = [each.retry.wait for each in decorated]
    return [*waits, graphql_client.Retrying, gql_transport.Retry, graphql_client._limiter]

before = pauses()
with Emulator("empty"):
    changed = pauses()
assert pauses() == before
assert all(now is not then for now, then in zip(changed, before))
"""


@pytest.mark.parametrize("code", [ANY_ORDER, AS_WISHED, RESTORED], ids=["order", "wish", "end"])
def test_sdk_is_fast_while_an_emulator_wants_it(code: str) -> None:
    imports = (
        "import kili.client\n"
        "from kili.core.graphql import graphql_client\n"
        "from kili_emulator import Emulator\n"
    )
    process = warm_interpreter.start(["-c", imports + code], environment=os.environ)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def test_sdk_that_is_imported_later_is_fast_until_the_end() -> None:
    code = (
        "import sys; from kili_emulator import Emulator\n"
        "with Emulator('empty') as emulator:\n"
        "    assert 'kili' not in sys.modules\n"
        "    from kili.client import Kili\n"
        "    from kili.core.graphql import graphql_client as module\n"
        "    print(type(module._limiter).__name__)\n"
        "    print(type(sys.modules['kili.client'].__loader__).__name__)\n"
        "print(type(module._limiter).__name__)\n"
        "print('FastSdk' in str(sys.meta_path))\n"
    )
    printed = run_python(code).splitlines()
    assert printed[0] == "_NoLimiter"
    assert printed[1] == "SourceFileLoader"
    assert printed[2] == "Limiter"
    assert printed[3] == "False"


def test_upload_of_a_plugin_has_no_long_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.py").write_text(
        "from kili.plugins import PluginCore\n\nclass PluginHandler(PluginCore):\n"
        "    def on_submit(self, label, asset_id):\n        pass\n"
    )
    slept: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: (slept.append(seconds), sleep(0.05)))
    with Emulator() as emulator:
        assert emulator.client().upload_plugin(str(tmp_path), "Quiet")
    assert slept
    assert max(slept) <= 0.05


@pytest.mark.parametrize(
    "used", ["emulator.client()", "Emulator.connect(emulator.url, 'emulator-admin')"]
)
def test_script_that_does_not_stop_its_emulator_ends_quietly(used: str) -> None:
    code = f"from kili_emulator import Emulator\nemulator = Emulator().start()\nkept = {used}\n"
    assert run_python(code) == ""


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        encoding="utf-8",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
