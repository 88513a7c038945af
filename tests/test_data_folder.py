"""Files of the server on disk: modes, foreign files, and refusals."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.plugins.build import plugin_archive
from tests.kit.world_content import archive
from tests.test_cli import CommandRunner, commands

__all__ = ["commands"]

POSIX = sys.platform != "win32"
pytestmark = pytest.mark.skipif("not POSIX", reason="Windows has no such modes")

PLUGIN = """
from kili.plugins import PluginCore

import helpers


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        pass
"""
FILES = {"lock", "secret", "documents.sqlite", "documents.sqlite-wal", "documents.sqlite-shm"}


def modes(folder: Path) -> dict[str, int]:
    """Return the modes of a folder and its content, by path."""
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in found}


def wrong_modes(folder: Path) -> dict[str, str]:
    """Return the files that others can open, or that the owner cannot."""
    return {
        name: oct(mode)
        for name, mode in modes(folder).items()
        if mode != (0o700 if (folder / name).is_dir() else 0o600)
    }


def widen(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)


class TestModes:
    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o377])
    def test_files_of_the_server_are_private(self, commands: CommandRunner, umask: int) -> None:
        before = os.umask(umask)
        try:
            commands.run("start", "--detach", "--port", "0")
        finally:
            os.umask(before)
        names = {path.name for path in commands.data_dir.rglob("*")}
        assert FILES | {"server.json", "server.log", "blobs", "worlds"} <= names
        assert wrong_modes(commands.data_dir) == {}

    def test_open_data_folder_is_made_private(self, commands: CommandRunner) -> None:
        commands.run("start", "--detach", "--port", "0")
        commands.run("world", "create", "two")
        commands.run("stop")
        widen(commands.data_dir)
        commands.run("start", "--detach", "--port", "0")
        assert wrong_modes(commands.data_dir) == {}

    def test_foreign_files_in_the_data_folder_keep_their_mode(
        self, commands: CommandRunner
    ) -> None:
        notes = commands.data_dir / "worlds" / "notes" / "notes.txt"
        notes.parent.mkdir(parents=True)
        notes.write_text("my notes")
        widen(commands.data_dir)
        commands.start()
        found = modes(commands.data_dir)
        assert (found["worlds/notes"], found["worlds/notes/notes.txt"]) == (0o777, 0o666)
        assert (found["."], found["worlds"]) == (0o700, 0o700)

    def test_data_folder_with_foreign_files_stays_open_but_new_files_are_private(
        self, commands: CommandRunner
    ) -> None:
        project = commands.folder / "project"
        project.mkdir()
        (project / "main.py").write_text("print()")
        widen(project)
        for _ in range(2):
            commands.start("--data-dir", str(project)).stop()
        found = modes(project)
        assert (found.pop("."), found.pop("main.py")) == (0o777, 0o666)
        assert {mode & 0o077 for mode in found.values()} == {0}

    @pytest.mark.parametrize("isolation", ["inline", "process"])
    def test_unpacked_plugins_are_private(self, tmp_path: Path, isolation: str) -> None:
        before = os.umask(0)
        try:
            plugin_archive.unpack(archive(**{"main__py": "", "a/b/c__py": ""}), tmp_path / "plugin")
            with Emulator("empty", plugin_isolation=isolation) as emulator:
                folders = [Path(emulator.platform._cache.name)]
                if isolation == "process":
                    processes = emulator.platform._isolation
                    processes.end(processes.take_worker(None))
                    folders.append(Path(processes._temporary.name))
                found = {oct(folder.stat().st_mode & 0o777) for folder in folders}
        finally:
            os.umask(before)
        assert wrong_modes(tmp_path / "plugin") == {}
        assert found == {"0o700"}

    def test_state_of_an_ephemeral_server_is_private(self, commands: CommandRunner) -> None:
        commands.run("start", "--detach", "--port", "0", "--ephemeral")
        (state_folder,) = commands.temporary.glob("kili-emulator-servers-*")
        assert {"lock", "server.json", "server.log"} <= {
            path.name for path in state_folder.rglob("*")
        }
        assert wrong_modes(state_folder) == {}

    def test_new_request_log_is_private_and_present_log_keeps_its_mode(
        self, commands: CommandRunner
    ) -> None:
        shared = commands.folder / "shared.jsonl"
        shared.touch()
        shared.chmod(0o664)
        for path in (commands.folder / "own.jsonl", shared):
            commands.start("--ephemeral", "--request-log", str(path)).stop()
        assert (commands.folder / "own.jsonl").stat().st_mode & 0o777 == 0o600
        assert shared.stat().st_mode & 0o777 == 0o664


class TestForeignFiles:
    """A ``--data-dir`` folder that already has files of the user."""

    def test_a_state_file_of_another_program_is_not_removed(self, commands: CommandRunner) -> None:
        state = commands.folder / "server.json"
        state.write_text('{"port": 3000}')
        for command in ("stop", "env", "reset"):
            commands.run(command, "--data-dir", ".", status=int(command != "reset"))
        assert {path.name for path in commands.folder.iterdir()} == {"tmp", "server.json"}
        printed = commands.run("start", "--port", "0", "--data-dir", ".", status=1)
        assert "server.json was not written by the emulator" in printed
        assert "away, or give another --data-dir" in printed
        assert state.read_text() == '{"port": 3000}'
        state.unlink()  # the fixture stops the servers that such a file names

    def test_server_log_is_appended_to(self, commands: CommandRunner) -> None:
        log = commands.folder / "server.log"
        log.write_text("of another server\n")
        for _ in range(2):
            printed = commands.run("start", "--detach", "--port", "0", "--data-dir", ".")
            assert printed.startswith("Kili Emulator is ready.")
            commands.run("stop", "--data-dir", ".")
        assert log.read_text().startswith("of another server\nKili Emulator is ready.")
        assert log.read_text().count("Kili Emulator is ready.") == 2

    def test_foreign_plugin_folders_are_kept(self, commands: CommandRunner) -> None:
        commands.start().stop()
        plugins = commands.data_dir / "worlds" / "default" / "plugins"
        own, left = plugins / "mine", plugins / f"c{'0' * 24}_1"
        for folder in (own, left):
            folder.mkdir(parents=True)
            (folder / "main.py").write_text("print()")
        commands.start().stop()
        assert (own / "main.py").exists()
        assert not left.exists()

    def test_foreign_folder_among_worlds_is_kept_and_reported(
        self, commands: CommandRunner
    ) -> None:
        notes = commands.data_dir / "worlds" / "notes" / "notes.txt"
        notes.parent.mkdir(parents=True)
        notes.write_text("my notes")
        printed = commands.run("start", "--detach", "--port", "0")
        (line,) = [line for line in printed.splitlines() if "notes" in line]
        assert line.startswith(f"folder '{notes.parent}' is ignored: it contains no world [")
        assert notes.read_text() == "my notes"


class TestRefusals:
    @pytest.mark.parametrize("command", [["start", "--port", "0"], ["reset"]])
    def test_damaged_world_is_reported_with_a_remedy(
        self, commands: CommandRunner, command: list[str]
    ) -> None:
        commands.start().stop()
        file = commands.data_dir / "worlds" / "default" / "documents.sqlite"
        content = file.read_bytes()
        file.write_bytes(b"")
        printed = commands.run(*command, status=1)
        assert printed.startswith(f"Error: {file} is empty. Nothing has been removed. Restore ")
        file.write_bytes(content)
        assert commands.run("reset") == "World default was reset to its scenario.\n"

    def test_copied_world_does_not_accept_the_keys(self, commands: CommandRunner) -> None:
        commands.start().stop()
        worlds = commands.data_dir / "worlds"
        shutil.copytree(worlds / "default", worlds / "backup-monday")
        printed = commands.run("start", "--port", "0", status=1)
        assert "contains world 'default', not world 'backup-monday'" in printed
        shutil.move(worlds / "backup-monday", commands.folder)
        assert commands.start().key == "emulator-admin"


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_data_and_plugins_of_an_emulator_in_process_are_private(
    tmp_path: Path, isolation: str
) -> None:
    plugin = tmp_path / "plugin"
    (plugin / "helpers").mkdir(parents=True)
    (plugin / "main.py").write_text(PLUGIN)
    (plugin / "helpers" / "__init__.py").touch()
    before = os.umask(0)
    try:
        options = {"ephemeral": False, "data_dir": tmp_path / "data"}
        with Emulator(plugin_isolation=isolation, **options) as emulator:
            emulator.link_plugin("P", plugin)
            made = list((tmp_path / "data" / "worlds" / "default" / "plugins").rglob("*.py"))
            found = wrong_modes(tmp_path / "data")
    finally:
        os.umask(before)
    assert {path.name for path in made} == {"main.py", "__init__.py"}
    assert found == {}


def test_emulators_in_process_write_nothing_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Emulator("empty"), Emulator("empty"):
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []
