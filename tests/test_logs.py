"""Log lines and events: in Python, over HTTP and by command."""

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
from tests.kit.plugin_project import PluginProject, submit_source
from tests.kit.responses import EASY
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.wire import Wire

TALKING = submit_source("print('hello from', asset_id)")


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def project(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginProject]:
    shared_emulator.reset()
    yield PluginProject(shared_emulator, tmp_path)
    shared_emulator.reset()


def get(emulator: Emulator, path: str, **params: Any) -> Any:
    wire = Wire(emulator)
    answer = wire.request(
        "GET",
        f"/_emulator/worlds/default/{path}",
        params=params,
        headers=wire.authorization("admin"),
    )
    wire.close()
    return answer.json()


def test_log_lines_are_found_by_plugin_and_project(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(TALKING, "One")
    project.install(TALKING, "Two")
    project.submit()
    lines = emulator.logs("One", project=project.project)
    (run,) = emulator.runs(plugin="One")
    assert [each["content"] for each in lines] == [f"hello from {project.asset}"]
    assert (lines[0]["plugin"], lines[0]["runId"]) == ("One", run["id"])
    assert {each["plugin"] for each in emulator.logs()} == {"One", "Two"}
    assert emulator.logs(limit=1) == emulator.logs()[1:]
    with pytest.raises(KiliError, match='no plugin "Nobody"'):
        emulator.logs("Nobody")
    with pytest.raises(KiliError, match='no project "Nowhere"'):
        emulator.logs(project="Nowhere")


def test_waiting_request_returns_each_log_line_once(project: PluginProject) -> None:
    project.install(TALKING, "One")
    project.submit()
    emulator = project.emulator
    first = get(emulator, "logs")
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(get(emulator, "logs", after=first["next"], wait=20))
    )
    waiting.start()
    project.submit()
    waiting.join(30)
    (answer,) = answers
    assert [each["plugin"] for each in answer["lines"]] == ["One"]
    assert len(first["lines"]) == 1
    assert get(emulator, "logs", after=answer["next"])["lines"] == []
    emulator.reset()
    project.install(TALKING, "One")
    project.submit()
    again = get(emulator, "logs", after=answer["next"])
    assert len(again["lines"]) == 1


def test_events_are_found_by_name_pattern_project_and_asset(project: PluginProject) -> None:
    emulator = project.emulator
    before = len(emulator.events())
    label = project.submit()
    (event,) = emulator.events("label.workflow.created.default", asset=project.asset)[-1:]
    assert (event["payload"]["labelId"], event["user"]) == (label, "admin@example.com")
    assert event["requestId"] == emulator.calls("appendManyLabels")[-1]["id"]
    assert event in emulator.events("label.*", project=project.project)
    external_id = emulator.world.view.assets.require(project.asset)["externalId"]
    named = emulator.events(asset=external_id, project=project.project)
    assert named == emulator.events(asset=project.asset)
    assert emulator.events(limit=1) == [event]
    assert len(emulator.events()) == before + 1
    emulator.reset()
    assert len(emulator.events()) == before


def test_internal_events_are_listed_on_request(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(TALKING, "One")
    (activated,) = emulator.events("plugin.activated")
    assert activated["internal"]
    assert activated not in emulator.events()
    assert activated in emulator.events(internal=True)


def test_events_of_a_run_name_it(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(
        submit_source("self.kili.append_labels([asset_id], [{}], disable_tqdm=True)"), "Again"
    )
    project.submit()
    run = emulator.runs()[0]
    caused = emulator.events(run=run["id"])
    assert [each["event"] for each in caused] == ["label.workflow.created.default"]
    assert {each["runId"] for each in caused} == {run["id"]}


def test_misspelt_event_is_refused(project: PluginProject) -> None:
    with pytest.raises(KiliError, match=r'did you mean "asset\.created"'):
        project.emulator.events("asset.create")
    with pytest.raises(KiliError, match="no event of the emulator"):
        project.emulator.events("nothing.*")


def test_secrets_in_payloads_of_events_are_masked(project: PluginProject) -> None:
    world = project.emulator.world
    (event, *_) = world.view.events.all()
    world.documents.table("events").update(
        {"payload": {"url": "http://a:secret@b"}}, doc_ids=[event["id"]]
    )
    assert project.emulator.events()[0]["payload"] == {"url": "http://a:***@b"}


def test_control_plane_refuses_invalid_parameters_of_logs_and_events(
    project: PluginProject,
) -> None:
    emulator = project.emulator
    for params in ({"after": "x"}, {"wait": "-1"}, {"what": "1"}):
        assert "give" in get(emulator, "logs", **params)["error"]
    for params in ({"internal": "1"}, {"limit": "x"}, {"what": "1"}):
        assert "give" in get(emulator, "events", **params)["error"]


@pytest.fixture
def world_with_logs(notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path) -> RemoteWorld:
    path = tmp_path / "talking.py"
    path.write_text(TALKING, encoding="utf-8")
    notebook.run(
        f"kili.upload_plugin({str(path)!r}, 'One')\n"
        "kili.activate_plugin_on_project('One', project_id=project_id)\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        f"kili.append_labels([asset['id']], [{EASY!r}])"
    ).checked()
    return remote_world


def test_commands_list_log_lines_and_events(
    server: ServerUnderTest, world_with_logs: RemoteWorld
) -> None:
    where = ["--world", world_with_logs.name, "--data-dir", str(server.data_dir)]
    logs = CliRunner().invoke(main, ["logs", "One", *where])
    assert logs.exit_code == 0, logs.output
    assert " One info | hello from " in logs.output
    (line,) = json.loads(CliRunner().invoke(main, ["logs", "--json", *where]).output)
    assert line["plugin"] == "One"
    listed = CliRunner().invoke(main, ["events", "label.*", "--limit", "1", *where]).output
    assert " label.workflow.created.default by admin@example.com {" in listed
    as_json = CliRunner().invoke(main, ["events", "--internal", "--json", *where]).output
    assert "plugin.activated" in {each["event"] for each in json.loads(as_json)}
    unknown = CliRunner().invoke(main, ["events", "asset.create", *where])
    assert (unknown.exit_code, "did you mean" in unknown.output) == (1, True)


def test_logs_follow_prints_further_lines(
    server: ServerUnderTest, notebook: SdkSession, world_with_logs: RemoteWorld
) -> None:
    where = ["--world", world_with_logs.name, "--data-dir", str(server.data_dir)]
    with subprocess.Popen(
        [sys.executable, "-m", "kili_emulator", "logs", "One", "--follow", *where],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        try:
            first = process.stdout.readline()
            notebook.run(f"kili.append_labels([asset['id']], [{EASY!r}])").checked()
            second = process.stdout.readline()
        finally:
            process.kill()
    assert first != second
    assert " | hello from " in first
    assert " | hello from " in second
