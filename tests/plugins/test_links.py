"""A plugin that is linked to a folder: saving there is deploying."""

from __future__ import annotations

import bdb
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from kili.core.graphql.operations.plugin.mutations import (
    GQL_GENERATE_UPDATE_URL,
    GQL_UPDATE_PLUGIN_RUNNER,
)

from kili_emulator import Emulator
from kili_emulator.errors import KiliError
from kili_emulator.plugins.links import linked_folders
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_under_test import EASY, MAIN, NAME, Workbench, lines_of_links

SOON = 20.0
GATES: dict[str, threading.Event] = {}
LISTENER = """
from kili.plugins import PluginCore, on_kili_event
from kili_events import AssetSkippedEvent

class PluginHandler(PluginCore):
    @on_kili_event
    def hear(self, event: AssetSkippedEvent):
        print("skipped:", event.payload.skipped)
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0, workflow="V1") as running:
        yield running


@pytest.fixture
def bench(shared: Emulator, tmp_path: Path) -> Iterator[Workbench]:
    sys.kili_gates = GATES  # type: ignore[attr-defined]
    GATES.clear()
    shared.reset()
    yield Workbench(shared, tmp_path / "boxes")
    for gate in GATES.values():
        gate.set()
    shared.reset()


# Saving


def test_a_submit_right_after_a_save_calls_what_was_saved(bench: Workbench) -> None:
    told = bench.link()
    assert (told["status"], told["version"], told["projectIds"]) == ("ACTIVE", 1, [bench.project])
    assert told["link"] == {"path": str(bench.folder), "eventMatcher": [], "error": None}
    for text in ("one", "two", "six", "one"):
        bench.say(text)
        assert bench.submit() == text
    assert bench.statuses() == ["ACTIVE"] * 4
    assert [each["version"] for each in bench.emulator.runs()] == [1, 2, 3, 4]


def test_each_save_is_a_version_with_its_source(bench: Workbench) -> None:
    bench.link()
    bench.say("two")
    first, second = bench.emulator.plugin_versions(NAME)
    assert first["digest"] != second["digest"]
    assert first["origin"] == second["origin"] == str(bench.folder / "main.py")
    assert first["clientVersion"]
    assert "-TEXT = 'one'\n+TEXT = 'two'\n" in bench.emulator.plugin_diff(NAME, 1, 2)
    assert bench.emulator.plugin_files(NAME)["main.py"] == MAIN


def test_what_changes_nothing_that_is_packed_is_no_version(bench: Workbench) -> None:
    bench.link()
    bench.say("one")
    bench.save("data.json", "{}")
    bench.save("__pycache__/main.pyc", "")
    bench.submit()
    bench.link()
    assert bench.statuses() == ["ACTIVE"]


def test_the_handlers_are_those_of_the_source_that_was_saved(bench: Workbench) -> None:
    bench.link()
    bench.save("main.py", MAIN.replace("on_submit", "on_review"))
    bench.emulator.submit(bench.project, label={"JOB_0": {"annotations": []}})
    assert bench.emulator.runs() == []
    assert bench.emulator.plugin_versions(NAME)[-1]["handlerTypes"] == ["onReview"]
    done = bench.emulator.review(bench.project)
    assert [each["outcome"] for each in done["runs"]] == ["SUCCEEDED"]


def test_a_single_file_can_be_linked(bench: Workbench) -> None:
    path = bench.folder / "alone.py"
    bench.save("alone.py", MAIN.replace("helpers.TEXT", "'alone'").replace("import helpers", ""))
    bench.emulator.link_plugin(NAME, path, projects=[bench.project])
    assert bench.submit() == "alone"
    bench.save("alone.py", path.read_text().replace("alone", "still alone"))
    assert bench.submit() == "still alone"
    assert list(bench.emulator.plugin_files(NAME)) == ["main.py"]


def test_a_path_is_seen_from_the_current_folder(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bench.folder / "sub").mkdir()
    monkeypatch.chdir(bench.folder / "sub")
    told = bench.emulator.link_plugin(NAME, "..")
    assert told["link"]["path"] == str(bench.folder)


def test_saves_are_deployed_in_the_background_too(bench: Workbench) -> None:
    GATES["imported"] = threading.Event()
    bench.link()
    bench.save("helpers.py", "import sys\nsys.kili_gates['imported'].set()\nTEXT = 'two'\n")
    assert GATES["imported"].wait(SOON)
    assert bench.submit() == "two"
    assert bench.statuses() == ["ACTIVE", "ACTIVE"]


class Asleep:
    """A watcher that sees nothing."""

    def __init__(self, *_: object) -> None: ...
    def wake(self) -> None: ...
    def close(self) -> None: ...


def test_each_request_looks_for_itself_but_for_those_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked_folders, "Watcher", Asleep)
    with fast_sdk(), Emulator() as emulator:
        bench = Workbench(emulator, tmp_path / "boxes")
        bench.link()
        changes = (
            f"pathlib.Path({str(bench.folder / 'helpers.py')!r}).write_text('TEXT =')\n"
            "        self.kili.update_properties_in_project(self.project_id, title='T')\n"
            f"        print(self.kili.get_plugin_status({NAME!r}))"
        )
        bench.save("main.py", "import pathlib" + MAIN.replace("print(helpers.TEXT)", changes))
        bench.submit()
        assert "ACTIVE" in bench.logs()
        assert bench.kili.get_plugin_status(NAME) == "FAILED"


def test_data_beside_the_code_are_not_there_as_on_the_platform(bench: Workbench) -> None:
    bench.save("data.json", "{}")
    there = "__import__('pathlib').Path(__file__).with_name('data.json').exists()"
    bench.save("main.py", MAIN.replace("helpers.TEXT", there))
    bench.link()
    assert bench.submit() == "False"


def test_who_comes_while_others_wait_for_the_build_waits_for_it_too(bench: Workbench) -> None:
    gate, entered = GATES["gate"], GATES["entered"] = threading.Event(), threading.Event()
    bench.link()
    waits = "import sys\nsys.kili_gates['entered'].set()\nsys.kili_gates['gate'].wait(20)\n"
    bench.save("helpers.py", f"{waits}TEXT = 'two'\n")
    assert entered.wait(SOON)  # the background has it built
    said: list[str] = []
    submitting = threading.Thread(target=lambda: said.append(bench.submit()))
    submitting.start()
    gate.set()
    submitting.join(SOON)
    assert said == ["two"]


def test_a_plugin_may_ask_the_api_while_it_is_imported(tmp_path: Path) -> None:
    """The request that waits for the build and the request that the build waits for."""
    asks = (
        "import requests\n"
        "answer = requests.post({url!r}, json={{'query': '{{ projects(where: {{}}, skip: 0, "
        "first: 1) {{ title }} }}'}}, headers={{'Authorization': 'X-API-Key: emulator-admin'}})\n"
        "TEXT = answer.json()['data']['projects'][0]['title']\n"
    )
    with fast_sdk(), Emulator(plugin_timeout=10.0, sync_wait=20.0) as emulator:
        bench = Workbench(emulator, tmp_path / "boxes")
        bench.link()
        bench.save("helpers.py", asks.format(url=emulator.endpoint))
        title = emulator.world.view.projects.the(bench.project)["title"]
        assert bench.submit() == title


@pytest.mark.parametrize(
    "options",
    [{"dispatch": "async"}, {"deploy_seconds": 1000.0}, {"plugin_isolation": "process"}],
    ids=str,
)
def test_it_is_the_same_however_the_emulator_runs(tmp_path: Path, options: dict[str, Any]) -> None:
    with fast_sdk(), Emulator(**options) as emulator:
        bench = Workbench(emulator, tmp_path / "boxes")
        assert bench.link()["status"] == "ACTIVE"
        for text in ("two", "three"):
            bench.say(text)
            bench.submit()
            assert emulator.wait_idle()
            assert bench.logs()[-1] == text


# Broken saves


BROKEN = {
    "a syntax error": ("helpers.py", "TEXT = ", "SyntaxError"),
    "an error when it is imported": ("helpers.py", "1 / 0", "ZeroDivisionError"),
    "a package that is missing": ("helpers.py", "import nowhere", "nowhere cannot be imported"),
    "no PluginHandler": ("main.py", "x = 1", "defines no class PluginHandler"),
    "events of which nobody knows": (
        "main.py",
        MAIN.replace("on_submit", "on_event"),
        "with --event-matcher",
    ),
}


@pytest.mark.parametrize(("name", "text", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_built_is_reported_and_the_last_good_version_runs_on(
    bench: Workbench, caplog: pytest.LogCaptureFixture, name: str, text: str, reason: str
) -> None:
    bench.link()
    bench.save(name, text)
    assert bench.submit() == "one"
    assert bench.submit() == "one"
    assert bench.statuses() == ["ACTIVE", "FAILED"]
    assert bench.kili.get_plugin_status(NAME) == "FAILED"
    (error,) = bench.build_errors()
    assert reason in error
    told = bench.told()
    assert (told["version"], told["activeVersion"], told["link"]["error"]) == (2, 1, error)
    _, said = lines_of_links(caplog.records)
    assert said.startswith(f"plugin {NAME!r}: what is saved in {bench.folder} does not run; ")
    assert f"version 1 runs on:\n{error}" in said

    bench.save("main.py", MAIN)
    bench.say("mended")
    assert bench.submit() == "mended"
    told = bench.told()
    assert (told["status"], told["version"], told["link"]["error"]) == ("ACTIVE", 3, None)


def test_what_cannot_be_packed_is_reported_once_and_is_no_version(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.link()
    aside = bench.folder.rename(bench.folder.with_name("aside"))
    assert bench.submit() == "one"
    assert bench.submit() == "one"
    assert bench.statuses() == ["ACTIVE"]
    assert bench.kili.get_plugin_status(NAME) == "FAILED"
    (error,) = bench.build_errors()
    assert error == bench.told()["link"]["error"]
    assert error.startswith(f"there is nothing at {bench.folder}")
    assert [error in line for line in lines_of_links(caplog.records)] == [False, True]

    aside.rename(bench.folder)
    assert bench.kili.get_plugin_status(NAME) == "ACTIVE"
    assert bench.told()["link"]["error"] is None
    assert bench.statuses() == ["ACTIVE"]
    bench.say("two")
    assert bench.submit() == "two"


def test_another_reason_is_reported_anew(bench: Workbench) -> None:
    bench.link()
    (bench.folder / "main.py").unlink()
    assert "holds no main.py" in str(bench.told()["link"]["error"])
    shutil.rmtree(bench.folder)
    assert "there is nothing at" in str(bench.told()["link"]["error"])
    assert len(bench.build_errors()) == 2


def test_what_is_gone_while_it_is_built_is_still_gone_then(bench: Workbench) -> None:
    gate, entered = GATES["gate"], GATES["entered"] = threading.Event(), threading.Event()
    waits = "import sys\nsys.kili_gates['entered'].set()\nsys.kili_gates['gate'].wait(20)\n"
    bench.link()
    bench.save("helpers.py", f"{waits}TEXT = 'two'\n")
    assert entered.wait(SOON)
    shutil.rmtree(bench.folder)
    bench.emulator.wait_idle(0)
    gate.set()
    told = bench.told()
    assert (told["status"], told["version"], told["activeVersion"]) == ("FAILED", 2, 2)
    assert "there is nothing at" in told["link"]["error"]


def test_linking_again_tries_again_what_could_not_be_built(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.save("helpers.py", "import sys\nTEXT = sys.kili_gates['text']\n")
    told = bench.link()
    assert (told["status"], told["projectIds"]) == ("FAILED", [bench.project])
    assert "KeyError: 'text'" in told["link"]["error"]
    monkeypatch.setitem(GATES, "text", "now")  # type: ignore[arg-type]
    assert bench.link()["status"] == "ACTIVE"
    assert bench.submit() == "now"
    assert bench.statuses() == ["FAILED", "ACTIVE"]


def test_a_traceback_has_paths_inside_the_plugin(bench: Workbench) -> None:
    bench.link()
    bench.save("main.py", MAIN.replace("print(helpers.TEXT)", "helpers.fail()"))
    bench.save("helpers.py", "def fail():\n    raise ValueError('deep')\n")
    said = bench.submit()
    assert 'File "main.py", line 8, in on_submit' in said
    assert 'File "helpers.py", line 2, in fail' in said
    assert str(bench.folder) not in said


# Events


def test_the_events_are_those_that_methods_are_decorated_for(bench: Workbench) -> None:
    bench.save("main.py", LISTENER)
    assert bench.link()["status"] == "ACTIVE"
    assert bench.emulator.plugin_versions(NAME)[-1]["eventMatcher"] == ["asset.skipped"]
    bench.emulator.skip(bench.project)
    assert bench.logs() == ["skipped: True"]


def test_on_event_is_called_for_the_patterns_that_are_given(bench: Workbench) -> None:
    bench.save(
        "main.py", MAIN.replace("on_submit(self, label, asset_id)", "on_event(self, payload)")
    )
    assert bench.link()["status"] == "FAILED"
    assert bench.link(event_matcher=["asset.skipped"])["status"] == "ACTIVE"
    bench.say("two")
    bench.emulator.skip(bench.project)
    assert bench.logs() == ["two"]
    with pytest.raises(KiliError, match="is no pattern of events"):
        bench.link(event_matcher=["*"])
    assert bench.told()["link"]["eventMatcher"] == ["asset.skipped"]


# Links


def test_a_plugin_that_was_uploaded_gets_further_versions(bench: Workbench) -> None:
    bench.kili.upload_plugin(str(bench.folder), NAME)
    bench.kili.activate_plugin_on_project(NAME, project_id=bench.project)
    bench.say("two")
    assert bench.submit() == "one"
    assert bench.link()["version"] == 2
    assert bench.submit() == "two"


def test_who_links_a_new_plugin_is_its_creator(bench: Workbench) -> None:
    bench.link()
    (plugin,) = bench.emulator.world.view.plugins.all()
    creator = bench.emulator.world.view.users.the(plugin["creatorId"])
    assert creator["email"] == "admin@example.com"
    assert bench.kili.list_plugins(fields=["name"]) == [{"name": NAME}]


def test_an_unlinked_plugin_keeps_its_last_version(bench: Workbench) -> None:
    bench.link()
    bench.say("two")
    told = bench.emulator.unlink_plugin(NAME)
    assert (told["link"], told["version"], told["status"]) == (None, 2, "ACTIVE")
    bench.say("three")
    assert bench.submit() == "two"
    with pytest.raises(KiliError, match="is not linked"):
        bench.emulator.unlink_plugin(NAME)
    bench.kili.update_plugin(str(bench.folder), NAME)
    assert bench.submit() == "three"


def test_unlinking_what_is_gone_leaves_the_status_of_the_last_version(bench: Workbench) -> None:
    bench.link()
    shutil.rmtree(bench.folder)
    assert bench.told()["status"] == "FAILED"
    assert bench.emulator.unlink_plugin(NAME)["status"] == "ACTIVE"


def test_what_never_built_is_mended_where_it_is_linked_to(bench: Workbench) -> None:
    bench.save("main.py", "no Python")
    bench.link()
    (asset, *_) = bench.kili.assets(bench.project, fields=["id"], disable_tqdm=True)
    labels = bench.kili.append_labels([asset["id"]], [EASY], label_type="DEFAULT")
    (event, *_) = bench.emulator.why(label=labels[0]["id"], plugin=NAME)["events"]
    (reason,) = event["plugins"][0]["reasons"]
    assert reason["reason"] == "BUILD_FAILED"
    assert reason["remedy"] == f"mend what the build errors say, and save it in {bench.folder}"


def test_a_linked_plugin_takes_no_upload(bench: Workbench) -> None:
    bench.link()
    reason = f'"{NAME}" is linked to {bench.folder}: save its files there, or end the link'
    with pytest.raises(Exception, match=reason):
        bench.kili.update_plugin(str(bench.folder), NAME)
    with pytest.raises(Exception, match="already exists"):
        bench.kili.upload_plugin(str(bench.folder), NAME)
    assert bench.statuses() == ["ACTIVE"]


def test_an_upload_that_is_under_way_is_overtaken_by_a_link(bench: Workbench) -> None:
    bench.kili.upload_plugin(str(bench.folder), NAME)
    execute, data = bench.kili.graphql_client.execute, {"pluginName": NAME}
    execute(GQL_GENERATE_UPDATE_URL, data)
    bench.link()
    with pytest.raises(Exception, match="is linked to"):
        execute(GQL_UPDATE_PLUGIN_RUNNER, data)


def test_deleting_a_plugin_ends_its_link(bench: Workbench) -> None:
    bench.link()
    bench.kili.delete_plugin(NAME)
    bench.say("two")
    assert bench.emulator.plugins() == []
    assert bench.link()["version"] == 1


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        (NAME, "nothing", "nothing was linked: there is nothing at"),
        (NAME, "empty", "holds no main.py"),
        (NAME, "helpers.txt", "neither a folder nor a .py file"),
        ("Hook", ".", "is a webhook and runs no code"),
        ("  ", ".", "cannot be empty"),
    ],
)
def test_what_cannot_be_linked_changes_nothing(
    bench: Workbench, name: str, path: str, reason: str
) -> None:
    bench.kili.create_webhook("http://127.0.0.1:9/", plugin_name="Hook")
    (bench.folder / "empty").mkdir()
    (bench.folder / "helpers.txt").touch()
    before = bench.emulator.world.export()
    with pytest.raises(KiliError, match=reason):
        bench.emulator.link_plugin(name, bench.folder / path)
    with pytest.raises(KiliError, match="no project"):
        bench.link(projects=["nowhere"])
    assert bench.emulator.world.export() == before


# Time travel


def test_after_a_reset_what_is_on_disk_runs(bench: Workbench) -> None:
    bench.link()
    bench.submit()
    mark = bench.emulator.mark()
    bench.say("two")
    assert bench.submit() == "two"
    bench.emulator.reset(mark)
    assert bench.logs() == ["one"]
    assert bench.submit() == "two"
    assert bench.statuses() == ["ACTIVE", "ACTIVE"]


def test_a_reset_to_a_time_before_the_link_ends_it(bench: Workbench) -> None:
    mark = bench.emulator.mark()
    bench.link()
    bench.emulator.reset(mark)
    bench.say("two")
    assert bench.emulator.plugins() == []
    assert bench.link()["version"] == 1


def test_a_mark_is_of_what_was_saved_before_it(bench: Workbench) -> None:
    bench.link()
    bench.say("two")
    mark = bench.emulator.mark()
    assert bench.statuses() == ["ACTIVE", "ACTIVE"]
    bench.emulator.reset(mark)
    assert bench.statuses() == ["ACTIVE", "ACTIVE"]


def test_the_same_saves_repeat_exactly(bench: Workbench) -> None:
    mark = bench.emulator.mark()
    found = []
    for _ in range(2):
        bench.emulator.reset(mark)
        bench.say("one")
        bench.link()
        bench.say("two")
        bench.submit()
        versions = bench.emulator.world.view.plugin_versions.all()
        found.append([(each["id"][10:], each["digest"]) for each in versions])
    assert found[0] == found[1]
    assert len(found[0]) == 2


# Debuggers


class Debugger(bdb.Bdb):
    """Stops in whichever thread comes to a breakpoint that was set in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()
        self.stops: list[tuple[str, int, Any]] = []

    def user_line(self, frame: FrameType) -> None:
        if self.break_here(frame):
            text = frame.f_globals.get("TEXT", frame.f_locals.get("asset_id"))
            self.stops.append((frame.f_code.co_filename, frame.f_lineno, text))
        self.set_continue()

    def set_continue(self) -> None:
        """Go on, and stay where there are breakpoints."""
        self._set_stopinfo(self.botframe, None, -1)  # type: ignore[attr-defined]


def test_breakpoints_that_are_set_in_the_users_files_are_reached(bench: Workbench) -> None:
    bench.save("helpers.py", "TEXT = 'one'\nx = 1\n")
    bench.link()
    debugger = Debugger()
    for name, line in (("main.py", 8), ("helpers.py", 2)):
        assert debugger.set_break(str(bench.folder / name), line) is None
    threading.settrace(debugger.trace_dispatch)
    try:
        bench.save("helpers.py", "TEXT = 'two'\nx = 1\n")
        bench.submit()
    finally:
        threading.settrace(None)  # type: ignore[arg-type]
        debugger.clear_all_breaks()
    (imported, called) = debugger.stops
    assert imported == (str(bench.folder / "helpers.py"), 2, "two")
    assert called[:2] == (str(bench.folder / "main.py"), 8)
