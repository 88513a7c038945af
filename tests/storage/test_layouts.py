"""Files of documents of other versions, which are upgraded or refused, and used up descriptors."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from kili_emulator.domain import world_folder
from kili_emulator.domain.world import World
from kili_emulator.errors import StorageError
from kili_emulator.storage.file_check import find_fault
from kili_emulator.storage.layouts import copy_path
from tests.kit.older_layouts import convert_to_layout_3

OLD = 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of documents of a world of an earlier version."""
    with closing(World("w", tmp_path / "w")) as world:
        world.set_start("none")
    file = tmp_path / "w" / "documents.sqlite"
    convert_to_layout_3(file)
    return file


def set_layout(file: Path, layout: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version={layout}")


def layout_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(file: Path) -> None:
    with closing(world_folder.open_world(file.parent)) as world:
        world.documents.upgrade()


def test_copy_of_the_earlier_layout_is_kept(file: Path) -> None:
    upgrade(file)
    copy = copy_path(file, OLD)
    assert (layout_of(copy), layout_of(file) > OLD) == (OLD, True)
    assert copy.stat().st_mode & 0o077 == 0
    assert find_fault(copy, World.START) is None


def test_copy_replaces_the_file_to_go_back(file: Path) -> None:
    upgrade(file)
    copy_path(file, OLD).replace(file)
    upgrade(file)
    assert layout_of(file) > OLD


def test_copy_of_an_interrupted_upgrade_is_kept(file: Path) -> None:
    copy_path(file, OLD).write_bytes(b"the first copy")
    copy_path(file, OLD).with_suffix(".unfinished").write_bytes(b"killed")
    upgrade(file)
    assert copy_path(file, OLD).read_bytes() == b"the first copy"


def test_file_is_not_upgraded_without_a_copy(file: Path) -> None:
    copy_path(file, OLD).with_suffix(".unfinished").mkdir()
    with pytest.raises(StorageError):
        upgrade(file)
    assert layout_of(file) == OLD


def test_copies_are_removed_with_the_world(file: Path) -> None:
    upgrade(file)
    world_folder.remove_world(file.parent)
    assert not file.parent.exists()


@pytest.mark.parametrize(("layout", "age"), [(99, "a newer one"), (1, "an older one")])
def test_other_layout_is_refused_and_nothing_changes(file: Path, layout: int, age: str) -> None:
    set_layout(file, layout)
    before = file.read_bytes()
    with pytest.raises(world_folder.WorldError) as caught:
        world_folder.open_world(file.parent)
    message = str(caught.value)
    assert message.startswith(f"{file} was written by another version of the emulator, {age} ")
    assert f"(layout {layout}, this one reads 3 to " in message
    assert "use that version, use another --data-dir, or move that file's folder away" in message
    assert file.read_bytes()[:4096] == before[:4096]


# Descriptors


@pytest.mark.parametrize("limit", range(1, 4))
def test_world_that_cannot_open_its_files_is_not_created(tmp_path: Path, limit: int) -> None:
    resource: Any = pytest.importorskip("resource")
    with _used_up_descriptors(resource, limit), pytest.raises(StorageError) as caught:
        World("w", tmp_path / "w")
    assert "`ulimit -n`" in caught.value.message


def test_commit_needs_no_further_descriptor(tmp_path: Path) -> None:
    resource: Any = pytest.importorskip("resource")
    with closing(World("w", tmp_path / "w")) as world:
        with _used_up_descriptors(resource, 0):
            world.set_start("none")
            with pytest.raises(StorageError) as caught:
                world.blobs.put(b"new")
        assert "`ulimit -n`" in caught.value.message
        assert world.blobs.get(world.blobs.put(b"new")) == b"new"
    with closing(world_folder.open_world(tmp_path / "w")) as world:
        assert world.scenario == "none"


def _used_up_descriptors(resource: Any, left: int) -> ExitStack:
    """Return a context in which only some more files can be opened."""
    stack = ExitStack()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Path("/dev/null").open() as probe:
        lowest = probe.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + left, before[1]))
    stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
    return stack
