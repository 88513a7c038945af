"""Progress bars of plugins appear neither on the terminal nor in the log of the run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tqdm import tqdm
from tqdm.auto import tqdm as auto_tqdm

from kili_emulator import Emulator
from tests.kit.plugin_project import PluginProject
from tests.kit.responses import EASY

PLUGIN = """
import io, sys
from kili.plugins import PluginCore
from tqdm import tqdm

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["why?"]
        )
        self.kili.assets(self.project_id, disable_tqdm=False)
        shown = tqdm(total=5, desc="own")
        shown.update(2)
        for file in (sys.stdout, sys.stderr):
            tqdm([1], "own", 1, True, file).update(1)
        kept = io.StringIO()
        list(tqdm([1], file=kept))
        print(shown.n, "it/s" in kept.getvalue())
"""


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_progress_bars_of_plugins_count_but_are_not_drawn(
    isolation: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Emulator(plugin_isolation=isolation) as emulator:
        plugin_project = PluginProject(emulator, tmp_path)
        plugin_project.install(PLUGIN, "Bars", verbose=False)
        capfd.readouterr()
        emulator.submit(plugin_project.project, label=EASY)
        assert emulator.wait_idle()
        (run,) = emulator.runs()
        assert [each["content"] for each in emulator.run(run["id"])["lines"]] == ["2 True"]
        assert capfd.readouterr() == ("", "")
        for bar in (tqdm, auto_tqdm):
            list(bar([1], desc="Not a plugin's", file=sys.stderr))
            assert "Not a plugin's: 100%" in capfd.readouterr().err
