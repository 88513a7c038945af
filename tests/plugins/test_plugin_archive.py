"""Unpacking an upload: valid and malicious archives, and files that cannot be compiled."""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.inline import sandbox
from tests.plugins.version_build import HANDLER, build, problems, zipped, zipped_entries


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "versions" / "v"
    sandbox.drop_modules("v")


def written(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


# Valid archives


def test_raw_python_file_is_built(folder: Path) -> None:
    handler = build(folder, HANDLER.encode())

    assert (handler.__name__, vars(handler)["name"]) == ("PluginHandler", "it")
    assert written(folder) == {"main.py"}


def test_zip_is_built(folder: Path) -> None:
    archive = zipped(
        {
            "main.py": "from helpers.deep import PluginHandler",
            "helpers/deep.py": HANDLER,
            "requirements.txt": "numpy",
            "data/é.bin": b"\x00\xff",
        }
    )

    assert build(folder, archive).__name__ == "PluginHandler"
    assert written(folder) == {"main.py", "helpers/deep.py", "requirements.txt", "data/é.bin"}
    assert (folder / "data/é.bin").read_bytes() == b"\x00\xff"


def test_zip_with_entries_for_folders_is_built(folder: Path) -> None:
    archive = zipped({"helpers/": "", "helpers/deep.py": "", "./main.py": HANDLER})

    assert build(folder, archive).__name__ == "PluginHandler"
    assert written(folder) == {"main.py", "helpers/deep.py"}


@pytest.mark.parametrize(
    "code",
    [
        "PK = 1\n" + HANDLER,
        "\ufeff" + HANDLER,
        "# coding: utf-8\nNAME = 'é'\n" + HANDLER,
        HANDLER.replace("\n", "\r\n"),
        "PluginHandler = type('Other', (), {})",
    ],
    ids=["begins like a zip", "byte order mark", "declared UTF-8", "Windows lines", "made class"],
)
def test_unusual_file_is_built(folder: Path, code: str) -> None:
    assert isinstance(build(folder, code.encode()), type)
    assert isinstance(build(folder, zipped({"main.py": code})), type)


def test_building_again_replaces_the_folder(folder: Path) -> None:
    build(folder, zipped({"main.py": HANDLER, "old.py": ""}))
    build(folder, zipped({"main.py": HANDLER, "new.py": ""}))

    assert written(folder) == {"main.py", "new.py"}


def test_thousand_entries_are_allowed(folder: Path) -> None:
    archive = zipped({"main.py": HANDLER, **{f"data/{number}": "" for number in range(999)}})

    assert build(folder, archive).__name__ == "PluginHandler"


# Refused archives


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "helpers/../../evil.py",
        "helpers/..",
        "/evil.py",
        "//host/evil.py",
        "..\\evil.py",
        "helpers\\..\\..\\evil.py",
        "\\evil.py",
        "\\\\host\\evil.py",
        "C:/evil.py",
        "C:\\evil.py",
        "C:evil.py",
        "../",
    ],
)
def test_entry_that_leaves_the_folder_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    archive = zipped({"main.py": HANDLER, name: "evil"})

    (problem,) = problems(folder, archive)
    assert problem.endswith('" leaves the plugin\'s folder: use relative paths without ".."')
    assert list(tmp_path.iterdir()) == []


def test_link_is_refused(folder: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("helpers")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = zipped_entries(("main.py", HANDLER), (link, "/etc"))

    assert problems(folder, archive) == [
        'the archive entry "helpers" is a link: replace it with the file itself'
    ]
    assert list(tmp_path.iterdir()) == []


def test_too_many_entries_are_refused(folder: Path) -> None:
    archive = zipped({"main.py": HANDLER, **{f"data/{number}": "" for number in range(1000)}})

    assert problems(folder, archive) == [
        "the archive has 1001 entries, more than the limit of 1000: leave files out"
    ]


TOO_LARGE = ["the archive unpacks to more than 100 MB: leave data files out"]


def test_zip_bomb_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = zipped({"main.py": HANDLER, "data.bin": bytes(100 * 1024 * 1024 + 1)})
    assert len(archive) < 1024 * 1024

    assert problems(folder, archive) == TOO_LARGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sizes", [[1001], [600, 600], [1000]])
def test_size_limit_applies_to_the_sum_of_all_entries(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setattr(plugin_archive, "_MAX_UNPACKED", 1000)
    archive = zipped({f"{number}.bin": bytes(size) for number, size in enumerate(sizes)})

    expected = TOO_LARGE if sum(sizes) > 1000 else [NO_MAIN]
    assert problems(folder, archive) == expected


def test_zip_bomb_with_a_false_size_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_archive, "_MAX_UNPACKED", 1000)
    size = 1_000_000
    archive = zipped({"main.py": bytes(size)}).replace(
        size.to_bytes(4, "little"), (10).to_bytes(4, "little")
    )

    (problem,) = problems(folder, archive)
    assert problem.startswith("the uploaded archive cannot be read: ")


@pytest.mark.parametrize("names", [["helpers", "helpers/deep.py"], ["helpers/deep.py", "helpers"]])
def test_entry_that_is_both_file_and_folder_is_refused(folder: Path, names: list[str]) -> None:
    (problem,) = problems(folder, zipped({"main.py": HANDLER, **dict.fromkeys(names, "")}))

    assert problem.startswith("the uploaded archive cannot be read: ")


@pytest.mark.parametrize("again", ["main.py", "./main.py"])
def test_duplicate_entry_is_refused(
    folder: Path, again: str, recwarn: pytest.WarningsRecorder
) -> None:
    archive = zipped_entries(("main.py", HANDLER), (again, "other"))

    assert problems(folder, archive) == ['the archive has two entries named "main.py": keep one']
    assert {str(each.message) for each in recwarn} <= {"Duplicate name: 'main.py'"}


def damaged(archive: bytes) -> dict[str, bytes]:
    middle = archive.index(b"main.py") + 12
    return {
        "no zip at all": b"PK\x03\x04 nonsense",
        "cut off": archive[:-30],
        "compressed data": archive[:middle] + b"\xff" * 8 + archive[middle + 8 :],
        "name": archive.replace(b"main.py", b"main.\xffy").replace(
            b"\x00\x00\x08\x00", b"\x00\x08\x08\x00"
        ),
    }


@pytest.mark.parametrize("damage", damaged(zipped({"main.py": HANDLER})))
def test_damaged_archive_is_refused(folder: Path, damage: str) -> None:
    archive = damaged(zipped({"main.py": HANDLER * 10}))[damage]

    (problem,) = problems(folder, archive)
    assert problem.startswith("the uploaded archive cannot be read: ")


def outcome(archive: bytes) -> list[str]:
    """The names of the files of an archive, or the problems with it."""
    try:
        return list(plugin_archive.read_archive(archive))
    except BuildError as error:
        return error.problems


@pytest.mark.parametrize("seed", range(8))
def test_archive_with_any_byte_changed_is_built_or_refused(folder: Path, seed: int) -> None:
    archive = bytearray(zipped({"main.py": HANDLER * 3, "é.py": "x = 1\n"}))
    for position in range(2 + seed, len(archive), 8):
        original, archive[position] = archive[position], archive[position] ^ 0xFF
        assert outcome(bytes(archive))
        archive[position] = original


def test_encrypted_archive_is_refused(folder: Path) -> None:
    archive = bytearray(zipped({"main.py": HANDLER}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(header) + flags] |= 1

    (problem,) = problems(folder, bytes(archive))
    assert "encrypted" in problem


# Refused files

NO_MAIN = (
    "the archive has no main.py: put the PluginHandler class into main.py at the top of the folder"
)


@pytest.mark.parametrize("name", [None, "plugin.py", "plugin/main.py", "Main.py"])
def test_main_py_must_be_at_the_top_of_the_archive(folder: Path, name: str | None) -> None:
    assert problems(folder, zipped({name: HANDLER} if name else {})) == [NO_MAIN]


def test_every_file_with_a_syntax_error_is_reported(folder: Path, tmp_path: Path) -> None:
    archive = zipped(
        {
            "main.py": "def f(:\n    pass\n",
            "good.py": "",
            "helpers/bad.py": "x = 1\nif x\n",
            "notes.txt": "not ( python",
        }
    )
    first, second = problems(folder, archive)

    assert first.startswith('  File "helpers/bad.py", line 2\n')
    assert second.startswith('  File "main.py", line 1\n')
    assert "SyntaxError: " in first
    assert "SyntaxError: " in second
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_not_utf8_is_reported(folder: Path) -> None:
    archive = zipped({"main.py": HANDLER, "latin.py": "x = 'é'".encode("latin-1")})

    assert problems(folder, archive) == [
        "latin.py is not UTF-8 text: save it as UTF-8 and update the plugin"
    ]


@pytest.mark.parametrize(
    "code", ["x = 1\x00", "x = 1" + " + 1" * 20_000, "x = " + "-" * 20_000 + "1"]
)
def test_file_that_python_cannot_compile_is_reported(folder: Path, code: str) -> None:
    assert len(problems(folder, code)) == 1


def test_python_file_above_the_limit_is_refused(folder: Path) -> None:
    large = "DATA = '" + "x" * (2 * 1024 * 1024) + "'\n"
    with pytest.raises(BuildError) as error:
        plugin_archive.unpack(zipped({"main.py": HANDLER, "data.py": large}), folder)
    (problem,) = error.value.problems
    assert problem.startswith("data.py has 2.0 MB, and a Python file of a plugin has at most 2 MB:")
    assert not folder.exists()


def test_large_python_file_below_the_limit_is_built(folder: Path) -> None:
    large = "DATA = '" + "x" * (2 * 1024 * 1024 - 20) + "'\n"
    plugin_archive.unpack(zipped({"main.py": HANDLER, "data.py": large}), folder)
    assert written(folder) == {"main.py", "data.py"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_full_disk_fails_the_build_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder, write = tmp_path / "version", Path.write_bytes

    def write_some(path: Path, content: bytes) -> int:
        if path.name == "second.py":
            raise OSError(number, os.strerror(number))
        return write(path, content)

    packed = zipped({"main.py": HANDLER, "second.py": "x = 1"})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_some)
        with pytest.raises(BuildError, match="free space on that disk, then update the plugin"):
            plugin_archive.unpack(packed, folder)
    assert not folder.exists()
    plugin_archive.unpack(packed, folder)
    assert sorted(each.name for each in folder.iterdir()) == ["main.py", "second.py"]
