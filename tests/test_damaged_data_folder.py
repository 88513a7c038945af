"""Files of a data folder that are damaged, of the wrong kind, or not accessible to the emulator.

The error names the file and says what to do, and nothing in the folder has changed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from kili_emulator import Emulator
from kili_emulator.data_folder import DataFolderError
from kili_emulator.domain.registry import WorldError
from tests.kit import warm_interpreter
from tests.kit.server_under_test import ServerUnderTest

_DOCUMENTS = "worlds/default/documents.sqlite"
_USER = 65534  # "nobody"


@pytest.fixture(scope="module")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a world, which an emulator has closed."""
    folder = tmp_path_factory.mktemp("pristine") / "data"
    with Emulator(ephemeral=False, data_dir=folder):
        pass
    return folder


@pytest.fixture
def folder(_pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(_pristine, tmp_path / "data")


def content(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def refusal(folder: Path) -> str:
    """Return the error of an emulator that does not start, and changes nothing."""
    before = content(folder)
    with (
        pytest.raises((DataFolderError, WorldError)) as caught,
        Emulator(ephemeral=False, data_dir=folder),
    ):
        pass
    assert before.items() <= content(folder).items()
    return str(caught.value)


def make_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def make_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("mine")


def write(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def change_body(value: bytes, table: str = "users") -> Callable[[Path], None]:
    """Return a function that overwrites the stored texts of a table."""

    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as opened, opened:
            text = "UPDATE documents SET body = CAST(? AS TEXT) WHERE tbl = ?"
            opened.execute(text, (value, table))

    return change


FAULTS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "folder as secret": ("secret", make_folder, "cannot be used (Is a directory): move it away"),
    "bytes as secret": ("secret", write(b"\xff\xfe\x00" * 20), "is damaged: it does not contain"),
    "short secret": ("secret", write(b"abc"), "is damaged: it does not contain a secret. Delete"),
    "folder as lock": ("lock", make_folder, "cannot be used (Is a directory): move it away"),
    "file as worlds": ("worlds", make_file, "is not a folder, but the emulator keeps its worlds"),
    "folder as documents": (_DOCUMENTS, make_folder, "is not a file. Nothing has been removed."),
    "file as blobs": ("worlds/default/blobs", make_file, "cannot be used (File exists)"),
    "invalid text": (_DOCUMENTS, change_body(b'{"id": "\xff"}'), "cannot be read (ValueError"),
    "cut text": (_DOCUMENTS, change_body(b'{"id": "'), "cannot be read (JSONDecodeError"),
    "other value": (_DOCUMENTS, change_body(b"[]"), "cannot be read (TypeError"),
    "no members": (_DOCUMENTS, change_body(b"{}"), "cannot be read (KeyError"),
    "other value of an asset": (_DOCUMENTS, change_body(b"[]", "assets"), "cannot be read ("),
    "asset without members": (_DOCUMENTS, change_body(b"{}", "assets"), "cannot be read ("),
    "cut asset": (_DOCUMENTS, change_body(b'{"id": "', "assets"), "cannot be read ("),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_with_a_remedy(folder: Path, fault: str) -> None:
    name, spoil, text = FAULTS[fault]
    spoil(folder / name)
    message = refusal(folder)
    assert message.startswith(f"{folder / name} {text}"), message


@pytest.mark.parametrize(
    "fault", [each for each, (name, _, _) in FAULTS.items() if name.startswith("worlds/")]
)
def test_remedy_of_a_damaged_world_is_a_repair_or_a_backup(folder: Path, fault: str) -> None:
    name, spoil, _ = FAULTS[fault]
    spoil(folder / name)
    message = refusal(folder)
    assert f"Restore {folder / 'worlds' / 'default'} from a backup, move it out" in message
    assert "`kili-emulator repair` recovers what can be read" in message


def test_folder_with_the_name_of_the_unfinished_marker_is_kept(folder: Path) -> None:
    marker = folder / "worlds" / "default" / ".kili-emulator-unfinished"
    marker.mkdir()
    with Emulator(ephemeral=False, data_dir=folder) as emulator:
        assert emulator.world.view.projects.all()
    assert marker.is_dir()


def test_second_emulator_in_the_process_is_refused(folder: Path) -> None:
    with Emulator(ephemeral=False, data_dir=folder) as first:
        message = refusal(folder)
        assert requests.get(f"{first.url}/health", timeout=10).ok
    assert message.startswith(f"another emulator uses {folder}: stop it")
    with Emulator(ephemeral=False, data_dir=folder):
        pass


def test_emulator_in_process_is_refused_beside_a_server_and_the_reverse(folder: Path) -> None:
    with ServerUnderTest(folder):
        assert refusal(folder).startswith(f"another emulator uses {folder}: ")
    with (
        Emulator(ephemeral=False, data_dir=folder),
        pytest.raises(AssertionError, match="another emulator uses"),
    ):
        ServerUnderTest(folder).start()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork processes")
def test_forked_process_does_not_keep_the_folder_locked(folder: Path) -> None:
    reading, writing = os.pipe()
    with Emulator(ephemeral=False, data_dir=folder):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
    try:
        with Emulator(ephemeral=False, data_dir=folder):
            pass
    finally:
        os.close(writing)
        os.waitpid(child, 0)


# Folders without the permission to write


@pytest.fixture
def foreign(_pristine: Path) -> Iterator[Path]:
    """Return a data folder of an ordinary user: the administrator may write anywhere."""
    if sys.platform == "win32" or os.getuid():
        pytest.skip("only the administrator can give a file to another user")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(_pristine, Path(name) / "data"))
        for path in (Path(name), folder, *folder.rglob("*")):
            os.chown(path, _USER, _USER)
        yield folder


def take_away(path: Path, mode: int) -> None:
    """Give a file to the administrator, with a mode for other users."""
    os.chown(path, 0, 0)
    path.chmod(0o700 | mode)


class OrdinaryServer(ServerUnderTest):
    """A server of a user who is not the administrator."""

    PROGRAM = f"""
import os
from kili_emulator.cli import main
os.setgroups([])
os.setgid({_USER})
os.setuid({_USER})
main()
"""

    def _launch(self, arguments: list[str]) -> warm_interpreter.Process:
        return super()._launch(["-c", self.PROGRAM, *arguments[2:]])


def start_refusal(folder: Path) -> str:
    with pytest.raises(AssertionError) as caught:
        OrdinaryServer(folder).start()
    return str(caught.value)


def test_read_only_folder_is_named_at_the_start(foreign: Path) -> None:
    (foreign / "lock").unlink()
    take_away(foreign, 0o005)
    message = start_refusal(foreign)
    assert f"{foreign / 'lock'} cannot be used (Permission denied): give this user" in message


@pytest.mark.parametrize("name", ["secret", "lock", "worlds", "worlds/default", _DOCUMENTS])
def test_file_that_the_user_may_not_read_is_named_at_the_start(foreign: Path, name: str) -> None:
    take_away(foreign / name, 0)
    message = start_refusal(foreign)
    assert f"Error: {foreign / name}" in message
    assert "Permission denied" in message or "unable to open database file" in message
    assert "Traceback" not in message


def test_changes_in_a_read_only_folder_are_refused_until_it_is_writable(foreign: Path) -> None:
    with OrdinaryServer(foreign) as server:
        world = server.world()
        before = world.export()
        upload = _upload_url(server, world.project_id)
        places = [foreign / "worlds", foreign / "worlds" / "default" / "blobs"]
        for place in places:
            take_away(place, 0o005)
        answers = [_create_world(server), requests.put(upload, data=b"new", timeout=30)]
        assert [each.status_code for each in answers] == [507, 507], [each.text for each in answers]
        for each in answers:
            assert "[notStored] The data could not be stored." in each.text
            assert "give this user the permission for the data folder" in each.text
        assert world.export() == before
        for place in places:
            os.chown(place, _USER, _USER)
        assert requests.put(upload, data=b"new", timeout=30).status_code == 201


def _create_world(server: ServerUnderTest) -> requests.Response:
    headers = {"Authorization": "X-API-Key: emulator-admin"}
    url = f"{server.url}/_emulator/worlds"
    return requests.post(url, json={"name": "w"}, headers=headers, timeout=30)


def _upload_url(server: ServerUnderTest, project_id: str) -> str:
    query = "query ($paths: [String!]!) { urls: createUploadBucketSignedUrls(filePaths: $paths) }"
    paths = [f"projects/{project_id}/assets/new/content"]
    answer = requests.post(
        server.world().endpoint,
        json={"query": query, "variables": {"paths": paths}},
        headers={"Authorization": "X-API-Key: emulator-admin"},
        timeout=30,
    )
    return str(answer.json()["data"]["urls"][0])
