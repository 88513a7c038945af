"""The number of idle processes of plugins is limited; the least recently used one ends first."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginProject
from tests.kit.processes import wait_until_process_ends

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no /proc")


class RecordingProject(PluginProject):
    """A project whose plugins write the id of their process to a file when they are imported."""

    def install_recorder(self, name: str, top: str = "") -> int:
        """Install a plugin, and return the id of the process that has imported it."""
        path = self.folder / f"{name}.pid"
        save = f"open({str(path)!r}, 'w').write(str(os.getpid()))"
        self.install_handler("print(os.getpid())", f"{save}\n{top}", name)
        return int(path.read_text())

    def submit_and_read_ids(self, name: str) -> list[int]:
        """Submit a label, and return the ids of the processes of all runs of a plugin."""
        self.submit()
        return [int(text) for text in self.log_texts(name)]


def test_the_least_recently_used_process_ends_beyond_the_maximum(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_idle_workers=2) as emulator:
        project = RecordingProject(emulator, tmp_path)
        first, second, third = (project.install_recorder(name) for name in "ABC")
        wait_until_process_ends(first, 10)
        assert project.submit_and_read_ids("A") != [first]
        assert project.log_texts("B") == [str(second)]
        assert project.log_texts("C") == [str(third)]


def test_no_process_is_idle_if_the_maximum_is_zero(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_idle_workers=0) as emulator:
        project = RecordingProject(emulator, tmp_path)
        wait_until_process_ends(project.install_recorder("P"), 10)
        (used,) = project.submit_and_read_ids("P")
        wait_until_process_ends(used, 10)


@pytest.mark.skipif(sys.platform != "linux", reason="the emulator detects no child processes")
def test_a_process_whose_import_started_processes_is_kept(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(plugin_isolation="process", plugin_idle_workers=0) as emulator:
        project = RecordingProject(emulator, tmp_path)
        start = "import subprocess\nchild = subprocess.Popen(['sleep', '300'])"
        kept = project.install_recorder("Service", start)
        assert project.submit_and_read_ids("Service") == [kept]
        assert project.submit_and_read_ids("Service") == [kept, kept]
