"""The code of an uploaded version has the names of the files that it was uploaded from."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from kili.services.plugins.upload import PluginUploader

from kili_emulator import Emulator
from kili_emulator.plugins.build.local_sources import LocalSources
from kili_emulator.testing.upload_sources import noted_uploads
from tests.kit.plugin_project import PluginProject, submit_source

WHERE = "print(sys._getframe().f_code.co_filename); print(__file__)"


@pytest.fixture
def sources(tmp_path: Path) -> LocalSources:
    return LocalSources()


def unpacked(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(f"{path.name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_an_uploaded_plugin_stops_a_debugger_in_the_users_file(tmp_path: Path) -> None:
    with noted_uploads(), Emulator() as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install(submit_source(WHERE))
        project.submit()
        code_name, file_name = project.log_texts()
    assert code_name == str(tmp_path / "P" / "main.py")
    assert file_name != code_name, "__file__ is that of the copy, beside which data files are"


def test_without_notes_the_names_are_those_of_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fixture `kili_emulator` of an earlier test notes uploads until the end of the session.
    monkeypatch.setattr(PluginUploader, "__init__", inspect.unwrap(PluginUploader.__init__))
    with Emulator() as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install(submit_source(WHERE + "; print('unnoted')"))
        project.submit()
        code_name, file_name, _ = project.log_texts()
    assert code_name == file_name


def test_a_file_counts_only_if_its_content_is_the_same(
    sources: LocalSources, tmp_path: Path
) -> None:
    version = unpacked(tmp_path / "version", main="a = 1\n")
    own = tmp_path / "own.py"
    own.write_text("a = 1\n")
    sources.note(own)
    assert sources.find_main(version) == own
    own.write_text("a = 2\n")
    assert sources.find_main(version) is None
    own.unlink()
    assert sources.find_main(version) is None


def test_a_folder_counts_only_if_all_its_files_are_the_same(
    sources: LocalSources, tmp_path: Path
) -> None:
    version = unpacked(tmp_path / "version", main="a = 1\n", inner__helpers="b = 1\n")
    own = unpacked(tmp_path / "own", main="a = 1\n", inner__helpers="b = 1\n", other="c = 1\n")
    sources.note(own)
    assert sources.find_main(version) == own / "main.py"
    (own / "inner" / "helpers.py").write_text("b = 2\n")
    assert sources.find_main(version) is None


def test_the_last_upload_wins(sources: LocalSources, tmp_path: Path) -> None:
    version = unpacked(tmp_path / "version", main="a = 1\n")
    for name in ("one.py", "two.py", "one.py"):
        (tmp_path / name).write_text("a = 1\n")
        sources.note(tmp_path / name)
    assert sources.find_main(version) == tmp_path / "one.py"
