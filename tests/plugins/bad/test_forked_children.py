"""A forked child process of a plugin does not block the next emulator."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import ServerUnderTest
from tests.plugins.bad.bad_plugin import BadPlugin
from tests.plugins.bad.trial_server import PluginTrial

FORKING = BadPlugin("child = os.fork()\nif not child:\n    time.sleep(600)\nprint(child)")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_forked_child_does_not_block_port_and_data_folder_of_the_next_server(
    tmp_path: Path, end: signal.Signals
) -> None:
    first = ServerUnderTest(tmp_path / "data")
    first.start()
    with fast_sdk():
        trial = PluginTrial("inline", first.world(), tmp_path)
        trial.install_plugin(FORKING.main(FORKING.on_submit), "Bad", {})
        trial.submit_and_wait()
    (child,) = map(int, trial.printed_lines())
    try:
        first.end_by_signal(end)
        port = first.url.rpartition(":")[2]
        with ServerUnderTest(tmp_path / "data", "--port", port) as second:
            (run,) = second.world().export()["runs"]
            assert (second.url, run["outcome"]) == (first.url, "SUCCEEDED")
            os.kill(child, 0)  # the child still runs
    finally:
        os.kill(child, signal.SIGKILL)
