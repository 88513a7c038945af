"""Files that only the user can read, including replaced files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kili_emulator import data_folder, private_files

pytestmark = pytest.mark.skipif("os.name == 'nt'", reason="Windows has no such modes")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_written_file_is_private_and_replaces_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("before")
    path.chmod(0o644)
    (tmp_path / "secret.new").write_text("somebody else's")
    private_files.write_file(path, "after")

    assert (path.read_text(), mode(path)) == ("after", 0o600)
    assert (tmp_path / "secret.new").read_text() == "somebody else's"
    assert {each.name for each in tmp_path.iterdir()} == {"secret", "secret.new"}


def test_failed_write_leaves_the_old_file_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        private_files.write_file(path, "\ud800")

    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o377, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        private_files.make_folder(tmp_path / "folder")
        private_files.make_file(tmp_path / "folder" / "file")
        private_files.write_file(tmp_path / "folder" / "written", "text")
        with private_files.temporary_folder("kili-") as temporary:
            assert mode(Path(temporary)) == 0o700
    finally:
        os.umask(before)

    assert mode(tmp_path / "folder") == 0o700
    assert {mode(each) for each in (tmp_path / "folder").iterdir()} == {0o600}


def test_make_file_keeps_the_content_of_a_present_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("line")
    private_files.make_file(tmp_path / "log")

    assert (tmp_path / "log").read_text() == "line"


def test_target_of_a_link_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch()
    target.chmod(0o644)
    (tmp_path / "link").symlink_to(target)
    private_files.restrict_permissions(tmp_path / "link")

    assert mode(target) == 0o644


@pytest.mark.parametrize(
    ("content", "expected"),
    [([], 0o700), (["lock", "secret"], 0o700), (["lock", "main.py"], 0o755)],
)
def test_data_folder_is_made_private_unless_it_has_foreign_files(
    tmp_path: Path, content: list[str], expected: int
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    for name in content:
        (folder / name).touch()
    data_folder.prepare_folder(folder)

    assert mode(folder) == expected
