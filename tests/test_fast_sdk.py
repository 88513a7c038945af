"""``fast_sdk`` shortens the pauses of each SDK generation."""

from __future__ import annotations

from pathlib import Path

from tests.kit.sdk_process import SdkProcess, SdkSession

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
