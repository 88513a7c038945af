"""The timeline: requests, what they changed, and the events, runs and requests that followed."""

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
from kili_emulator.observe.timeline import DecisionNode, EventNode, RequestNode, text_of
from tests.kit.plugin_project import PluginProject, append_label
from tests.kit.responses import EASY
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire

JUDGE = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.count_projects()
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["look again"]
        )
"""
AGAIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.append_labels([asset_id], [label["jsonResponse"]], disable_tqdm=True)
"""
REVIEWER = AGAIN.replace("on_submit", "on_review")
SUBMITTED = "label.workflow.created.default"


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        running.client()
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Iterator[Emulator]:
    shared_emulator.reset()
    yield shared_emulator
    shared_emulator.reset()


@pytest.fixture
def project(emulator: Emulator, tmp_path: Path) -> PluginProject:
    return PluginProject(emulator, tmp_path)


def event_of(request: RequestNode, subject: str) -> EventNode:
    (found,) = [each for each in request["events"] if each["event"] == subject]
    return found


def last_submit(emulator: Emulator) -> RequestNode:
    return [
        each for each in emulator.timeline() if each["operations"] == ["Mutation.appendManyLabels"]
    ][-1]


def test_tree_leads_from_a_request_to_the_requests_of_its_runs(project: PluginProject) -> None:
    project.install(JUDGE, "Judge")
    label = project.submit()
    request = last_submit(project.emulator)
    (run,) = project.runs()
    assert (request["user"], request["outcome"], request["runId"]) == (
        "admin@example.com",
        "ok",
        None,
    )
    (added,) = [each for each in request["changes"] if each["table"] == "labels"]
    assert (added["kind"], added["count"], added["ids"]) == ("added", 1, [label])
    event = event_of(request, SUBMITTED)
    assert (event["labelId"], event["assetId"]) == (label, project.asset)
    (decision,) = event["decisions"]
    assert (decision["plugin"], decision["decision"], decision["reasons"]) == (
        "Judge",
        "called",
        [],
    )
    node = decision["run"]
    assert node is not None
    assert (node["id"], node["outcome"]) == (run["id"], "SUCCEEDED")
    count, create = node["requests"]
    assert (count["operations"], count["changes"]) == (["Query.countProjects"], [])
    assert create["operations"] == ["Mutation.createIssues"]
    assert {each["table"] for each in create["changes"]} == {"issues", "comments"}
    assert event_of(create, "asset.issue.created")["decisions"][0]["decision"] == "not called"


def test_changed_members_are_named(emulator: Emulator, project: PluginProject) -> None:
    emulator.client().update_properties_in_project(project.project, title="Renamed")
    request = emulator.timeline(limit=1)[-1]
    (change,) = request["changes"]
    assert (change["table"], change["kind"]) == ("projects", "changed")
    assert "title" in change["members"]
    assert "description" not in change["members"]


def test_tree_has_calls_that_were_suppressed_or_not_made(project: PluginProject) -> None:
    project.install(AGAIN, "Again")
    project.install(REVIEWER, "Reviewer")
    project.submit()
    event = event_of(last_submit(project.emulator), SUBMITTED)
    called, not_called = event["decisions"]
    assert (not_called["plugin"], not_called["decision"]) == ("Reviewer", "not called")
    (reason,) = not_called["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert "subscribes to on_review" in reason["explanation"]
    assert called["run"] is not None
    (again,) = [
        each
        for each in called["run"]["requests"]
        if each["operations"] == ["Mutation.appendManyLabels"]
    ]
    suppressed = event_of(again, SUBMITTED)["decisions"][0]
    assert (suppressed["plugin"], suppressed["decision"]) == ("Again", "suppressed")
    assert suppressed["reasons"][0]["reason"] == "SELF_TRIGGERED"


def test_plugin_without_a_built_version_is_refused(project: PluginProject) -> None:
    with pytest.raises(Exception, match="Broken"):
        project.upload(f"raise ValueError('at import')\n{JUDGE}", "Broken")
    project.activate("Broken")
    project.submit()
    (decision,) = event_of(last_submit(project.emulator), SUBMITTED)["decisions"]
    assert (decision["decision"], decision["reasons"][0]["reason"]) == ("refused", "BUILD_FAILED")


def test_queued_run_says_so(project: PluginProject) -> None:
    """Two plugins that answer each other: the second call of the first one is queued."""
    project.install(AGAIN, "One")
    project.install(AGAIN, "Two")
    project.submit()
    assert project.emulator.wait_idle()
    found = json.dumps(project.emulator.timeline())
    assert '"decision": "queued"' in found


def test_reads_and_refused_requests_are_in_the_timeline(emulator: Emulator) -> None:
    before = len(emulator.timeline())
    emulator.client().count_projects()
    with pytest.raises(Exception, match="accessDenied"):
        append_label(emulator.client(), "nothing")
    nodes = emulator.timeline()[before:]
    (read,) = [each for each in nodes if each["operations"] == ["Query.countProjects"]]
    assert (read["changes"], read["events"]) == ([], [])
    refused = nodes[-1]
    assert (refused["outcome"], refused["changes"]) == ("error", [])
    assert "accessDenied" in refused["errors"][0]


def test_action_of_a_simulated_user_is_a_request_of_that_user(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(JUDGE, "Judge")
    submitted = emulator.users.submit(project.project, label=EASY)
    request = emulator.timeline()[-1]
    assert (request["kind"], request["name"]) == ("control", "submit")
    assert request["user"] == "labeler@example.com"
    assert event_of(request, SUBMITTED)["labelId"] == submitted["labelId"]
    with pytest.raises(KiliError):
        emulator.users.submit(project.project, "nothing")
    assert emulator.timeline()[-1]["outcome"] == "error"


def test_runs_by_hand_belong_to_their_request(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(JUDGE, "Judge")
    project.submit()
    payload = emulator.run(emulator.runs()[0]["id"])["payload"]
    run = emulator.trigger("onSubmit", "Judge", project.project, payload)
    request = emulator.timeline()[-1]
    assert (request["name"], request["events"]) == ("trigger", [])
    (node,) = request["runs"]
    assert node["id"] == run["id"]
    (create,) = [each for each in node["requests"] if each["changes"]]
    assert event_of(create, "asset.issue.created")
    assert [each["name"] for each in emulator.timeline(run=run["id"])] == ["trigger"]


def test_redelivery_belongs_to_its_request(project: PluginProject) -> None:
    emulator = project.emulator
    with WebhookReceiver() as receiver:
        emulator.client().create_webhook(
            receiver.url, plugin_name="Hook", header="", handler_types=["onSubmit"]
        )
        project.activate("Hook")
        project.submit()
        (run,) = emulator.runs()
        again = emulator.runs.redeliver(run["id"])
    request = emulator.timeline()[-1]
    assert [each["id"] for each in request["runs"]] == [again["id"]]
    event = event_of(last_submit(emulator), SUBMITTED)
    assert [each["run"] and each["run"]["id"] for each in event["decisions"]] == [run["id"]]


def test_timeline_of_a_run_has_what_led_to_it_and_its_effects(project: PluginProject) -> None:
    emulator = project.emulator
    project.install(JUDGE, "Judge")
    assets = [each["id"] for each in emulator.world.view.assets.all()][:2]
    emulator.client().append_labels(assets, [EASY, EASY], disable_tqdm=True)
    first, second = (each["id"] for each in emulator.runs())
    (request,) = emulator.timeline(run=second)
    (event,) = request["events"]
    (decision,) = event["decisions"]
    assert decision["run"] is not None
    assert decision["run"]["id"] == second
    assert len(decision["run"]["requests"]) == 2
    assert first not in json.dumps(request)
    with pytest.raises(KiliError, match="there is no run"):
        emulator.timeline(run="nothing")
    with pytest.raises(KiliError, match="give either run"):
        emulator.timeline(run=second, project=project.project)


def test_timeline_of_an_asset_has_its_events_and_the_requests_about_it(
    project: PluginProject,
) -> None:
    emulator = project.emulator
    project.install(JUDGE, "Judge")
    kili = emulator.client()
    one, other = (each["id"] for each in emulator.world.view.assets.all()[:2])
    kili.append_labels([one, other], [EASY, EASY], disable_tqdm=True)
    kili.count_assets(project.project, asset_id=one)
    nodes = emulator.timeline(asset=one)
    assert [each["operations"][0] for each in nodes] == [
        "Mutation.appendManyLabels",
        "Query.countAssets",
    ]
    assert {each["assetId"] for each in nodes[0]["events"]} == {one}
    external_id = emulator.world.view.assets.require(one)["externalId"]
    assert emulator.timeline(asset=external_id, project=project.project) == nodes
    assert emulator.timeline(asset=one, limit=1) == nodes[1:]
    with pytest.raises(KiliError, match="no asset"):
        emulator.timeline(asset="nothing")


def test_timeline_of_a_project_leaves_others_out(project: PluginProject) -> None:
    emulator = project.emulator
    other = emulator.client().create_project(
        input_type="TEXT", json_interface={"jobs": {}}, title="Other"
    )["id"]
    project.submit()
    nodes = emulator.timeline(project="Other")
    assert "createProject" in nodes[0]["operations"][0]
    projects = {event["projectId"] for node in nodes for event in node["events"]}
    assert projects == {other}


def test_timeline_goes_with_a_reset(project: PluginProject) -> None:
    emulator = project.emulator
    before = emulator.timeline()
    mark = emulator.mark()
    project.submit()
    emulator.client().count_projects()
    emulator.reset(mark)
    assert emulator.timeline() == before


def test_tree_of_an_earlier_process_is_built_from_stored_documents(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Emulator(ephemeral=False, data_dir=folder) as emulator:
        project = PluginProject(emulator, tmp_path)
        project.install(JUDGE, "Judge")
        project.submit()
        (run,) = emulator.runs()
        emulator.trigger("onSubmit", "Judge", project.project, emulator.run(run["id"])["payload"])
        before = last_submit(emulator)
    with Emulator(ephemeral=False, data_dir=folder) as emulator:
        assert emulator.calls() == []
        after = last_submit(emulator)
        (of_run,) = emulator.timeline(run=run["id"])
        triggered = emulator.timeline()[-1]
    assert outline(after) == outline(before)
    assert (after["id"], after["user"], after["createdAt"]) == (
        before["id"],
        before["user"],
        before["createdAt"],
    )
    assert (before["outcome"], after["outcome"]) == ("ok", None)  # it is not stored
    assert of_run["id"] == before["id"]
    assert len(triggered["runs"][0]["requests"]) == 2


def outline(request: RequestNode) -> Any:
    """Return the part of a tree that is stored."""
    events = [
        (each["id"], each["event"], [_decision_outline(decision) for decision in each["decisions"]])
        for each in request["events"]
    ]
    return request["operations"], request["changes"], events


def _decision_outline(decision: DecisionNode) -> Any:
    run = decision["run"]
    requests = [outline(each) for each in run["requests"]] if run else []
    return decision["plugin"], decision["decision"], run and run["outcome"], requests


def test_text_shows_the_tree(project: PluginProject) -> None:
    project.install(JUDGE, "Judge")
    project.install(REVIEWER, "Reviewer")
    label = project.submit()
    (run,) = project.runs()
    text = "\n".join(text_of(last_submit(project.emulator)))
    for line in (
        "appendManyLabels by admin@example.com, ",
        f"\n  added 1 labels ({label})",
        f"\n  event {SUBMITTED} of label {label} [",
        "\n    Judge called: onSubmit SUCCEEDED, ",
        f"[run {run['id']}]\n      2",
        " createIssues, ",
        "\n        added 1 issues (",
        "\n          Judge not called: NO_HANDLER: ",
        "\n    Reviewer not called: HANDLER_MISSING: ",
    ):
        assert line in text, line


def test_export_leaves_the_random_ids_of_requests_out(project: PluginProject) -> None:
    project.install(JUDGE, "Judge")
    project.submit()
    wire = Wire(project.emulator)
    answer = wire.request(
        "GET", "/_emulator/worlds/default/export", headers=wire.authorization("admin")
    ).json()
    wire.close()
    for table in ("transactions", "runs", "runCalls"):
        assert answer[table]
        assert not any("requestId" in each for each in answer[table])


def get(emulator: Emulator, **params: Any) -> Any:
    wire = Wire(emulator)
    answer = wire.request(
        "GET",
        "/_emulator/worlds/default/timeline",
        params=params,
        headers=wire.authorization("admin"),
    )
    wire.close()
    return answer.json()


def test_waiting_request_returns_each_request_once_when_its_runs_have_ended(
    project: PluginProject, tmp_path: Path
) -> None:
    go_on = tmp_path / "go on"
    waiting = JUDGE.replace(
        "self.kili.count_projects()",
        f"""
        import pathlib, time
        while not pathlib.Path({str(go_on)!r}).exists():
            time.sleep(0.01)""",
    )
    project.install(waiting, "Judge")
    asset, emulator = project.asset, project.emulator
    cursor = get(emulator)["cursor"]
    submitting = threading.Thread(target=append_label, args=(emulator.client(), asset))
    submitting.start()
    wire = Wire(emulator)
    wire.post({"query": "{ viewer { id } }"})
    wire.close()
    first = get(emulator, after=cursor, wait=20)
    assert [each["operations"] for each in first["requests"]] == [["Query.viewer"]]
    go_on.touch()
    second = get(emulator, after=first["cursor"], wait=20)
    submitting.join()
    assert "Mutation.appendManyLabels" in json.dumps(second["requests"])
    (run,) = emulator.runs()
    assert run["outcome"] == "SUCCEEDED"
    last = get(emulator, after=get(emulator)["cursor"])
    assert last["requests"] == []


def test_control_plane_refuses_invalid_parameters_of_the_timeline(emulator: Emulator) -> None:
    for params in ({"after": "x"}, {"after": "1,"}, {"limit": "x"}, {"what": "1"}):
        assert "give" in get(emulator, **params)["error"]


@pytest.fixture
def world_with_runs(notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path) -> RemoteWorld:
    path = tmp_path / "judge.py"
    path.write_text(JUDGE, encoding="utf-8")
    notebook.run(
        f"kili.upload_plugin({str(path)!r}, 'Judge')\n"
        "kili.activate_plugin_on_project('Judge', project_id=project_id)\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        f"kili.append_labels([asset['id']], [{EASY!r}])"
    ).checked()
    return remote_world


def test_command_shows_the_timeline(server: ServerUnderTest, world_with_runs: RemoteWorld) -> None:
    where = ["--world", world_with_runs.name, "--data-dir", str(server.data_dir)]
    shown = CliRunner().invoke(main, ["timeline", *where])
    assert shown.exit_code == 0, shown.output
    assert "    Judge called: onSubmit SUCCEEDED" in shown.output
    runs = CliRunner().invoke(main, ["runs", "--json", *where]).output
    run = json.loads(runs)[0]["id"]
    as_json = CliRunner().invoke(main, ["timeline", "--run", run, "--json", *where]).output
    (request,) = json.loads(as_json)
    assert request["events"][0]["decisions"][0]["run"]["id"] == run
    unknown = CliRunner().invoke(main, ["timeline", "--run", "nothing", *where])
    assert (unknown.exit_code, "there is no run" in unknown.output) == (1, True)


def test_following_commands_print_what_is_new(
    server: ServerUnderTest, notebook: SdkSession, world_with_runs: RemoteWorld
) -> None:
    where = ["--world", world_with_runs.name, "--data-dir", str(server.data_dir)]
    with subprocess.Popen(
        [sys.executable, "-m", "kili_emulator", "timeline", "--follow", "--limit", "1", *where],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        try:
            process.stdout.readline()
            notebook.run(f"kili.append_labels([asset['id']], [{EASY!r}])").checked()
            called = next(line for line in process.stdout if "called: onSubmit" in line)
            assert called.startswith("    Judge called: onSubmit SUCCEEDED")
        finally:
            process.kill()
