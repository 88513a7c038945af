"""A plugin linked to a folder: each save deploys a version."""

from __future__ import annotations

import bdb
import shutil
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

from kili_emulator import Emulator, clock
from kili_emulator.errors import KiliError
from kili_emulator.plugins.dispatch import deployments
from kili_emulator.plugins.links import linked_folders
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.gates import GATES, add_gates, plugin_gates
from tests.kit.plugin_under_test import MAIN, NAME, PluginUnderTest, link_log_lines
from tests.kit.responses import EASY

SOON = 20.0
LISTENER = """
from kili.plugins import PluginCore, on_kili_event
from kili_events import AssetSkippedEvent

class PluginHandler(PluginCore):
    @on_kili_event
    def hear(self, event: AssetSkippedEvent):
        print("skipped:", event.payload.skipped)
"""


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0, workflow="V1") as running:
        yield running


@pytest.fixture
def plugin_under_test(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginUnderTest]:
    with plugin_gates():
        shared_emulator.reset()
        yield PluginUnderTest(shared_emulator, tmp_path / "boxes")
    shared_emulator.reset()


# Saving


def test_submit_right_after_a_save_runs_the_saved_code(
    plugin_under_test: PluginUnderTest,
) -> None:
    link_view = plugin_under_test.link()
    assert (link_view["status"], link_view["version"], link_view["projectIds"]) == (
        "ACTIVE",
        1,
        [plugin_under_test.project],
    )
    assert link_view["link"] == {
        "path": str(plugin_under_test.folder),
        "eventMatcher": [],
        "error": None,
    }
    for text in ("one", "two", "six", "one"):
        plugin_under_test.set_printed_text(text)
        assert plugin_under_test.submit_and_read() == text
    assert plugin_under_test.statuses() == ["ACTIVE"] * 4
    assert [each["version"] for each in plugin_under_test.emulator.runs()] == [1, 2, 3, 4]


def test_each_save_is_a_version_with_its_source(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.set_printed_text("two")
    first, second = plugin_under_test.emulator.plugin_versions(NAME)
    assert first["digest"] != second["digest"]
    assert first["origin"] == second["origin"] == str(plugin_under_test.folder / "main.py")
    assert first["clientVersion"]
    assert "-TEXT = 'one'\n+TEXT = 'two'\n" in plugin_under_test.emulator.plugin_diff(NAME, 1, 2)
    assert plugin_under_test.emulator.plugin_files(NAME)["main.py"] == MAIN


def test_save_without_change_to_packed_files_creates_no_version(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.link()
    plugin_under_test.set_printed_text("one")
    plugin_under_test.save("data.json", "{}")
    plugin_under_test.save("__pycache__/main.pyc", "")
    plugin_under_test.submit_and_read()
    plugin_under_test.link()
    assert plugin_under_test.statuses() == ["ACTIVE"]


def test_handlers_are_those_of_the_saved_source(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.link()
    plugin_under_test.save("main.py", MAIN.replace("on_submit", "on_review"))
    plugin_under_test.emulator.submit(
        plugin_under_test.project, label={"JOB_0": {"annotations": []}}
    )
    assert plugin_under_test.emulator.runs() == []
    assert plugin_under_test.emulator.plugin_versions(NAME)[-1]["handlerTypes"] == ["onReview"]
    done = plugin_under_test.emulator.review(plugin_under_test.project)
    assert [each["outcome"] for each in done["runs"]] == ["SUCCEEDED"]


def test_a_single_file_can_be_linked(plugin_under_test: PluginUnderTest) -> None:
    path = plugin_under_test.folder / "alone.py"
    plugin_under_test.save(
        "alone.py", MAIN.replace("helpers.TEXT", "'alone'").replace("import helpers", "")
    )
    plugin_under_test.emulator.link_plugin(NAME, path, projects=[plugin_under_test.project])
    assert plugin_under_test.submit_and_read() == "alone"
    plugin_under_test.save("alone.py", path.read_text().replace("alone", "still alone"))
    assert plugin_under_test.submit_and_read() == "still alone"
    assert list(plugin_under_test.emulator.plugin_files(NAME)) == ["main.py"]


def test_relative_link_path_is_resolved_from_the_working_directory(
    plugin_under_test: PluginUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plugin_under_test.folder / "sub").mkdir()
    monkeypatch.chdir(plugin_under_test.folder / "sub")
    link_view = plugin_under_test.emulator.link_plugin(NAME, "..")
    assert link_view["link"]["path"] == str(plugin_under_test.folder)


def test_saves_are_deployed_in_the_background(plugin_under_test: PluginUnderTest) -> None:
    (imported,) = add_gates("imported")
    plugin_under_test.link()
    plugin_under_test.save(
        "helpers.py", "import sys\nsys.kili_gates['imported'].set()\nTEXT = 'two'\n"
    )
    assert imported.wait(SOON)
    assert plugin_under_test.submit_and_read() == "two"
    assert plugin_under_test.statuses() == ["ACTIVE", "ACTIVE"]


class BlindWatcher:
    """A watcher that detects no saves."""

    def __init__(self, *_: object) -> None: ...
    def wake(self) -> None: ...
    def close(self) -> None: ...


def test_requests_check_the_folder_except_those_made_by_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked_folders, "Watcher", BlindWatcher)
    with fast_sdk(), Emulator() as emulator:
        plugin_under_test = PluginUnderTest(emulator, tmp_path / "boxes")
        plugin_under_test.link()
        changes = (
            f"pathlib.Path({str(plugin_under_test.folder / 'helpers.py')!r}).write_text('TEXT =')\n"
            "        self.kili.update_properties_in_project(self.project_id, title='T')\n"
            f"        print(self.kili.get_plugin_status({NAME!r}))"
        )
        plugin_under_test.save(
            "main.py", "import pathlib" + MAIN.replace("print(helpers.TEXT)", changes)
        )
        plugin_under_test.submit_and_read()
        assert "ACTIVE" in plugin_under_test.log_texts()
        assert plugin_under_test.kili.get_plugin_status(NAME) == "FAILED"


def test_data_files_beside_the_code_are_not_deployed(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save("data.json", "{}")
    there = "__import__('pathlib').Path(__file__).with_name('data.json').exists()"
    plugin_under_test.save("main.py", MAIN.replace("helpers.TEXT", there))
    plugin_under_test.link()
    assert plugin_under_test.submit_and_read() == "False"


def test_request_during_a_background_build_waits_for_the_build(
    plugin_under_test: PluginUnderTest,
) -> None:
    gate, entered = add_gates("gate", "entered")
    plugin_under_test.link()
    waits = "import sys\nsys.kili_gates['entered'].set()\nsys.kili_gates['gate'].wait(20)\n"
    plugin_under_test.save("helpers.py", f"{waits}TEXT = 'two'\n")
    assert entered.wait(SOON)  # the background has it built
    message: list[str] = []
    submitting = threading.Thread(
        target=lambda: message.append(plugin_under_test.submit_and_read())
    )
    submitting.start()
    gate.set()
    submitting.join(SOON)
    assert message == ["two"]


def test_build_that_hangs_delays_only_the_first_requests(
    plugin_under_test: PluginUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, entered = add_gates("gate", "entered")
    plugin_under_test.link()
    waits = "import sys\nsys.kili_gates['entered'].set()\nsys.kili_gates['gate'].wait(20)\n"
    plugin_under_test.save("helpers.py", f"{waits}TEXT = 'two'\n")
    assert entered.wait(SOON)
    now, limits = clock.monotonic(), []
    monkeypatch.setattr(deployments, "wait", lambda _, seconds: limits.append(seconds))
    for elapsed in (10.0, 40.0):
        monkeypatch.setattr(clock, "monotonic", lambda elapsed=elapsed: now + elapsed)
        plugin_under_test.emulator.platform.host.deploy_saved(plugin_under_test.emulator.world, 30)
    assert limits == [pytest.approx(20, abs=SOON / 2), 0.0]
    gate.set()


def test_plugin_may_call_the_api_during_its_import(tmp_path: Path) -> None:
    """A request waits for the build, and the build waits for another request."""
    asks = (
        "import requests\n"
        "answer = requests.post({url!r}, json={{'query': '{{ projects(where: {{}}, skip: 0, "
        "first: 1) {{ title }} }}'}}, headers={{'Authorization': 'X-API-Key: emulator-admin'}})\n"
        "TEXT = answer.json()['data']['projects'][0]['title']\n"
    )
    with fast_sdk(), Emulator(plugin_timeout=10.0, sync_wait=20.0) as emulator:
        plugin_under_test = PluginUnderTest(emulator, tmp_path / "boxes")
        plugin_under_test.link()
        plugin_under_test.save("helpers.py", asks.format(url=emulator.endpoint))
        title = emulator.world.view.projects.require(plugin_under_test.project)["title"]
        assert plugin_under_test.submit_and_read() == title


@pytest.mark.parametrize(
    "options",
    [{"dispatch": "async"}, {"deploy_seconds": 1000.0}, {"plugin_isolation": "process"}],
    ids=str,
)
def test_saves_are_deployed_in_every_mode_of_the_emulator(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    with fast_sdk(), Emulator(**options) as emulator:
        plugin_under_test = PluginUnderTest(emulator, tmp_path / "boxes")
        assert plugin_under_test.link()["status"] == "ACTIVE"
        for text in ("two", "three"):
            plugin_under_test.set_printed_text(text)
            plugin_under_test.submit_and_read()
            assert emulator.wait_idle()
            assert plugin_under_test.log_texts()[-1] == text


# Broken saves


BROKEN = {
    "a syntax error": ("helpers.py", "TEXT = ", "SyntaxError"),
    "an error when it is imported": ("helpers.py", "1 / 0", "ZeroDivisionError"),
    "a package that is missing": ("helpers.py", "import nowhere", "nowhere cannot be imported"),
    "no PluginHandler": ("main.py", "x = 1", "defines no class PluginHandler"),
    "on_event without event patterns": (
        "main.py",
        MAIN.replace("on_submit", "on_event"),
        "with --event-matcher",
    ),
}


@pytest.mark.parametrize(("name", "text", "reason"), BROKEN.values(), ids=BROKEN)
def test_failed_build_is_reported_and_the_last_good_version_stays_active(
    plugin_under_test: PluginUnderTest,
    caplog: pytest.LogCaptureFixture,
    name: str,
    text: str,
    reason: str,
) -> None:
    plugin_under_test.link()
    plugin_under_test.save(name, text)
    assert plugin_under_test.submit_and_read() == "one"
    assert plugin_under_test.submit_and_read() == "one"
    assert plugin_under_test.statuses() == ["ACTIVE", "FAILED"]
    assert plugin_under_test.kili.get_plugin_status(NAME) == "FAILED"
    (error,) = plugin_under_test.build_errors()
    assert reason in error
    link_view = plugin_under_test.link_view()
    assert (link_view["version"], link_view["activeVersion"], link_view["link"]["error"]) == (
        2,
        1,
        error,
    )
    _, message = link_log_lines(caplog.records)
    assert message.startswith(
        f"plugin {NAME!r}: the code in {plugin_under_test.folder} cannot be built; "
    )
    assert f"version 1 keeps running:\n{error}" in message

    plugin_under_test.save("main.py", MAIN)
    plugin_under_test.set_printed_text("mended")
    assert plugin_under_test.submit_and_read() == "mended"
    link_view = plugin_under_test.link_view()
    assert (link_view["status"], link_view["version"], link_view["link"]["error"]) == (
        "ACTIVE",
        3,
        None,
    )


def test_missing_folder_is_reported_once_and_creates_no_version(
    plugin_under_test: PluginUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    plugin_under_test.link()
    aside = plugin_under_test.folder.rename(plugin_under_test.folder.with_name("aside"))
    assert plugin_under_test.submit_and_read() == "one"
    assert plugin_under_test.submit_and_read() == "one"
    assert plugin_under_test.statuses() == ["ACTIVE"]
    assert plugin_under_test.kili.get_plugin_status(NAME) == "FAILED"
    (error,) = plugin_under_test.build_errors()
    assert error == plugin_under_test.link_view()["link"]["error"]
    assert error.startswith(f"{plugin_under_test.folder} does not exist")
    assert [error in line for line in link_log_lines(caplog.records)] == [False, True]

    aside.rename(plugin_under_test.folder)
    assert plugin_under_test.kili.get_plugin_status(NAME) == "ACTIVE"
    assert plugin_under_test.link_view()["link"]["error"] is None
    assert plugin_under_test.statuses() == ["ACTIVE"]
    plugin_under_test.set_printed_text("two")
    assert plugin_under_test.submit_and_read() == "two"


def test_each_new_packing_error_is_reported(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    (plugin_under_test.folder / "main.py").unlink()
    assert "has no main.py" in str(plugin_under_test.link_view()["link"]["error"])
    shutil.rmtree(plugin_under_test.folder)
    assert "does not exist" in str(plugin_under_test.link_view()["link"]["error"])
    assert len(plugin_under_test.build_errors()) == 2


def test_folder_deleted_during_a_build_is_reported_after_the_build(
    plugin_under_test: PluginUnderTest,
) -> None:
    gate, entered = add_gates("gate", "entered")
    waits = "import sys\nsys.kili_gates['entered'].set()\nsys.kili_gates['gate'].wait(20)\n"
    plugin_under_test.link()
    plugin_under_test.save("helpers.py", f"{waits}TEXT = 'two'\n")
    assert entered.wait(SOON)
    shutil.rmtree(plugin_under_test.folder)
    plugin_under_test.emulator.wait_idle(0)
    gate.set()
    link_view = plugin_under_test.link_view()
    assert (link_view["status"], link_view["version"], link_view["activeVersion"]) == (
        "FAILED",
        2,
        2,
    )
    assert "does not exist" in link_view["link"]["error"]


def test_linking_again_repeats_a_failed_build(
    plugin_under_test: PluginUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin_under_test.save("helpers.py", "import sys\nTEXT = sys.kili_gates['text']\n")
    link_view = plugin_under_test.link()
    assert (link_view["status"], link_view["projectIds"]) == ("FAILED", [plugin_under_test.project])
    assert "KeyError: 'text'" in link_view["link"]["error"]
    monkeypatch.setitem(GATES, "text", "now")  # type: ignore[arg-type]
    assert plugin_under_test.link()["status"] == "ACTIVE"
    assert plugin_under_test.submit_and_read() == "now"
    assert plugin_under_test.statuses() == ["FAILED", "ACTIVE"]


def test_traceback_has_paths_relative_to_the_plugin(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.save("main.py", MAIN.replace("print(helpers.TEXT)", "helpers.fail()"))
    plugin_under_test.save("helpers.py", "def fail():\n    raise ValueError('deep')\n")
    message = plugin_under_test.submit_and_read()
    assert 'File "main.py", line 8, in on_submit' in message
    assert 'File "helpers.py", line 2, in fail' in message
    assert str(plugin_under_test.folder) not in message


# Events


def test_decorated_methods_set_the_event_matcher(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save("main.py", LISTENER)
    assert plugin_under_test.link()["status"] == "ACTIVE"
    assert plugin_under_test.emulator.plugin_versions(NAME)[-1]["eventMatcher"] == ["asset.skipped"]
    plugin_under_test.emulator.skip(plugin_under_test.project)
    assert plugin_under_test.log_texts() == ["skipped: True"]


def test_on_event_is_called_for_the_given_event_patterns(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save(
        "main.py", MAIN.replace("on_submit(self, label, asset_id)", "on_event(self, payload)")
    )
    assert plugin_under_test.link()["status"] == "FAILED"
    assert plugin_under_test.link(event_matcher=["asset.skipped"])["status"] == "ACTIVE"
    plugin_under_test.set_printed_text("two")
    plugin_under_test.emulator.skip(plugin_under_test.project)
    assert plugin_under_test.log_texts() == ["two"]
    with pytest.raises(KiliError, match="is not a pattern of events"):
        plugin_under_test.link(event_matcher=["*"])
    assert plugin_under_test.link_view()["link"]["eventMatcher"] == ["asset.skipped"]


# Links


def test_linking_an_uploaded_plugin_adds_a_version(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.kili.upload_plugin(str(plugin_under_test.folder), NAME)
    plugin_under_test.activate()
    plugin_under_test.set_printed_text("two")
    assert plugin_under_test.submit_and_read() == "one"
    assert plugin_under_test.link()["version"] == 2
    assert plugin_under_test.submit_and_read() == "two"


def test_user_who_links_a_new_plugin_is_its_creator(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    (plugin,) = plugin_under_test.emulator.world.view.plugins.all()
    creator = plugin_under_test.emulator.world.view.users.require(plugin["creatorId"])
    assert creator["email"] == "admin@example.com"
    assert plugin_under_test.kili.list_plugins(fields=["name"]) == [{"name": NAME}]


def test_an_unlinked_plugin_keeps_its_last_version(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.set_printed_text("two")
    link_view = plugin_under_test.emulator.unlink_plugin(NAME)
    assert (link_view["link"], link_view["version"], link_view["status"]) == (None, 2, "ACTIVE")
    plugin_under_test.set_printed_text("three")
    assert plugin_under_test.submit_and_read() == "two"
    with pytest.raises(KiliError, match="is not linked"):
        plugin_under_test.emulator.unlink_plugin(NAME)
    plugin_under_test.kili.update_plugin(str(plugin_under_test.folder), NAME)
    assert plugin_under_test.submit_and_read() == "three"


def test_unlinking_a_deleted_folder_restores_the_status_of_the_last_version(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.link()
    shutil.rmtree(plugin_under_test.folder)
    assert plugin_under_test.link_view()["status"] == "FAILED"
    assert plugin_under_test.emulator.unlink_plugin(NAME)["status"] == "ACTIVE"


def test_remedy_for_a_failed_build_names_the_linked_folder(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save("main.py", "no Python")
    plugin_under_test.link()
    (asset, *_) = plugin_under_test.kili.assets(
        plugin_under_test.project, fields=["id"], disable_tqdm=True
    )
    labels = plugin_under_test.kili.append_labels([asset["id"]], [EASY], label_type="DEFAULT")
    (event, *_) = plugin_under_test.emulator.why(label=labels[0]["id"], plugin=NAME)["events"]
    (reason,) = event["plugins"][0]["reasons"]
    assert reason["reason"] == "BUILD_FAILED"
    assert reason["remedy"] == f"fix the build errors, and save it in {plugin_under_test.folder}"


def test_upload_of_a_linked_plugin_is_refused(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    reason = (
        f'"{NAME}" is linked to {plugin_under_test.folder}: save its files there, or end the link'
    )
    with pytest.raises(Exception, match=reason):
        plugin_under_test.kili.update_plugin(str(plugin_under_test.folder), NAME)
    with pytest.raises(Exception, match="already exists"):
        plugin_under_test.kili.upload_plugin(str(plugin_under_test.folder), NAME)
    assert plugin_under_test.statuses() == ["ACTIVE"]


def test_upload_in_progress_is_refused_after_a_link(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.kili.upload_plugin(str(plugin_under_test.folder), NAME)
    execute, data = plugin_under_test.kili.graphql_client.execute, {"pluginName": NAME}
    execute(GQL_GENERATE_UPDATE_URL, data)
    plugin_under_test.link()
    with pytest.raises(Exception, match="is linked to"):
        execute(GQL_UPDATE_PLUGIN_RUNNER, data)


def test_deleting_a_plugin_ends_its_link(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.kili.delete_plugin(NAME)
    plugin_under_test.set_printed_text("two")
    assert plugin_under_test.emulator.plugins() == []
    assert plugin_under_test.link()["version"] == 1


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        (NAME, "nothing", "the plugin was not linked: .*/boxes/nothing does not exist"),
        (NAME, "empty", "has no main.py"),
        (NAME, "helpers.txt", "neither a folder nor a .py file"),
        ("Hook", ".", "is a webhook without code"),
        ("  ", ".", "cannot be empty"),
    ],
)
def test_refused_link_changes_nothing(
    plugin_under_test: PluginUnderTest, name: str, path: str, reason: str
) -> None:
    plugin_under_test.kili.create_webhook("http://127.0.0.1:9/", plugin_name="Hook")
    (plugin_under_test.folder / "empty").mkdir()
    (plugin_under_test.folder / "helpers.txt").touch()
    before = plugin_under_test.emulator.world.export()
    with pytest.raises(KiliError, match=reason):
        plugin_under_test.emulator.link_plugin(name, plugin_under_test.folder / path)
    with pytest.raises(KiliError, match="no project"):
        plugin_under_test.link(projects=["nowhere"])
    assert plugin_under_test.emulator.world.export() == before


# Time travel


def test_code_on_disk_runs_after_a_reset(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.submit_and_read()
    mark = plugin_under_test.emulator.mark()
    plugin_under_test.set_printed_text("two")
    assert plugin_under_test.submit_and_read() == "two"
    plugin_under_test.emulator.reset(mark)
    assert plugin_under_test.log_texts() == ["one"]
    assert plugin_under_test.submit_and_read() == "two"
    assert plugin_under_test.statuses() == ["ACTIVE", "ACTIVE"]


def test_reset_to_a_mark_before_the_link_ends_the_link(plugin_under_test: PluginUnderTest) -> None:
    mark = plugin_under_test.emulator.mark()
    plugin_under_test.link()
    plugin_under_test.emulator.reset(mark)
    plugin_under_test.set_printed_text("two")
    assert plugin_under_test.emulator.plugins() == []
    assert plugin_under_test.link()["version"] == 1


def test_mark_includes_earlier_saves(plugin_under_test: PluginUnderTest) -> None:
    plugin_under_test.link()
    plugin_under_test.set_printed_text("two")
    mark = plugin_under_test.emulator.mark()
    assert plugin_under_test.statuses() == ["ACTIVE", "ACTIVE"]
    plugin_under_test.emulator.reset(mark)
    assert plugin_under_test.statuses() == ["ACTIVE", "ACTIVE"]


def test_same_saves_give_the_same_version_ids_and_digests(
    plugin_under_test: PluginUnderTest,
) -> None:
    mark = plugin_under_test.emulator.mark()
    found = []
    for _ in range(2):
        plugin_under_test.emulator.reset(mark)
        plugin_under_test.set_printed_text("one")
        plugin_under_test.link()
        plugin_under_test.set_printed_text("two")
        plugin_under_test.submit_and_read()
        versions = plugin_under_test.emulator.world.view.plugin_versions.all()
        found.append([(each["id"][10:], each["digest"]) for each in versions])
    assert found[0] == found[1]
    assert len(found[0]) == 2


# Debuggers


class Debugger(bdb.Bdb):
    """A debugger that stops at breakpoints of files, in any thread."""

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
        """Continue, but keep tracing where there are breakpoints."""
        self._set_stopinfo(self.botframe, None, -1)  # type: ignore[attr-defined]


def test_breakpoints_in_the_users_files_are_reached(
    plugin_under_test: PluginUnderTest,
) -> None:
    plugin_under_test.save("helpers.py", "TEXT = 'one'\nx = 1\n")
    plugin_under_test.link()
    debugger = Debugger()
    for name, line in (("main.py", 8), ("helpers.py", 2)):
        assert debugger.set_break(str(plugin_under_test.folder / name), line) is None
    threading.settrace(debugger.trace_dispatch)
    try:
        plugin_under_test.save("helpers.py", "TEXT = 'two'\nx = 1\n")
        plugin_under_test.submit_and_read()
    finally:
        threading.settrace(None)  # type: ignore[arg-type]
        debugger.clear_all_breaks()
    (imported, called) = debugger.stops
    assert imported == (str(plugin_under_test.folder / "helpers.py"), 2, "two")
    assert called[:2] == (str(plugin_under_test.folder / "main.py"), 8)
