"""Replays: the handler of a recorded run is called again, in a copy of the world before the run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.client import RequestRefusedError
from kili_emulator.domain.registry import WorldError
from kili_emulator.errors import KiliError
from kili_emulator.replays.capsule import take_capsule
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.failing_plugin import BODY, FIXED
from tests.kit.gates import plugin_gates
from tests.kit.plugin_project import PluginProject, submit_source
from tests.kit.server_under_test import RemoteWorld
from tests.kit.webhook_receiver import WebhookReceiver

EXAMINE = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_event(self, payload):
        (asset,) = self.kili.assets(
            self.project_id, fields=["id", "jsonMetadata"], first=1, disable_tqdm=True
        )
        count = asset["jsonMetadata"].get("count", 0) + 1
        self.kili.update_properties_in_assets([asset["id"]], json_metadatas=[{"count": count}])
        print(count)
"""


@pytest.fixture(scope="module", params=["inline", "process"])
def isolated_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0, plugin_isolation=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator(seed=0) as running:
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    shared_emulator.reset()
    return shared_emulator


@pytest.fixture
def project(emulator: Emulator, tmp_path: Path) -> PluginProject:
    return PluginProject(emulator, tmp_path)


def picture(emulator: Emulator) -> Any:
    """Return all that a world consists of."""
    world = emulator.world
    return json.dumps(world.export()), world.ids.state(), dict(world.blobs._memory)


def texts(replayed: Any) -> list[str]:
    return [each["content"] for each in replayed["lines"]]


def test_a_replay_repeats_draws_ids_times_calls_and_the_failure(
    isolated_emulator: Emulator, tmp_path: Path
) -> None:
    isolated_emulator.reset()
    run = PluginProject(isolated_emulator, tmp_path).run_once(BODY)
    before = picture(isolated_emulator)
    view = isolated_emulator.runs.replay(run["id"])
    (replayed,) = view["replays"]
    assert (replayed["diff"], view["isSame"], view["isRepeatable"]) == ("", True, True)
    assert (replayed["outcome"], replayed["headline"]) == ("FAILED", "KeyError: 'nope'")
    assert len(replayed["calls"]) == run["callCount"] > 3
    assert picture(isolated_emulator) == before


def test_a_replay_with_edited_code_shows_what_is_different(
    isolated_emulator: Emulator, tmp_path: Path
) -> None:
    isolated_emulator.reset()
    run = PluginProject(isolated_emulator, tmp_path).run_once(BODY)
    edited = tmp_path / "fixed.py"
    edited.write_text(submit_source(FIXED))
    view = isolated_emulator.runs.replay(run["id"], plugin=edited)
    (replayed,) = view["replays"]
    assert (view["outcome"], replayed["outcome"]) == ("FAILED", "SUCCEEDED")
    assert (view["isSame"], replayed["sameOutcome"], replayed["sameCalls"]) == (False, False, True)
    assert "-outcome: FAILED\n" in replayed["diff"]
    assert "+outcome: SUCCEEDED\n" in replayed["diff"]
    assert "+  info None" in replayed["diff"]


def test_a_replay_of_a_linked_plugin_runs_the_code_of_the_run(
    emulator: Emulator, tmp_path: Path
) -> None:
    project = emulator.world.view.projects.all()[0]
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "tools.py").write_text("FACTOR = 2\n")
    (folder / "main.py").write_text(
        submit_source("print(FACTOR * random.random())", "from tools import FACTOR")
    )
    emulator.plugins.link("linked", folder, projects=[project["id"]])
    emulator.submit(project["id"], label={"JOB_0": {"annotations": []}})
    (run,) = emulator.runs()
    (folder / "tools.py").write_text("FACTOR = 3\n")
    assert emulator.runs.replay(run["id"])["isSame"]
    view = emulator.runs.replay(run["id"], plugin=folder)
    old, new = (float(each) for each in (_line(emulator, run["id"]), texts(view["replays"][0])[0]))
    assert new == pytest.approx(old * 1.5)


def _line(emulator: Emulator, run_id: str) -> str:
    return emulator.runs.show(run_id)["lines"][0]["content"]


def test_several_replays_find_what_is_not_repeatable(project: PluginProject) -> None:
    run = project.run_once("import uuid\nprint(uuid.uuid4())\nprint('done')")
    view = project.emulator.runs.replay(run["id"], times=3)
    assert (view["isSame"], view["isRepeatable"], len(view["replays"])) == (False, False, 3)
    for each in view["replays"]:
        assert (each["sameOutcome"], each["sameLines"], each["sameCalls"]) == (True, False, True)
        assert f"+  info {texts(each)[0]}" in each["diff"]


def test_a_replay_reads_the_time_of_the_run(project: PluginProject) -> None:
    """The clock of the copy stands still between the transactions of the run."""
    run = project.run_once(
        "for each in range(3):\n"
        "    self.kili.append_labels([asset_id], [{}], label_type='PREDICTION',\n"
        "                            model_name=str(each), disable_tqdm=True)\n"
        "print(self.kili.labels(self.project_id, fields=['createdAt'], disable_tqdm=True))"
    )
    (replayed,) = project.emulator.runs.replay(run["id"])["replays"]
    assert replayed["isSame"], replayed["diff"]


def test_changes_of_a_replayed_run_call_other_plugins_as_before(project: PluginProject) -> None:
    """The other plugin waits for the same event, and is called for a change of the run, too."""
    project.upload(EXAMINE, "examine", event_matcher=["label.*"])
    project.activate("examine")
    reading = "print(self.kili.assets(self.project_id, fields=['jsonMetadata'], disable_tqdm=True))"
    project.run_once(BODY.replace('print({}["nope"])', reading))
    project.emulator.wait_idle()
    runs = project.emulator.runs()
    assert {each["plugin"] for each in runs} == {"P", "examine"}
    assert any(each["causedBy"] for each in runs)
    for each in runs:
        (replayed,) = project.emulator.runs.replay(each["id"])["replays"]
        assert replayed["isSame"], replayed["diff"]


def test_webhooks_get_nothing_from_a_replay(project: PluginProject) -> None:
    with WebhookReceiver() as receiver:
        project.kili.create_webhook(receiver.url, "hook", event_matcher=["asset.issue.created"])
        project.activate("hook")
        project.run_once(BODY)
        run = project.emulator.runs(plugin="P")[0]
        count = len(receiver.received)
        assert project.emulator.runs.replay(run["id"])["isSame"]
        assert len(receiver.received) == count == 1


def test_a_replay_reads_the_files_of_assets(project: PluginProject) -> None:
    run = project.run_once(
        "import requests\n"
        "(asset,) = self.kili.assets(self.project_id, asset_id, fields=['content'],\n"
        "                            disable_tqdm=True)\n"
        "headers = {'Authorization': f'X-API-Key: {self.kili.api_key}'}\n"
        "answer = requests.get(asset['content'], headers=headers, timeout=30)\n"
        "print(answer.status_code, len(answer.content))"
    )
    (replayed,) = project.emulator.runs.replay(run["id"])["replays"]
    assert replayed["isSame"], replayed["diff"]
    assert texts(replayed)[0].startswith("200 ")


def test_what_others_did_during_the_run_does_not_change_the_replay(tmp_path: Path) -> None:
    """Without a seed, other requests take place while a handler runs."""
    body = f"print('waits')\nsys.kili_gates['go'].wait(30)\n{BODY.replace('random.random()', '0')}"
    with fast_sdk(), plugin_gates("go") as gates, Emulator(dispatch="async") as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install_handler(body)
        project.submit()
        project.kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Other")
        gates["go"].set()
        assert emulator.wait_idle()
        (run,) = emulator.runs()
        (replayed,) = emulator.runs.replay(run["id"])["replays"]
        assert replayed["isSame"], replayed["diff"]


def test_a_moved_clock_is_moved_in_the_replay(project: PluginProject) -> None:
    emulator = project.emulator
    mark = emulator.mark()
    answer = requests.post(
        f"{emulator.url}/_emulator/worlds/default/reset",
        json={"mark": {**vars(mark), "clock_offset": 86_400.0 * 365}},
        headers={"Authorization": f"X-API-Key: {emulator.key()}"},
        timeout=30,
    )
    assert answer.ok, answer.text
    run = project.run_once(BODY)
    (replayed,) = emulator.runs.replay(run["id"])["replays"]
    assert replayed["isSame"], replayed["diff"]


def test_a_run_that_the_end_of_the_emulator_interrupted_can_be_replayed(tmp_path: Path) -> None:
    options: dict[str, Any] = {"ephemeral": False, "data_dir": tmp_path / "data"}
    with plugin_gates("go") as gates:
        with fast_sdk(), Emulator(dispatch="async", **options) as emulator:
            project = PluginProject(emulator, tmp_path)
            project.install_handler("print('waits')\nsys.kili_gates['go'].wait(30)")
            project.submit()
            (run,) = emulator.runs()
        gates["go"].set()
        with Emulator(**options) as emulator:
            assert emulator.runs.show(run["id"])["outcome"] == "INTERRUPTED"
            view = emulator.runs.replay(run["id"])
            assert (view["outcome"], view["replays"][0]["outcome"]) == ("INTERRUPTED", "SUCCEEDED")


def test_a_run_after_a_restart_can_be_replayed(tmp_path: Path) -> None:
    options: dict[str, Any] = {"ephemeral": False, "data_dir": tmp_path / "data", "seed": 0}
    with fast_sdk(), Emulator(**options) as emulator:
        run = PluginProject(emulator, tmp_path).run_once(BODY)
    with Emulator(**options) as emulator:
        (replayed,) = emulator.runs.replay(run["id"])["replays"]
        assert replayed["isSame"], replayed["diff"]


# What cannot be replayed


def test_an_unknown_run_is_refused(emulator: Emulator) -> None:
    with pytest.raises(KiliError, match='there is no run "unknown"'):
        emulator.runs.replay("unknown")


def test_a_run_that_was_not_called_is_refused(project: PluginProject) -> None:
    project.run_once(
        "self.kili.append_labels([asset_id], [{}], label_type='DEFAULT', disable_tqdm=True)"
    )
    suppressed = project.emulator.runs()[-1]
    assert suppressed["outcome"] == "NOT_RUN"
    with pytest.raises(KiliError, match="has not called its handler"):
        project.emulator.runs.replay(suppressed["id"])


def test_a_run_of_a_webhook_is_refused(project: PluginProject) -> None:
    with WebhookReceiver() as receiver:
        project.kili.create_webhook(receiver.url, "hook", handler_types=["onSubmit"])
        project.activate("hook")
        project.submit()
        (run,) = project.emulator.runs()
        with pytest.raises(KiliError, match="kili-emulator redeliver"):
            project.emulator.runs.replay(run["id"])


def test_a_run_in_progress_is_refused(tmp_path: Path) -> None:
    with fast_sdk(), plugin_gates("go") as gates, Emulator(dispatch="async") as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install_handler("sys.kili_gates['begun'].set()\nsys.kili_gates['go'].wait(30)")
        gates["begun"] = type(gates["go"])()
        project.submit()
        assert gates["begun"].wait(30)
        (run,) = emulator.runs()
        with pytest.raises(KiliError, match="has not ended yet"):
            emulator.runs.replay(run["id"])
        gates["go"].set()


def test_only_the_latest_runs_can_be_replayed(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(replayable_runs=1) as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install_handler("pass")
        for _ in range(66):
            project.submit()
        first, *_, last = emulator.runs()
        assert emulator.runs.replay(last["id"])["isSame"]
        with pytest.raises(KiliError, match=r"can no longer be replayed.*replayable_runs"):
            emulator.runs.replay(first["id"])


def test_a_mark_of_a_user_outlives_those_of_old_runs(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(replayable_runs=0) as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install_handler("pass")
        project.submit()
        labels, mark = len(emulator.world.view.labels.all()), emulator.mark()
        for _ in range(65):
            project.submit()
        emulator.reset(mark)
        assert len(emulator.world.view.labels.all()) == labels


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "does not exist"),
        ({"main.py": "def broken("}, "SyntaxError"),
        ({"other.py": ""}, "main.py"),
    ],
)
def test_code_that_cannot_be_used_is_refused(
    project: PluginProject, tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    run = project.run_once("pass")
    folder = tmp_path / "edited"
    for name, text in files.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with pytest.raises(KiliError, match=reason):
        project.emulator.runs.replay(run["id"], plugin=folder)


@pytest.mark.parametrize("times", [0, 1001, 1.5, True, "2"])
def test_the_number_of_replays_is_checked(emulator: Emulator, times: Any) -> None:
    with pytest.raises((WorldError, RequestRefusedError), match="times, an integer from 1 to 1000"):
        emulator.runs.replay("any", times=times)


def test_a_capsule_shares_the_documents_of_its_world(project: PluginProject) -> None:
    run = project.run_once("pass")
    capsule = take_capsule(project.emulator.world, run["id"])
    asset = project.asset
    mine = project.emulator.world.view.assets.require(asset)
    assert capsule.make_copy().view.assets.require(asset) is mine


# The command


def command(remote: tuple[RemoteWorld, str], *arguments: str, typed: str = "") -> Any:
    world, run = remote
    place = ["--world", world.name, "--data-dir", str(world.server.data_dir)]
    return CliRunner().invoke(main, ["replay", run, *place, *arguments], input=typed)


def test_the_command_prints_whether_the_replay_is_the_same(
    failed_remote_run: tuple[RemoteWorld, str],
) -> None:
    done = command(failed_remote_run)
    assert done.exit_code == 0, done.output
    assert "onSubmit, ended as FAILED (KeyError: 'nope')" in done.output
    assert "replay: FAILED, with the same log lines and API calls" in done.output


def test_the_command_tries_edited_code_and_fails_if_the_run_differs(
    failed_remote_run: tuple[RemoteWorld, str], tmp_path: Path
) -> None:
    (tmp_path / "fixed.py").write_text(submit_source("print({}.get('nope'))"))
    done = command(failed_remote_run, "--plugin", str(tmp_path / "fixed.py"), "--times", "2")
    assert done.exit_code == 1, done.output
    assert "replay 2 of 2: SUCCEEDED: other outcome, other log lines, the same API" in done.output
    assert "+  info None" in done.output
    printed = command(failed_remote_run, "--json")
    assert json.loads(printed.output)["isSame"] is True


def test_two_debuggers_are_refused(failed_remote_run: tuple[RemoteWorld, str]) -> None:
    assert "exclude each other" in command(failed_remote_run, "--pdb", "--debugpy", "5678").output
    assert "leave out --times" in command(failed_remote_run, "--pdb", "--times", "2").output


def test_a_missing_debugpy_is_named(
    failed_remote_run: tuple[RemoteWorld, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "debugpy", None)  # as if it were not installed
    assert "pip install debugpy" in command(failed_remote_run, "--debugpy", "5678").output
