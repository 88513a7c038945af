"""The API calls of a run, with their arguments and answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.domain.call_buffer import MAX_CALLS, MAX_CHARACTERS, CallBuffer, RecordedCall
from kili_emulator.domain.run_call import add_calls
from kili_emulator.domain.world import Actor, Mark
from tests.kit.plugin_project import PluginProject, submit_source
from tests.kit.responses import EASY
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld


def call_made(**members: Any) -> RecordedCall:
    call = RecordedCall(["Query.me"], "me", None, {}, {"data": {}}, False, "2024-01-01", 1.0)
    return call._replace(**members)


def test_long_arguments_and_answers_are_truncated_with_a_marker() -> None:
    buffer = CallBuffer(print)
    buffer.add(call_made(arguments={"text": "x" * MAX_CHARACTERS}, answer={"data": {"a": "short"}}))
    (call,) = buffer.take()
    assert call.answer == {"data": {"a": "short"}}
    assert call.arguments.startswith('{"text": "xxx')
    assert call.arguments.endswith("(cut off: 12 more characters)")
    assert buffer.take() == []


def test_recorded_calls_of_a_run_are_limited() -> None:
    buffer = CallBuffer(print)
    for _ in range(MAX_CALLS + 5):
        buffer.add(call_made(answer="x" * (MAX_CHARACTERS - 2)))
    calls = buffer.take()
    assert (len(calls), buffer.count) == (MAX_CALLS, MAX_CALLS + 5)
    assert sum(len(call.answer) for call in calls) < 7_000_000


def reader_source(*on_submit: str) -> str:
    return submit_source("\n".join(on_submit), "import json, requests, threading")


def submit_to(emulator: Emulator, folder: Path, source: str) -> dict[str, Any]:
    """Install a plugin on the first project and submit; return the run."""
    plugin_project = PluginProject(emulator, folder)
    plugin_project.install(source, "Reader")
    plugin_project.submit()
    assert emulator.wait_idle()
    return plugin_project.runs()[-1]


def calls(emulator: Emulator, run: dict[str, Any]) -> list[dict[str, Any]]:
    return emulator.world.view.run_calls.find("run", run["id"])


@pytest.fixture
def emulator() -> Any:
    with Emulator() as running:
        yield running


def test_each_call_has_its_operation_method_arguments_and_answer(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = reader_source(
        "self.kili.assets(self.project_id, asset_id_in=[asset_id], fields=['externalId'])",
        "try: self.kili.delete_project('nobody')",
        "except Exception: pass",
    )
    run = submit_to(emulator, tmp_path, source)
    assert run["outcome"] == "SUCCEEDED"
    seen = calls(emulator, run)
    assert run["callCount"] == len(seen)
    assert [call["number"] for call in seen] == list(range(1, len(seen) + 1))
    assets = next(call for call in seen if call["operations"] == ["Query.assets"])
    assert assets["method"] == "assets"
    assert assets["arguments"]["where"]["idIn"] == [run["metadata"]["assetId"]]
    assert assets["answer"]["data"]["data"][0]["externalId"]
    assert not assets["errors"]
    assert assets["durationMs"] > 0
    assert assets["createdAt"] >= run["startedAt"]
    (failed,) = [call for call in seen if call["errors"]]
    assert "nobody" in json.dumps(failed["arguments"])
    assert failed["answer"]["errors"][0]["message"]


def test_only_calls_of_the_run_are_recorded_including_threads_and_files(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = reader_source(
        "work = threading.Thread(target=self.kili.count_projects)",
        "work.start()",
        "work.join()",
        f"requests.get('{emulator.url}/api/label/v2/files', params={{'id': 'none'}},",
        "    headers={'Authorization': f'X-API-Key: {self.kili.api_key}'})",
    )
    run = submit_to(emulator, tmp_path, source)
    operations = [call["operations"] for call in calls(emulator, run)]
    assert ["Query.countProjects"] in operations
    assert operations[-1] == ["GET /api/label/v2/files"]
    emulator.client().count_projects()
    assert [call["operations"] for call in calls(emulator, run)] == operations


def test_call_answered_while_earlier_calls_are_stored_is_recorded(
    emulator: Emulator, tmp_path: Path
) -> None:
    run = submit_to(emulator, tmp_path, reader_source("pass"))
    time = "2024-01-01T00:00:00.000Z"
    buffer = CallBuffer(print)
    buffer.add(call_made(method="early", started_at=time))
    early = buffer.take()
    buffer.add(call_made(method="late", started_at=time))
    for taken in (early, buffer.take()):
        with emulator.world.transaction(Actor.system()) as tx:
            add_calls(tx, run["id"], taken, buffer.count)
    assert [call["method"] for call in calls(emulator, run)] == ["early", "late"]


COUNTING = ("count_projects", "count_assets", "count_labels", "count_issues")
BESIDE = """
import threading
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        work = threading.Thread(target=self.repeat, args=({second!r},))
        work.start()
        self.repeat({first!r})
        work.join()

    def repeat(self, method):
        arguments = [] if method == "count_projects" else [self.project_id]
        for _ in range(40):
            getattr(self.kili, method)(*arguments)
"""


def counts_side_by_side(emulator: Emulator, folder: Path) -> set[tuple[str, str | None]]:
    """Call two counting methods from each of four plugins at once.

    Returns the recorded pairs of operation and method.
    """
    plugin_project = PluginProject(emulator, folder)
    for first, second in zip(COUNTING, (*COUNTING[1:], COUNTING[0]), strict=True):
        plugin_project.install(BESIDE.format(first=first, second=second), first)
    done = emulator.submit(plugin_project.project, label=EASY)
    errors = [each["error"] for each in done["runs"]]
    assert errors == [None] * 4, errors
    call_made = [
        each
        for each in emulator.world.view.run_calls.all()
        if each["operations"][0].startswith("Query.count")
    ]
    assert len(call_made) == 2 * 40 * len(COUNTING)
    return {(call["operations"][0], call["method"]) for call in call_made}


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_concurrent_calls_are_recorded_with_their_own_method(
    tmp_path: Path, isolation: str
) -> None:
    with Emulator(plugin_isolation=isolation) as emulator:
        assert counts_side_by_side(emulator, tmp_path) == {
            (f"Query.count{method.removeprefix('count_').capitalize()}", method)
            for method in COUNTING
        }


@pytest.mark.contract
@pytest.mark.parametrize("version", ["2.125.2", "2.128.2"])
def test_calls_of_sdks_without_method_marks_have_no_method(tmp_path: Path, version: str) -> None:
    python = Path(f".venvs/kili-{version}/bin/python")
    with Emulator(plugin_isolation="process", plugin_python=python) as emulator:
        assert {method for _, method in counts_side_by_side(emulator, tmp_path)} == {None}


def test_call_of_a_client_created_by_the_plugin_has_no_method(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILI_SDK_SKIP_CHECKS", "1")
    source = reader_source(
        "from kili.client import Kili",
        "Kili(api_key=self.kili.api_key, api_endpoint=self.kili.api_endpoint).count_projects()",
    )
    plugin_project = PluginProject(emulator, tmp_path)
    plugin_project.install(source)
    # Not through the SDK, whose clients wait for one another in this process.
    (run,) = emulator.submit(plugin_project.project, label=EASY)["runs"]
    seen = calls(emulator, emulator.world.view.runs.require(run["id"]))
    call_made = [each for each in seen if each["operations"] == ["Query.countProjects"]]
    assert [call["method"] for call in call_made] == [None]


def test_recorded_calls_are_removed_by_reset_and_with_their_plugin(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = reader_source("self.kili.count_projects()")
    mark = emulator.mark()
    assert calls(emulator, submit_to(emulator, tmp_path, source))
    emulator.client().delete_plugin("Reader")
    assert not emulator.world.view.run_calls.all()
    emulator.reset(mark)
    assert calls(emulator, submit_to(emulator, tmp_path, source))
    emulator.reset(mark)
    assert not emulator.world.view.run_calls.all()


def test_reset_to_the_mark_of_a_run_restores_the_world_before_the_handler(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = reader_source(
        "self.kili.update_properties_in_assets([asset_id], json_metadatas=[{'seen': 1}])",
    )
    run = submit_to(emulator, tmp_path, source)
    asset = run["metadata"]["assetId"]
    assert emulator.world.view.assets.require(asset)["jsonMetadata"]
    emulator.reset(Mark(**run["mark"]))
    view = emulator.world.view
    assert "seen" not in json.dumps(view.assets.require(asset)["jsonMetadata"])
    assert view.labels.find("asset", asset)[-1]["id"] == run["metadata"]["labelId"]
    assert view.runs.require(run["id"])["outcome"] == "INTERRUPTED"


def test_recorded_calls_of_each_sdk_name_their_method(
    notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    path = tmp_path / "plugin.py"
    path.write_text(reader_source("print(self.kili.count_projects())"), encoding="utf-8")
    notebook.run(
        f"kili.upload_plugin({str(path)!r}, 'Reader')\n"
        "kili.activate_plugin_on_project('Reader', project_id=project_id)\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        f"kili.append_labels([asset['id']], [{EASY!r}])\n"
    ).checked()
    exported = remote_world.export()
    call_made = [
        call for call in exported["runCalls"] if call["operations"] == ["Query.countProjects"]
    ]
    assert call_made
    assert call_made[0]["method"] == "count_projects"
