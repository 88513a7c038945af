"""A plugin that cannot be built has a build error with a hint."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kili.plugins import PluginCore

from kili_emulator.app import Emulator
from kili_emulator.plugins.build import plugin_archive
from tests.kit.plugin_project import read_log
from tests.kit.responses import EASY_JSON
from tests.kit.wire import Wire
from tests.kit.world_content import (
    PLUGIN,
    QUIET_PLUGIN,
    archive,
    deploy_plugin,
    read_world_ids,
    upload,
)


def with_entry(name: str, content: bytes = b"print('evil')", mode: int = 0o644) -> bytes:
    """Return the zip of a valid plugin with one more entry."""
    packed = io.BytesIO(archive(main__py=QUIET_PLUGIN))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as opened:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        opened.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def with_entries(count: int) -> bytes:
    return archive(main__py=QUIET_PLUGIN, **{f"m{number}__py": "" for number in range(count - 1)})


def damaged() -> bytes:
    content = bytearray(with_entry("data.txt", b"some text" * 100))
    middle = content.index(b"data.txt") + 12
    content[middle : middle + 8] = b"\xff" * 8
    return bytes(content)


def with_false_size() -> bytes:
    """Return a zip whose directory states fewer bytes than an entry has."""
    content = with_entry("big.txt", b" " * (plugin_archive.MAX_MB + 1) * 1024 * 1024)
    real = (plugin_archive.MAX_MB + 1) * 1024 * 1024
    return content.replace(real.to_bytes(4, "little"), (10).to_bytes(4, "little"))


MISTAKES: dict[str, tuple[Callable[[], bytes], str]] = {
    "leaves its folder": (lambda: with_entry("../evil.py"), 'use relative paths without ".."'),
    "leaves its folder further down": (
        lambda: with_entry("a/../../evil.py"),
        '"a/../../evil.py" leaves',
    ),
    "leaves its folder with backslashes": (lambda: with_entry("..\\evil.py"), "use relative paths"),
    "absolute path": (
        lambda: with_entry("/tmp/evil.py"),
        '"/tmp/evil.py" leaves the plugin\'s folder',
    ),
    "absolute path on Windows": (lambda: with_entry("C:/evil.py"), "use relative paths"),
    "a link": (
        lambda: with_entry("link.py", b"/etc/passwd", stat.S_IFLNK | 0o777),
        '"link.py" is a link: replace it with the file itself',
    ),
    "10,000 entries": (
        lambda: with_entries(10_000),
        "the archive has 10000 entries, more than the limit of 1000",
    ),
    "unpacks to too much": (
        lambda: with_entry("big.txt", b" " * (plugin_archive.MAX_MB + 1) * 1024 * 1024),
        "the archive unpacks to more than 100 MB: leave data files out",
    ),
    "states a false size": (with_false_size, "the uploaded archive cannot be read: "),
    "damaged": (damaged, "the uploaded archive cannot be read: "),
    "cut short": (lambda: archive(main__py=QUIET_PLUGIN)[:-20], "cannot be read: "),
    "duplicate name": (
        lambda: with_entry("./main.py"),
        'has two entries named "main.py": keep one',
    ),
    "a file that is also a folder": (lambda: with_entry("main.py/x.py"), "cannot be read: "),
    "no main.py": (
        lambda: archive(plugin__py=QUIET_PLUGIN),
        "put the PluginHandler class into main.py",
    ),
    "main.py in a folder": (
        lambda: archive(**{"folder/main__py": QUIET_PLUGIN}),
        "put the PluginHandler class into main.py at the top of the folder",
    ),
    "no PluginHandler": (
        lambda: archive(main__py="x = 1"),
        "define one that inherits kili.plugins.PluginCore",
    ),
    "PluginHandler is a function": (
        lambda: archive(main__py="def PluginHandler(): pass"),
        "PluginHandler in main.py is not a class: define it with `class PluginHandler(PluginCore)`",
    ),
    "syntax error": (lambda: archive(main__py="class PluginHandler(:\n"), "SyntaxError: "),
    "syntax error in a helper": (
        lambda: archive(main__py=QUIET_PLUGIN, helper__py="def ("),
        'File "helper.py", line 1',
    ),
    "null bytes": (lambda: archive(main__py="x = '\0'"), "null bytes"),
    "not UTF-8": (
        lambda: with_entry("latin.py", "x = 'é'".encode("latin-1")),
        "latin.py is not UTF-8 text: save it as UTF-8 and update the plugin",
    ),
    "import that fails": (
        lambda: archive(main__py="import no_such_package"),
        "main.py, line 1: no_such_package cannot be imported",
    ),
    "import of a helper that is not there": (
        lambda: archive(main__py="from helpers import nothing"),
        "helpers cannot be imported: the plugin has no such module",
    ),
    "raises": (lambda: archive(main__py="x = 1\n1 / 0\n"), "ZeroDivisionError"),
    "exits": (
        lambda: archive(main__py="import sys\nsys.exit(3)"),
        "SystemExit(3)): remove the call",
    ),
    "quits": (lambda: archive(main__py="quit()"), "remove the call"),
    "asks for input": (lambda: archive(main__py="input('?')"), "has no terminal to read from"),
    "a raw file with an error": (lambda: b"class PluginHandler(", "SyntaxError: "),
    "a raw file that is no text": (lambda: b"\x89PNG\r\n", "main.py is not UTF-8 text"),
    "empty": (lambda: b"", "define one that inherits kili.plugins.PluginCore"),
}


@pytest.fixture
def wire(kili_emulator: Emulator) -> Iterator[Wire]:
    wire = Wire(kili_emulator)
    yield wire
    wire.close()


def build_errors(kili: Any) -> list[dict[str, Any]]:
    return list(json.loads(kili.get_plugin_build_errors(plugin_name=PLUGIN)))


@pytest.mark.parametrize(("make", "says"), MISTAKES.values(), ids=MISTAKES)
def test_invalid_archive_or_code_fails_the_build_with_a_hint(
    wire: Wire, kili: Any, make: Callable[[], bytes], says: str
) -> None:
    assert deploy_plugin(wire, content=make()) == "FAILED"
    (line,) = build_errors(kili)
    assert says in line["content"]
    assert (line["logType"], line["pluginName"]) == ("error", PLUGIN)
    assert kili.count_projects() == 1


def test_nothing_is_written_outside_of_the_plugins_folder(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    deploy_plugin(wire, content=with_entry(f"{tmp_path}/evil.py"))
    deploy_plugin(wire, "Second", content=with_entry("../../evil.py"))
    assert list(tmp_path.iterdir()) == []


def test_each_file_with_a_syntax_error_is_reported(wire: Wire, kili: Any) -> None:
    deploy_plugin(wire, content=archive(main__py="class", helper__py="def"))
    assert len(build_errors(kili)) == 2


def test_traceback_shows_only_files_of_the_plugin(wire: Wire, kili: Any) -> None:
    content = archive(main__py="import helper\n", helper__py="def f():\n    1 / 0\n\n\nf()\n")
    deploy_plugin(wire, content=content)
    (line,) = build_errors(kili)
    marks = ("~", "^")  # which newer Pythons put below the faulty part of a line
    lines = line["content"].splitlines()
    assert [each for each in lines if not each.strip().startswith(marks)] == [
        "Traceback (most recent call last):",
        '  File "main.py", line 1, in <module>',
        "    import helper",
        '  File "helper.py", line 5, in <module>',
        "    f()",
        '  File "helper.py", line 2, in f',
        "    1 / 0",
        "ZeroDivisionError: division by zero",
    ]


def test_an_import_that_hangs_is_stopped() -> None:
    with Emulator(seed=0, plugin_timeout=0.2) as emulator:
        wire = Wire(emulator)
        code = "while True:\n    pass\n"
        assert deploy_plugin(wire, content=code) == "FAILED"
        data = {"pluginName": PLUGIN}
        (line,) = wire.call("getPluginBuildErrors", selection="content", data=data)
        assert "took longer than 0.2 s: move slow work" in line["content"]
        wire.close()


def test_update_fixes_a_plugin_that_failed_to_build(wire: Wire, kili: Any) -> None:
    assert deploy_plugin(wire, content="import no_such_package") == "FAILED"
    url = wire.call("generateUpdateUrl", data={"pluginName": PLUGIN})
    upload(wire, url, archive(main__py=QUIET_PLUGIN))
    wire.call("updatePluginRunner", data={"pluginName": PLUGIN})
    assert wire.call("getPluginRunnerStatus", name=PLUGIN) == "ACTIVE"


def test_failed_update_keeps_the_last_good_version_active(wire: Wire, kili: Any) -> None:
    world_ids = read_world_ids(wire)
    deploy_plugin(wire)
    kili.activate_plugin_on_project(PLUGIN, project_id=world_ids["project"])
    url = wire.call("generateUpdateUrl", data={"pluginName": PLUGIN})
    upload(wire, url, archive(main__py="import no_such_package"))
    wire.call("updatePluginRunner", data={"pluginName": PLUGIN})
    assert wire.call("getPluginRunnerStatus", name=PLUGIN) == "FAILED"
    wire.append_label(world_ids["meadow"], EASY_JSON)
    logs = read_log(kili, world_ids["project"], PLUGIN)
    assert [text for _, text in logs] == ["submitted"]


def test_event_for_a_plugin_that_never_built_is_recorded_as_not_run(wire: Wire, kili: Any) -> None:
    world_ids = read_world_ids(wire)
    deploy_plugin(wire, content="import no_such_package")
    kili.activate_plugin_on_project(PLUGIN, project_id=world_ids["project"])
    wire.append_label(world_ids["meadow"], EASY_JSON)
    logs = read_log(kili, world_ids["project"], PLUGIN)
    assert [text for _, text in logs] == [
        "Not run: the plugin was FAILED when label.workflow.created.default happened"
    ]


def test_runner_without_upload_is_refused_and_the_name_stays_taken(kili: Any, wire: Wire) -> None:
    wire.call("createPlugin", data={"pluginName": PLUGIN})
    refusal = wire.refusal("createPluginRunner", data={"pluginName": PLUGIN})
    assert "PUT its zip to the URL of createPlugin or generateUpdateUrl first" in refusal
    assert "already exists" in wire.refusal("createPlugin", data={"pluginName": PLUGIN})
    assert wire.call("getPluginRunnerStatus", name=PLUGIN) == "DEPLOYING"


def test_sdk_error_points_to_the_build_errors(kili: Any, tmp_path: Path) -> None:
    (tmp_path / "plugin.py").write_text(
        "from kili.plugins import PluginCore\n\n\n"
        "class PluginHandler(PluginCore):\n"
        "    def on_submit(self, label, asset_id):\n        pass\n\n\n"
        "import no_such_package\n"
    )
    with pytest.raises(Exception, match=r"kili\.get_plugin_build_errors"):
        kili.upload_plugin(str(tmp_path / "plugin.py"), PLUGIN)
    assert "no_such_package" in build_errors(kili)[0]["content"]


def test_plugin_core_is_the_class_of_the_sdk(wire: Wire) -> None:
    code = QUIET_PLUGIN + f"\nassert PluginCore.__module__ == {PluginCore.__module__!r}\n"
    assert deploy_plugin(wire, content=code) == "ACTIVE"
