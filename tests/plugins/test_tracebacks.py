"""Code of a linked plugin has the user's file names; tracebacks have paths in the plugin."""

from __future__ import annotations

import pdb  # noqa: T100
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from kili_emulator.plugins.guest.tracebacks import CodeLocation, format_error
from kili_emulator.plugins.inline import sandbox

MAIN = """
import helpers.deep

class PluginHandler:
    def on_submit(self):
        helpers.deep.fail()
"""
DEEP = "def fail():\n    raise ValueError('deep')\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    yield write(tmp_path / "copy", main=MAIN, helpers__deep=DEEP)
    sandbox.drop_modules("v")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(tmp_path / "own", main=MAIN, helpers__deep=DEEP)


def failure(location: CodeLocation) -> BaseException:
    handler: Any = sandbox.import_main("v", location).__dict__["PluginHandler"]
    with pytest.raises(ValueError, match="deep") as failed:
        handler().on_submit()
    return failed.value


def code_names(error: BaseException) -> list[str]:
    names, trace = [], error.__traceback__
    while trace:
        names.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return names[1:]


def test_code_of_a_linked_plugin_has_the_names_of_the_users_files(copy: Path, own: Path) -> None:
    assert code_names(failure(CodeLocation(copy, own / "main.py"))) == [
        str(own / "main.py"),
        str(own / "helpers" / "deep.py"),
    ]


def test_code_of_an_upload_has_the_names_of_the_unpacked_files(copy: Path) -> None:
    assert code_names(failure(CodeLocation(copy))) == [
        str(copy / "main.py"),
        str(copy / "helpers" / "deep.py"),
    ]


def test_code_of_a_single_linked_file_keeps_the_file_name(tmp_path: Path) -> None:
    fail = "class PluginHandler:\n    def on_submit(self):\n        raise ValueError('deep')\n"
    location = CodeLocation(
        write(tmp_path / "copy", main=fail), write(tmp_path, boxes=fail) / "boxes.py"
    )
    error = failure(location)
    assert code_names(error) == [str(tmp_path / "boxes.py")]
    assert 'File "main.py", line 3, in on_submit' in format_error(error, location)
    sandbox.drop_modules("v")


def test_traceback_has_paths_inside_the_plugin_and_the_executed_lines(
    copy: Path, own: Path
) -> None:
    location = CodeLocation(copy, own / "main.py")
    error = failure(location)
    write(own, helpers__deep="# saved\n# since\n# then\n")
    explanation = format_error(error, location)
    assert 'File "main.py", line 6, in on_submit' in explanation
    assert 'File "helpers/deep.py", line 2, in fail\n    raise ValueError' in explanation
    assert str(own) not in explanation
    assert str(copy) not in explanation


def test_files_beside_the_plugin_do_not_belong_to_the_plugin(copy: Path, own: Path) -> None:
    (copy / "helpers" / "deep.py").write_text("from beside import fail\n", encoding="utf-8")
    location = CodeLocation(copy, own / "main.py")
    assert location.unpacked_path(str(own / "beside.py")) is None
    assert location.unpacked_path(str(own.parent / "main.py")) is None
    assert location.unpacked_path("<string>") is None
    alone = CodeLocation(copy, own / "boxes.py")
    assert alone.unpacked_path(str(own / "main.py")) is None
    assert alone.unpacked_path(str(own / "boxes.py")) == str(copy / "main.py")


def test_breakpoint_in_the_users_file_is_reached(copy: Path, own: Path) -> None:
    stops: list[tuple[str, int]] = []

    class Debugger(pdb.Pdb):
        def user_line(self, frame: FrameType) -> None:
            stops.append((frame.f_code.co_filename, frame.f_lineno))
            self.set_continue()

    handler: Any = sandbox.import_main("v", CodeLocation(copy, own / "main.py")).__dict__[
        "PluginHandler"
    ]
    debugger = Debugger(nosigint=True)
    debugger.reset()
    assert debugger.set_break(str(own / "helpers" / "deep.py"), 2) is None
    try:
        with pytest.raises(ValueError, match="deep"):
            debugger.runcall(handler().on_submit)
    finally:
        debugger.clear_all_breaks()
    assert (str(own / "helpers" / "deep.py"), 2) in stops
