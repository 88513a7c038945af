"""The folders below ``worlds``: which are opened, kept or refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kili_emulator.domain import world_folder
from kili_emulator.domain.api_key import create_api_key, scenario_key
from kili_emulator.domain.organization import insert_organization
from kili_emulator.domain.registry import WorldError, WorldRegistry
from kili_emulator.domain.user import create_user
from kili_emulator.domain.world import Actor, World

NOBODY = Actor({"id": "", "organizationId": ""})
PARTICIPANTS = 300  # enough documents for a file of many pages


IMAGE = b"an image"


def add_content(world: World, scenario: str) -> None:
    """Add a user with a key from a scenario, and a document for each participant."""
    with world.transaction(NOBODY) as tx:
        organization = insert_organization(tx, "Farm", {})
        data = {"email": "a@b.example", "organizationRole": "ADMIN"}
        user = create_user(tx, organization, data)
        create_api_key(tx, user, name="admin", key=scenario_key("admin", world.name))
        if scenario == "custom":
            create_api_key(tx, user, name="own", key="my-own-secret")
        for number in range(PARTICIPANTS):
            insert_organization(tx, f"Organization {number}", {})
        tx.files.insert(
            {
                "id": "projects/p/assets/a/content",
                "folder": "projects/p/assets/a",
                "projectId": "p",
                "contentType": "image/png",
                "linked": False,
                "size": len(IMAGE),
                "digest": world.blobs.put(IMAGE),
                "createdAt": tx.now,
            }
        )


class DataFolder:
    """A data folder, and the registries opened on it one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worlds = folder / "worlds"
        self._registry: WorldRegistry | None = None

    def registry(self) -> WorldRegistry:
        self.close()
        self._registry = WorldRegistry(self.folder, add_content, self._ignore, self._ignore)
        return self._registry

    def opened(self) -> list[str]:
        """Return the names of the worlds that a start opens."""
        registry = self.registry()
        registry.open_all()
        return [world.name for world in registry.all()]

    def refused(self) -> str:
        """Return the error of a refused start, which changes nothing."""
        before = self.content()
        registry = self.registry()
        with pytest.raises(WorldError) as caught:
            registry.open_all()
        assert registry.all() == []
        assert before.items() <= self.content().items()
        return str(caught.value)

    def make(self, *names: str, scenario: str = "plain") -> None:
        registry = self.registry()
        registry.open_all()
        for name in names:
            registry.create(name, scenario)
        self.close()

    def content(self) -> dict[str, bytes]:
        """Return every file below ``worlds``."""
        return {
            path.relative_to(self.worlds).as_posix(): path.read_bytes()
            for path in self.worlds.rglob("*")
            if path.is_file()
        }

    def close(self) -> None:
        if self._registry:
            self._registry.close()
        self._registry = None

    @staticmethod
    def _ignore(world: World) -> None:
        pass


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[DataFolder]:
    made = DataFolder(tmp_path)
    yield made
    made.close()


# What is no world


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("notes", "it contains no world"),
        ("Notes of Monday", "its name is not a valid name of a world"),
        (".hidden", "its name is not a valid name of a world"),
        ("default.old", "its name is not a valid name of a world"),
        ("日本", "its name is not a valid name of a world"),
    ],
)
def test_foreign_folder_is_kept_and_reported(
    data_folder: DataFolder, caplog: pytest.LogCaptureFixture, name: str, reason: str
) -> None:
    data_folder.make("default")
    notes = data_folder.worlds / name / "plugins" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("my notes")

    assert data_folder.opened() == ["default"]
    assert notes.read_text() == "my notes"
    (line,) = caplog.messages
    assert repr(str(data_folder.worlds / name)) in line
    assert line.endswith(reason)
    assert "\n" not in line


def test_copy_of_a_world_under_an_invalid_name_is_kept(data_folder: DataFolder) -> None:
    data_folder.make("default")
    shutil.copytree(data_folder.worlds / "default", data_folder.worlds / "default.old")
    world_folder.private_files.make_file(
        data_folder.worlds / "default.old" / world_folder.UNFINISHED_MARKER
    )
    before = data_folder.content()

    assert data_folder.opened() == ["default"]
    data_folder.close()
    assert data_folder.content() == before


def test_file_beside_the_worlds_is_kept(data_folder: DataFolder) -> None:
    data_folder.make("default")
    (data_folder.worlds / "README").write_text("worlds of the course")

    assert data_folder.opened() == ["default"]
    assert (data_folder.worlds / "README").exists()


def test_world_is_not_created_in_a_foreign_folder(data_folder: DataFolder) -> None:
    (data_folder.worlds / "notes").mkdir(parents=True)
    (data_folder.worlds / "notes" / "notes.txt").write_text("my notes")
    with pytest.raises(WorldError, match="notes exists already and is not a world"):
        data_folder.registry().create("notes", "plain")

    assert data_folder.content() == {"notes/notes.txt": b"my notes"}


def test_world_is_created_in_an_empty_folder(data_folder: DataFolder) -> None:
    (data_folder.worlds / "w").mkdir(parents=True)
    data_folder.make("w")

    assert data_folder.opened() == ["w"]


# What is unfinished


class KilledError(BaseException):
    """An error that ends a creation without cleaning up."""


def kill_while_creating(data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the files of a process that was killed while it created a world."""

    def kill(*_: Any) -> None:
        raise KilledError

    monkeypatch.setattr(World, "set_start", kill)
    monkeypatch.setattr(world_folder, "remove_world", lambda folder: None)
    with pytest.raises(KilledError):
        data_folder.registry().create("half", "plain")
    monkeypatch.undo()
    data_folder.close()


def test_unfinished_world_is_removed(
    data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_while_creating(data_folder, monkeypatch)
    assert {
        f"half/{world_folder.UNFINISHED_MARKER}",
        "half/documents.sqlite",
    } <= data_folder.content().keys()

    assert data_folder.opened() == []
    assert list(data_folder.worlds.iterdir()) == []
    data_folder.make("half")
    assert data_folder.opened() == ["half"]


def test_user_file_in_an_unfinished_world_is_kept(
    data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_while_creating(data_folder, monkeypatch)
    (data_folder.worlds / "half" / "notes.txt").write_text("my notes")

    assert data_folder.opened() == []
    assert data_folder.content() == {"half/notes.txt": b"my notes"}


def test_user_file_in_a_deleted_world_is_kept(data_folder: DataFolder) -> None:
    data_folder.make("w")
    (data_folder.worlds / "w" / "notes.txt").write_text("my notes")
    registry = data_folder.registry()
    registry.open_all()
    registry.delete("w")

    assert data_folder.content() == {"w/notes.txt": b"my notes"}


def test_interrupted_deletion_is_completed(
    data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_folder.make("default", "w")
    registry = data_folder.registry()
    registry.open_all()

    def kill(*_: Any, **__: Any) -> None:
        raise KilledError

    monkeypatch.setattr(world_folder, "remove_blobs", kill)
    with pytest.raises(KilledError):
        registry.delete("w")
    monkeypatch.undo()
    assert (data_folder.worlds / "w" / "blobs").is_dir()

    assert data_folder.opened() == ["default"]
    assert not (data_folder.worlds / "w").exists()


def test_finished_world_has_no_unfinished_marker(data_folder: DataFolder) -> None:
    data_folder.make("w")

    assert f"w/{world_folder.UNFINISHED_MARKER}" not in data_folder.content()


def test_complete_world_with_an_unfinished_marker_is_kept(data_folder: DataFolder) -> None:
    """A process was killed after its last write, or a backup replaced an unfinished world."""
    data_folder.make("w")
    marker = data_folder.worlds / "w" / world_folder.UNFINISHED_MARKER
    marker.touch()

    assert data_folder.opened() == ["w"]
    assert not marker.exists()


def test_user_file_with_the_name_of_the_unfinished_marker_is_kept(data_folder: DataFolder) -> None:
    folder = data_folder.worlds / "notes"
    folder.mkdir(parents=True)
    for name in (world_folder.UNFINISHED_MARKER, "documents.sqlite"):
        (folder / name).write_text("my notes")
    before = data_folder.content()

    assert "documents.sqlite cannot be read" in data_folder.refused()
    assert data_folder.content() == before


@pytest.mark.parametrize("linked", ["blobs", "plugins"])
def test_deleting_a_world_follows_no_links(
    data_folder: DataFolder, tmp_path: Path, linked: str
) -> None:
    data_folder.make("w")
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / ("a" * 64)).write_text("mine")
    (target / f"c{'0' * 24}_1").mkdir()
    shutil.rmtree(data_folder.worlds / "w" / linked, ignore_errors=True)
    (data_folder.worlds / "w" / linked).symlink_to(target)
    registry = data_folder.registry()
    registry.open_all()
    registry.delete("w")

    assert len(list(target.iterdir())) == 2


@pytest.mark.parametrize("place", ["blobs", "plugins"])
def test_user_files_among_blobs_and_plugins_are_kept(data_folder: DataFolder, place: str) -> None:
    data_folder.make("w")
    (data_folder.worlds / "w" / place / "mine").mkdir(parents=True)
    (data_folder.worlds / "w" / place / "mine" / "main.py").write_text("print()")
    registry = data_folder.registry()
    registry.open_all()
    registry.delete("w")

    assert data_folder.content() == {f"w/{place}/mine/main.py": b"print()"}


# What is damaged


def _meta(file: Path, key: str, value: object | None) -> None:
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("DELETE FROM meta WHERE key=?", (key,))
        if value is not None:
            opened.execute("INSERT INTO meta VALUES (?,?)", (key, json.dumps(value)))


def _overwrite(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xa5" * 4096 + content[8192:])


def _cut(file: Path, left: Callable[[int], int]) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: left(len(content))])


def _sql(text: str) -> Callable[[Path], None]:
    def run(file: Path) -> None:
        with closing(sqlite3.connect(file)) as opened, opened:
            opened.executescript(text)

    return run


def _other_database(file: Path) -> None:
    file.unlink()
    _sql("CREATE TABLE mine (a)")(file)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (Path.unlink, "is missing"),
    "empty": (lambda file: file.write_bytes(b"") and None, "is empty"),
    "text": (lambda file: file.write_bytes(b"text " * 999) and None, "file is not a database"),
    "first bytes only": (lambda file: _cut(file, lambda size: 99 * size // size), "cannot be read"),
    "first page only": (lambda file: _cut(file, lambda size: 4096 * size // size), "malformed"),
    "first half": (lambda file: _cut(file, lambda size: size // 2), "malformed"),
    "last bytes missing": (lambda file: _cut(file, lambda size: size - 9), "its end is missing"),
    "page overwritten": (_overwrite, "cannot be read"),
    "other database": (_other_database, "holds no documents"),
    "missing start": (
        lambda file: _meta(file, "start", None),
        "the row `start` of its table `meta`",
    ),
    "malformed start": (lambda file: _meta(file, "start", [1]), "cannot be read"),
    "document that is not JSON": (_sql("UPDATE documents SET body = '{'"), "cannot be read"),
    "unknown table": (_sql("UPDATE documents SET tbl = 'x' WHERE tbl = 'users'"), "cannot be read"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["default", "w"])
def test_error_for_a_damaged_world_gives_the_file_and_the_remedy(
    data_folder: DataFolder, damage: str, name: str
) -> None:
    data_folder.make("default", "w")
    file = data_folder.worlds / name / "documents.sqlite"
    spoil, reason = DAMAGES[damage]
    spoil(file)
    message = data_folder.refused()

    assert message.startswith(f"{file} ")
    assert reason in message
    assert f"Restore {file.parent} from a backup, move it out of the folder `worlds`" in message
    assert "delete it yourself" in message


def test_documents_file_without_its_log_is_refused(data_folder: DataFolder) -> None:
    """A backup of the one file, taken while the emulator was running."""
    registry = data_folder.registry()
    registry.create("default", "plain")
    copied = (data_folder.worlds / "default" / "documents.sqlite").read_bytes()
    data_folder.close()
    (data_folder.worlds / "default" / "documents.sqlite").write_bytes(copied)

    assert "documents.sqlite holds no documents" in data_folder.refused()


def test_log_without_its_documents_file_is_refused_and_kept(data_folder: DataFolder) -> None:
    registry = data_folder.registry()
    registry.create("default", "plain")
    log = (data_folder.worlds / "default" / "documents.sqlite-wal").read_bytes()
    data_folder.close()
    (data_folder.worlds / "default" / "documents.sqlite").unlink()
    (data_folder.worlds / "default" / "documents.sqlite-wal").write_bytes(log)

    assert "documents.sqlite is missing" in data_folder.refused()


def test_world_of_a_killed_process_opens(data_folder: DataFolder, tmp_path: Path) -> None:
    registry = data_folder.registry()
    registry.create("default", "plain")
    shutil.copytree(data_folder.worlds, tmp_path / "killed" / "worlds")
    after = DataFolder(tmp_path / "killed")

    assert after.opened() == ["default"]
    after.close()


# What belongs elsewhere


def _forget_name(data_folder: DataFolder, *names: str) -> None:
    """Remove the stored name of worlds, as in older versions."""
    for name in names:
        _meta(data_folder.worlds / name / "documents.sqlite", "name", None)


@pytest.mark.parametrize("is_old", [False, True], ids=["new", "old"])
@pytest.mark.parametrize(("name", "copy"), [("default", "backup-monday"), ("w", "default")])
def test_error_for_a_copied_world_gives_both_names(
    data_folder: DataFolder, name: str, copy: str, is_old: bool
) -> None:
    data_folder.make(name)
    shutil.copytree(data_folder.worlds / name, data_folder.worlds / copy)
    if is_old:
        _forget_name(data_folder, name, copy)
    message = data_folder.refused()

    assert f"{data_folder.worlds / copy} contains world '{name}', not world '{copy}'" in message
    assert "move it out of the folder `worlds`" in message
    shutil.move(data_folder.worlds / copy, data_folder.folder)
    assert data_folder.opened() == [name]


def test_renamed_world_is_refused_until_its_name_is_restored(data_folder: DataFolder) -> None:
    data_folder.make("default")
    (data_folder.worlds / "default").rename(data_folder.worlds / "other")
    assert "Rename the folder to 'default'" in data_folder.refused()
    (data_folder.worlds / "other").rename(data_folder.worlds / "default")

    assert data_folder.opened() == ["default"]


def test_world_of_an_older_version_opens_and_stores_its_name(
    data_folder: DataFolder,
) -> None:
    data_folder.make("default", "w")
    _forget_name(data_folder, "default", "w")
    registry = data_folder.registry()
    registry.open_all()

    assert [world.stored_name for world in registry.all()] == ["default", "w"]
    registry.reset("w")
    assert len(registry.get("w").view.organizations.all()) == PARTICIPANTS + 1
    data_folder.close()
    assert data_folder.opened() == ["default", "w"]


def _add_key(data_folder: DataFolder, name: str, **options: Any) -> None:
    """Add a key as older versions did, without a check of the other worlds."""
    with closing(World(name, data_folder.worlds / name)) as world, world.transaction(NOBODY) as tx:
        owner = tx.users.all()[0]
        create_api_key(tx, owner, name="own", key="my-own-secret", **options)


def test_error_for_a_key_shared_by_two_worlds_gives_both_names(data_folder: DataFolder) -> None:
    data_folder.make("a", "b")
    for name in ("a", "b"):
        _add_key(data_folder, name)
    message = data_folder.refused()

    assert "worlds 'a' and 'b' have the same active API key, named 'own'" in message
    assert f"Move {data_folder.worlds / 'b'} out of the folder `worlds`" in message
    assert "my-own-secret" not in message


@pytest.mark.parametrize("options", [{"revoked": True}, {"expiry": "2020-01-01T00:00:00Z"}])
def test_shared_key_inactive_in_one_world_is_accepted(
    data_folder: DataFolder, options: dict[str, Any]
) -> None:
    data_folder.make("a", "b")
    _add_key(data_folder, "a", **options)
    _add_key(data_folder, "b")

    assert data_folder.opened() == ["a", "b"]
