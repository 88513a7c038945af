"""Runs as the author of a plugin sees them: by command, over HTTP and in Python."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from tests.kit.plugin_project import PluginProject, append_label
from tests.kit.responses import EASY, HARD
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("looking at", asset_id)
        self.kili.count_projects()
        if "HARD" in str(label["jsonResponse"]):
            raise ValueError("too hard")
"""


def set_up(emulator: Emulator, folder: Path, name: str = "Judge", source: str = PLUGIN) -> None:
    PluginProject(emulator, folder).install(source, name)


def submit(emulator: Emulator, response: dict[str, Any] = EASY) -> None:
    asset = emulator.world.view.assets.all()[0]
    append_label(emulator.client(), asset["id"], response=response)
    assert emulator.wait_idle()


@pytest.fixture(scope="module")
def shared_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator() as running:
        set_up(running, tmp_path_factory.mktemp("plugins"))
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Iterator[Emulator]:
    mark = shared_emulator.mark()
    yield shared_emulator
    shared_emulator.reset(mark)


def get(emulator: Emulator, path: str, status: int = 200, **params: Any) -> Any:
    import requests

    answer = requests.get(
        f"{emulator.url}/_emulator/worlds/default{path}",
        params=params,
        headers={"Authorization": f"X-API-Key: {emulator.key()}"},
        timeout=30,
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def test_runs_are_found_by_plugin_project_and_failure(emulator: Emulator) -> None:
    submit(emulator)
    submit(emulator, HARD)
    good, bad = emulator.runs()
    assert (good["plugin"], good["version"], good["handler"]) == ("Judge", 1, "onSubmit")
    assert (good["outcome"], bad["outcome"]) == ("SUCCEEDED", "FAILED")
    assert emulator.runs(failed=True) == [bad]
    assert emulator.runs(plugin="Judge", project=good["projectId"]) == [good, bad]
    other = emulator.client().create_project(
        input_type="IMAGE", json_interface={"jobs": {}}, title="Other"
    )["id"]
    assert emulator.runs(project=other) == []
    with pytest.raises(KiliError, match='no plugin "Nobody" \\(there are: Judge\\)'):
        emulator.runs(plugin="Nobody")
    with pytest.raises(KiliError):
        emulator.runs(project="Nowhere")


def test_run_view_has_payload_log_lines_calls_and_answers(
    emulator: Emulator,
) -> None:
    submit(emulator, HARD)
    run = emulator.run(emulator.runs()[0]["id"])
    assert run["payload"]["asset_id"] == run["assetId"]
    assert run["payload"]["label"]["jsonResponse"] == HARD
    assert run["lines"][0]["content"] == f"looking at {run['assetId']}"
    assert "too hard" in run["lines"][-1]["content"]
    assert "too hard" in run["error"]
    (count,) = [call for call in run["calls"] if call["operations"] == ["Query.countProjects"]]
    assert count["answer"] == {"data": {"data": 1}}
    assert run["durationMs"] > 0
    with pytest.raises(KiliError, match="no run"):
        emulator.run("nothing")


def test_run_view_names_its_cause_and_the_runs_it_caused(
    emulator: Emulator, tmp_path: Path
) -> None:
    answering = PLUGIN.replace(
        "self.kili.count_projects()",
        "self.kili.append_labels([asset_id], [{}], disable_tqdm=True)",
    )
    set_up(emulator, tmp_path, "Second", answering)
    submit(emulator)
    run_views = [emulator.run(run["id"]) for run in emulator.runs()]
    (cause,) = [run for run in run_views if run["plugin"] == "Second" and not run["causedBy"]]
    assert len(cause["causes"]) == 2
    caused = [run for run in run_views if run["id"] in cause["causes"]]
    assert {(run["plugin"], run["refusal"]) for run in caused} == {
        ("Judge", None),
        ("Second", "SELF_TRIGGERED"),
    }
    assert {run["causedBy"] for run in caused} == {cause["id"]}


def test_run_can_be_repeated_after_reset_to_its_mark(emulator: Emulator) -> None:
    submit(emulator, HARD)
    (run,) = emulator.runs()
    count = len(emulator.world.view.labels.all())
    submit(emulator)
    emulator.reset(emulator.mark_of(run["id"]))
    assert len(emulator.world.view.labels.all()) == count
    payload = emulator.run(run["id"])["payload"]
    again = emulator.trigger("onSubmit", "Judge", run["projectId"], payload)
    assert "too hard" in again["error"]


def test_waiting_request_returns_each_ended_run_once(emulator: Emulator) -> None:
    submit(emulator)
    before = get(emulator, "/runs")
    assert len(before["runs"]) == 1
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(
            get(emulator, "/runs", after=before["cursor"], failed="true", wait=20)
        )
    )
    waiting.start()
    submit(emulator)
    submit(emulator, HARD)
    waiting.join(30)
    (answer,) = answers
    assert [run["outcome"] for run in answer["runs"]] == ["FAILED"]
    assert get(emulator, "/runs", after=answer["cursor"])["runs"] == []
    mark = emulator.mark_of(answer["runs"][0]["id"])
    emulator.reset(mark)  # ends the run again, in another history
    (again,) = get(emulator, "/runs", after=answer["cursor"])["runs"]
    assert again["outcome"] == "INTERRUPTED"


def test_control_plane_refuses_invalid_parameters_of_runs(emulator: Emulator) -> None:
    for params in ({"failed": "1"}, {"after": "x"}, {"wait": "-1"}, {"limit": "a"}, {"what": "1"}):
        assert "give only" in get(emulator, "/runs", status=400, **params)["error"]
    assert "no run" in get(emulator, "/runs/none", status=400)["error"]
    submit(emulator)
    submit(emulator, HARD)
    (latest,) = get(emulator, "/runs", limit="1")["runs"]
    assert latest["outcome"] == "FAILED"
    assert get(emulator, f"/runs/{latest['id']}")["lines"]


def test_waiting_request_returns_each_log_line_once_during_a_run(
    emulator: Emulator, tmp_path: Path
) -> None:
    go_on, cursor = tmp_path / "go on", get(emulator, "/runs")["cursor"]
    source = PLUGIN.replace(
        "self.kili.count",
        f"""
        import pathlib, time
        while not pathlib.Path({str(go_on)!r}).exists():
            time.sleep(0.01)
        print("goes on")
        self.kili.count""",
    )
    set_up(emulator, tmp_path, "Slow", source)
    waits = {"wait": 20, "lines": "true", "plugin": "Slow"}
    submitting = threading.Thread(target=submit, args=(emulator,))
    submitting.start()
    first = get(emulator, "/runs", after=cursor, **waits)
    assert [each["content"][:7] for each in first["lines"]] == ["looking"]
    assert first["runs"] == []
    go_on.touch()
    second = get(emulator, "/runs", after=first["cursor"], **waits)
    submitting.join()
    assert [each["content"] for each in second["lines"]] == ["goes on"]
    rest = get(emulator, "/runs", after=second["cursor"], **waits) if not second["runs"] else second
    assert [run["outcome"] for run in rest["runs"]] == ["SUCCEEDED"]
    last = get(emulator, "/runs", after=rest["cursor"], lines="true")
    assert (last["lines"], last["runs"]) == ([], [])
    for wrong in (f"{cursor},x", "x,1:a:1", f"{cursor},1:a:"):
        assert "give only" in get(emulator, "/runs", status=400, after=wrong)["error"]


@pytest.fixture
def world_with_runs(notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path) -> RemoteWorld:
    """Return a world of a server process in which each SDK in turn has submitted two labels."""
    path = tmp_path / "judge.py"
    path.write_text(PLUGIN, encoding="utf-8")
    notebook.run(
        f"kili.upload_plugin({str(path)!r}, 'Judge')\n"
        "kili.activate_plugin_on_project('Judge', project_id=project_id)\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        f"for response in ({EASY!r}, {HARD!r}):\n"
        "    kili.append_labels([asset['id']], [response])"
    ).checked()
    return remote_world


def test_the_commands_list_and_show_runs(
    server: ServerUnderTest, world_with_runs: RemoteWorld
) -> None:
    where = ["--world", world_with_runs.name, "--data-dir", str(server.data_dir)]
    listed = CliRunner().invoke(main, ["runs", *where])
    assert listed.exit_code == 0, listed.output
    good, bad = listed.output.splitlines()
    assert "Judge #1 onSubmit: SUCCEEDED" in good
    assert "Judge #1 onSubmit: FAILED" in bad
    assert bad.endswith("too hard")
    failed = CliRunner().invoke(main, ["runs", "--failed", "--json", "--plugin", "Judge", *where])
    (run,) = json.loads(failed.output)
    shown = CliRunner().invoke(main, ["runs", "show", run["id"], *where]).output
    assert "Query.countProjects by count_projects" in shown
    assert "looking at" in shown
    assert "mark: {" in shown
    as_json = CliRunner().invoke(main, ["runs", "show", run["id"], "--json", *where]).output
    assert json.loads(as_json)["error"] == run["error"]
    unknown = CliRunner().invoke(main, ["runs", "show", "nothing", *where])
    assert (unknown.exit_code, "there is no run" in unknown.output) == (1, True)


def test_runs_follow_prints_log_lines_and_each_ended_run(
    server: ServerUnderTest, notebook: SdkSession, world_with_runs: RemoteWorld
) -> None:
    arguments = [
        "runs",
        "--follow",
        "--world",
        world_with_runs.name,
        "--data-dir",
        str(server.data_dir),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "kili_emulator", *arguments],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        try:
            first = [process.stdout.readline() for _ in range(2)]
            notebook.run(f"kili.append_labels([asset['id']], [{HARD!r}])").checked()
            assert " | looking at " in process.stdout.readline()
            assert " error | Traceback " in process.stdout.readline()
            ended = next(line for line in process.stdout if not line.startswith("  | "))
            assert ended.endswith("too hard\n")
        finally:
            process.kill()
    assert len(set(first)) == 2
