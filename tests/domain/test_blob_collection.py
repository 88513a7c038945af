"""Blobs are removed when neither a document nor the journal names them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.domain import file
from kili_emulator.domain.blob_collection import collect_blobs
from kili_emulator.domain.world import Actor, World
from kili_emulator.errors import StorageError
from kili_emulator.storage import blobs
from kili_emulator.testing.sdk import fast_sdk

pytestmark = pytest.mark.made_up_documents

PROJECT = "p"
FOLDER = f"projects/{PROJECT}/assets/a"


@pytest.fixture(params=["memory", "file"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    opened = World("w", tmp_path if request.param == "file" else None)
    with opened.transaction(Actor.system()) as tx:
        tx.projects.insert({"id": PROJECT, "organizationId": "", "deletedAt": None})  # type: ignore[typeddict-item]
    opened.set_start("none")
    yield opened
    opened.close()


def upload(world: World, content: bytes, name: str = "content") -> None:
    with world.transaction(Actor.system()) as tx:
        file.store(tx, file.Upload(f"{FOLDER}/{name}", PROJECT), content, "text/plain")


def delete(world: World, name: str = "content") -> None:
    with world.transaction(Actor.system()) as tx:
        tx.files.delete(tx.files.require(f"{FOLDER}/{name}"))


def collect(world: World) -> None:
    """Collect twice: the first time, a blob stays for readers of an older view."""
    for _ in range(2):
        collect_blobs(world.documents, world.blobs)


def stored(world: World, *contents: bytes) -> list[bytes]:
    """Return those of the contents that the blob store has."""
    found = []
    for each in contents:
        try:
            found.append(world.blobs.get(hashlib.sha256(each).hexdigest()))
        except StorageError:
            continue
    return found


def test_blob_of_a_deleted_or_replaced_file_is_removed(world: World) -> None:
    upload(world, b"old")
    upload(world, b"new")
    upload(world, b"deleted", "other")
    delete(world, "other")
    collect(world)
    assert stored(world, b"old", b"new", b"deleted") == [b"new"]


def test_blob_that_two_files_name_stays_until_both_are_deleted(world: World) -> None:
    for name in ("one", "other"):
        upload(world, b"same", name)
    delete(world, "one")
    collect(world)
    assert stored(world, b"same") == [b"same"]
    delete(world, "other")
    collect(world)
    assert stored(world, b"same") == []


@pytest.mark.parametrize("is_deleted", [True, False])
def test_blob_stays_while_a_mark_can_restore_its_file(world: World, is_deleted: bool) -> None:
    upload(world, b"old")
    mark = world.mark()
    if is_deleted:
        delete(world)
    else:
        upload(world, b"new")
    collect(world)
    assert stored(world, b"old") == [b"old"]
    world.roll_back(mark)
    collect(world)
    assert stored(world, b"old", b"new") == [b"old"]


def test_blob_of_an_undone_upload_is_removed(world: World) -> None:
    mark = world.mark()
    upload(world, b"undone")
    world.roll_back(mark)
    collect(world)
    assert stored(world, b"undone") == []


def test_blob_of_a_refused_upload_is_removed(world: World) -> None:
    def upload_and_fail() -> None:
        with world.transaction(Actor.system()) as tx:
            file.store(tx, file.Upload(f"{FOLDER}/content", PROJECT), b"refused", "text/plain")
            tx.assets.require("missing")

    with pytest.raises(KeyError):
        upload_and_fail()
    collect(world)
    assert stored(world, b"refused") == []


def test_blobs_are_collected_while_the_world_is_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "_BLOBS_PER_COLLECTION", 10)
    contents = [str(number).encode() for number in range(100)]
    for each in contents:
        upload(world, each)
    kept = stored(world, *contents)
    assert kept[-1] == contents[-1]
    assert len(kept) <= 20


def test_nothing_is_removed_while_a_commit_is_not_in_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(world, b"deleted")
    delete(world)
    with monkeypatch.context() as patch:
        patch.setattr(type(world.documents), "is_saved", False)
        collect(world)
    assert stored(world, b"deleted") == [b"deleted"]
    collect(world)
    assert stored(world, b"deleted") == []


@pytest.mark.parametrize("world", ["file"], indirect=True)
def test_change_is_stored_and_no_blob_removed_if_the_journal_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "_BLOBS_PER_COLLECTION", 1)
    upload(world, b"deleted")
    assert world.folder is not None
    with closing(sqlite3.connect(world.folder / "documents.sqlite")) as connection:
        delete(world)
        connection.execute("ALTER TABLE journal RENAME TO damaged")
        for number in range(3):
            upload(world, b"new", str(number))
        connection.execute("ALTER TABLE damaged RENAME TO journal")
    assert len(world.view.files.all()) == 3
    assert stored(world, b"deleted", b"new") == [b"deleted", b"new"]


def test_start_removes_the_blobs_of_deleted_files(tmp_path: Path) -> None:
    def blob_names() -> set[str]:
        return {each.name for each in tmp_path.glob("worlds/default/blobs/*")}

    with fast_sdk(), Emulator(data_dir=tmp_path, ephemeral=False) as emulator:
        kili: Any = emulator.client()
        project_id = kili.create_project(title="t", input_type="TEXT", json_interface={"jobs": {}})[
            "id"
        ]
        before = blob_names()
        names = ["kept", "deleted"]
        kili.append_many_to_dataset(
            project_id, content_array=["a kept text", "another text"], external_id_array=names
        )
        assert len(blob_names() - before) == 2
        kili.delete_many_from_dataset(external_ids=["deleted"], project_id=project_id)
    with fast_sdk(), Emulator(data_dir=tmp_path, ephemeral=False) as emulator:
        assert len(blob_names() - before) == 1
        files = emulator.world.view.files.all()
        contents = [emulator.world.blobs.get(each["digest"]) for each in files]
        assert b"a kept text" in contents
