"""A plugin on disk is packed as the SDK packs it for an upload."""

from __future__ import annotations

import os
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from kili.services.plugins.upload import PluginUploader

from kili_emulator.plugins.build.plugin_archive import read_archive, unpack
from kili_emulator.plugins.links import packing
from kili_emulator.plugins.links.packing import PackError, pack, signature

HANDLER = "class PluginHandler:\n    def on_submit(self, label, asset_id): pass\n"

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return write(
        tmp_path / "plugin",
        {
            "main.py": HANDLER,
            "helpers/__init__.py": "",
            "helpers/deep/text.py": "TEXT = 'é'\n",
            ".hidden/code.py": "x = 1\n",
            "requirements.txt": "numpy\n",
            "helpers/requirements.txt": "left out",
            "data.json": "{}",
            "README.md": "left out",
            "__pycache__/main.cpython-311.pyc": "left out",
        },
    )


def sent_by_the_sdk(path: Path, folder: Path) -> dict[str, bytes]:
    uploader = PluginUploader(None, str(path), "P", False, None, None)  # type: ignore[arg-type]
    folder.mkdir()
    return read_archive(uploader._create_zip(folder).read_bytes())


def test_a_folder_is_packed_as_the_sdk_packs_it(plugin: Path, tmp_path: Path) -> None:
    packed = pack(plugin)
    assert read_archive(packed.archive) == packed.files
    assert packed.files == sent_by_the_sdk(plugin, tmp_path / "sdk")
    assert packed.main == plugin / "main.py"
    unpack(packed.archive, tmp_path / "unpacked")


@pytest.mark.parametrize("name", ["boxes.py", "main.py", "Boxes.PY"])
def test_a_single_file_becomes_main_py(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, {name: HANDLER, "requirements.txt": "numpy"}) / name
    packed = pack(path)
    assert packed.files == sent_by_the_sdk(path, tmp_path / "sdk") == {"main.py": HANDLER.encode()}
    assert packed.main == path


@posix
def test_links_to_files_are_followed_and_links_to_folders_are_not(
    plugin: Path, tmp_path: Path
) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"linked.py": "x = 2\n"})
    (plugin / "linked.py").symlink_to(elsewhere / "linked.py")
    (plugin / "folder").symlink_to(elsewhere)
    packed = pack(plugin)
    assert packed.files["linked.py"] == b"x = 2\n"
    assert packed.files == sent_by_the_sdk(plugin, tmp_path / "sdk")


@posix
def test_temporary_files_of_editors_are_not_packed(plugin: Path) -> None:
    before = pack(plugin)
    (plugin / ".#main.py").symlink_to("me@here.1234")  # of Emacs, for as long as it is edited
    (plugin / "main.py~").write_text("left out")
    (plugin / ".main.py.swp").write_text("left out")
    (plugin / "folder.py").mkdir()
    os.mkfifo(plugin / "pipe.py")
    assert pack(plugin) == before


def test_archive_depends_only_on_names_and_contents_of_files(plugin: Path, tmp_path: Path) -> None:
    before = pack(plugin)
    again = write(tmp_path / "again", {name: text.decode() for name, text in before.files.items()})
    os.utime(again / "main.py", (0, 0))
    (again / "main.py").chmod(0o600)
    assert pack(again).archive == before.archive
    with zipfile.ZipFile(BytesIO(before.archive)) as archive:
        assert archive.namelist() == sorted(before.files)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "does not exist"),
        ({"boxes/helper.py": ""}, "has no main.py"),
        ({"boxes/main.py/x": ""}, "has no main.py"),
        ({"boxes": "text"}, "neither a folder nor a .py file"),
    ],
)
def test_path_without_a_plugin_is_refused(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    with pytest.raises(PackError, match=reason):
        pack(write(tmp_path, files) / "boxes")


def test_folder_with_too_many_or_too_large_files_is_refused(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MAX_ENTRIES", 4)
    with pytest.raises(
        PackError, match="more than 4 Python files: move files that do not belong to the plugin"
    ):
        pack(plugin)
    monkeypatch.setattr(packing, "MAX_ENTRIES", 5)
    pack(plugin)
    with (plugin / "helpers" / "large.py").open("wb") as file:
        file.truncate(101 * 1024 * 1024)
    monkeypatch.setattr(packing, "MAX_ENTRIES", 6)
    with pytest.raises(PackError, match="larger than 100 MB"):
        pack(plugin)


def test_unreadable_file_is_named_in_the_error(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root, as whom tests may run, reads all
    with pytest.raises(PackError, match=r"cannot be read: .*Permission denied: .*code.py"):
        pack(plugin)


def test_file_deleted_during_packing_is_left_out(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def gone(path: Path) -> bytes:
        if path.name == "text.py":
            path.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", gone)
    assert "helpers/deep/text.py" not in pack(plugin).files


@posix
def test_file_name_that_is_not_utf8_is_refused(plugin: Path) -> None:
    Path(os.fsdecode(os.fsencode(plugin) + b"/\xff.py")).write_text("")
    with pytest.raises(PackError, match="cannot be read"):
        pack(plugin)


def test_signature_changes_only_with_packed_files(plugin: Path) -> None:
    before = signature(plugin)
    (plugin / "data.json").write_text("[]")
    (plugin / "__pycache__" / "x.pyc").write_text("")
    assert signature(plugin) == before
    seen = {before}
    write(plugin, {"main.py": HANDLER + "\n"})
    seen.add(signature(plugin))
    write(plugin, {"new.py": ""})
    seen.add(signature(plugin))
    (plugin / "helpers" / "deep" / "text.py").unlink()
    seen.add(signature(plugin))
    (plugin / "requirements.txt").unlink()
    seen.add(signature(plugin))
    assert len(seen) == 5
    assert signature(plugin / "nothing") == ()
    assert signature(plugin / "data.json") == ()
