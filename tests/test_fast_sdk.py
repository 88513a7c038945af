"""``fast_sdk`` shortens the pauses of each SDK generation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit import warm_interpreter
from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld

# Records the sleeps that the SDK asks of the real module.
RECORD = """
import time
slept, sleep = [], time.sleep
time.sleep = lambda seconds: (slept.append(seconds), sleep(min(seconds, 0.05)))
"""
PLUGIN = """
import time
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(time.time())
"""


def test_an_upload_has_no_long_pause_if_the_plugin_imports_time(
    sdk: SdkProcess, notebook: SdkSession, tmp_path: Path
) -> None:
    path = tmp_path / "main.py"
    path.write_text(PLUGIN)
    notebook.run(RECORD).checked()
    try:
        notebook.run(f"kili.upload_plugin({str(path)!r}, 'Timed')").checked()
        slept = notebook.run("slept").checked().value
    finally:
        notebook.run("time.sleep = sleep").checked()

    assert slept
    assert all(seconds <= 0.05 for seconds in slept)


def test_retries_of_each_sdk_have_no_long_pause(
    sdk: SdkProcess, notebook: SdkSession, remote_world: RemoteWorld
) -> None:
    if sdk.version == "2.125.2":
        pytest.skip("this SDK does not retry")
    fault = {"target": "countProjects", "error": "Failed to fetch data connection", "times": 3}
    path = f"/worlds/{remote_world.name}/faults"
    remote_world.server.control("POST", path, json=fault)
    notebook.run("import os\nos.environ['KILI_SDK_TRIALS_NUMBER'] = '10'  # as for users").checked()
    notebook.run(RECORD).checked()
    try:
        count = notebook.run("kili.count_projects()").checked().value
        slept = notebook.run("slept").checked().value
    finally:
        notebook.run("time.sleep = sleep").checked()

    assert count == 1
    assert len(slept) == 3
    assert all(seconds <= 0.05 for seconds in slept)
    assert [each["fired"] for each in remote_world.server.control("GET", path)] == [3]


NESTED = """
from gql.transport import requests as gql_transport
from kili.core.graphql import graphql_client
from kili.use_cases.asset import media_downloader
from kili.utils import bucket
from kili_emulator.testing.sdk import fast_sdk

def pauses():
    decorated = [bucket.upload_data_via_rest, media_downloader.download_file]
    waits = [each.retry.wait for each in decorated]
    return [*waits, graphql_client.Retrying, gql_transport.Retry]

before = pauses()
with fast_sdk():
    changed = pauses()
    with fast_sdk():
        assert pauses() == changed
    assert pauses() == changed
assert pauses() == before
assert all(now is not then for now, then in zip(changed, before))
"""


def test_the_pauses_of_the_sdk_are_restored() -> None:
    # In this process, an emulator may keep the SDK fast.
    process = warm_interpreter.start(["-c", NESTED], environment=os.environ)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
