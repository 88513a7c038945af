"""The temporary folders of a killed emulator are removed by the next one; others stay."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from kili_emulator import process_folder as process_folder_module
from kili_emulator.plugins.guest.sdk_client import make_client
from kili_emulator.process_folder import process_folder, remove_abandoned_folders
from tests.kit.plugin_project import PluginClient, submit_source
from tests.kit.server_under_test import ServerUnderTest

NAME = "kili-emulator-process-"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders, for this process and for the servers of a test."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def process_folders(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{NAME}*"))


def abandoned_folder(parent: Path) -> Path:
    """Create a folder as a killed process leaves it."""
    folder = parent / f"{NAME}killed"
    (folder / "kili-plugins").mkdir(parents=True)
    (folder / "kili-plugins" / "main.py").touch()
    (folder / "lock").touch()
    return folder


def plugin_client(server: ServerUnderTest, folder: Path) -> PluginClient:
    world = server.world()
    kili = make_client(world.endpoint, world.keys["admin"], folder)
    return PluginClient(kili, world.project_id, folder)


def wait_until_removed(folder: Path) -> None:
    pause = threading.Event()
    for _ in range(500):
        if not folder.exists():
            return
        pause.wait(0.02)
    raise AssertionError(f"{folder} still exists")


def test_next_server_removes_the_folders_of_a_killed_one(temporary: Path, tmp_path: Path) -> None:
    killed = ServerUnderTest(tmp_path / "first", "--ephemeral")
    killed.start()
    plugin = plugin_client(killed, tmp_path)
    plugin.upload(submit_source("pass"), "P")
    (left,) = process_folders(temporary)
    assert list(left.glob("kili-*/*/main.py"))
    killed.kill()
    with ServerUnderTest(tmp_path / "second", "--ephemeral"):
        wait_until_removed(left)
        assert len(process_folders(temporary)) == 1
    assert process_folders(temporary) == []


def test_forked_child_of_a_plugin_does_not_keep_the_folder(temporary: Path, tmp_path: Path) -> None:
    killed = ServerUnderTest(tmp_path / "first", "--ephemeral")
    killed.start()
    plugin = plugin_client(killed, tmp_path)
    forking = "import os, time\nchild = os.fork()\nif not child:\n    time.sleep(600)\nprint(child)"
    plugin.install(submit_source(forking), "P")
    plugin.submit()
    child = int(plugin.log_texts("P")[0])
    (left,) = process_folders(temporary)
    try:
        killed.end_by_signal(signal.SIGKILL)
        with ServerUnderTest(tmp_path / "second", "--ephemeral"):
            wait_until_removed(left)
        os.kill(child, 0)  # the child still runs
    finally:
        os.kill(child, signal.SIGKILL)


def test_folder_of_a_running_server_stays(temporary: Path, tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path / "data"):
        (used,) = process_folders(temporary)
        content = sorted(used.iterdir())
        remove_abandoned_folders()
        assert sorted(used.iterdir()) == content


def test_abandoned_folder_is_removed_with_its_content(temporary: Path) -> None:
    folder = abandoned_folder(temporary)
    outside = temporary / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (folder / "kili-plugins" / "link").symlink_to(outside)
    (folder / "link").symlink_to(outside)
    remove_abandoned_folders()
    assert not folder.exists()
    assert (outside / "file").exists()


def test_link_to_an_abandoned_folder_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    folder = abandoned_folder(tmp_path)
    link = temporary / f"{NAME}link"
    link.symlink_to(folder)
    remove_abandoned_folders()
    assert link.is_symlink()
    assert (folder / "kili-plugins" / "main.py").exists()


def test_folder_whose_lock_is_a_link_stays(temporary: Path) -> None:
    folder = abandoned_folder(temporary)
    (folder / "lock").rename(temporary / "elsewhere")
    (folder / "lock").symlink_to(temporary / "elsewhere")
    remove_abandoned_folders()
    assert (folder / "kili-plugins" / "main.py").exists()


@pytest.mark.parametrize("name", [f"{NAME}new", "kili-emulator-servers-0", "other"])
def test_other_folders_stay(temporary: Path, name: str) -> None:
    (temporary / name / "content").mkdir(parents=True)
    if not name.startswith(NAME):
        (temporary / name / "lock").touch()
    remove_abandoned_folders()
    assert (temporary / name / "content").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no owner")
def test_folder_of_another_user_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = abandoned_folder(temporary)
    monkeypatch.setattr("os.getuid", lambda: folder.stat().st_uid + 1)
    remove_abandoned_folders()
    assert (folder / "kili-plugins" / "main.py").exists()


def test_process_keeps_one_folder_for_all_its_temporary_folders() -> None:
    assert process_folder() == process_folder()
    assert process_folder().is_dir()


def test_folder_that_is_removed_before_it_is_locked_is_replaced(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_file, removed = process_folder_module.try_lock, []

    def remove_first(descriptor: int) -> bool:
        if not removed:
            removed.extend(process_folders(temporary))
            remove_abandoned_folders()
        return lock_file(descriptor)

    monkeypatch.setattr(process_folder_module, "_folder", None)
    monkeypatch.setattr(process_folder_module, "try_lock", remove_first)
    folder = process_folder()

    assert removed
    assert folder.is_dir()
    assert process_folders(temporary) == [folder]
