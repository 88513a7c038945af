"""The command ``why`` and its HTTP route, with each SDK in turn."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator.cli import main
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.responses import EASY
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

NAME = "Count it"
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("called")
        self.kili.append_labels([asset_id], [label["jsonResponse"]])
"""


class WhyCommand:
    """The command ``why`` for one world of a server."""

    def __init__(self, server: ServerUnderTest, world: RemoteWorld) -> None:
        self._where = ["--world", world.name, "--data-dir", str(server.data_dir)]

    def run(self, *arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(main, [*arguments, *self._where])
        assert done.exit_code == status, done.output
        return done.output

    def ask(self, *arguments: str, status: int = 0) -> str:
        return self.run("why", *arguments, status=status)


@pytest.fixture
def command(server: ServerUnderTest, remote_world: RemoteWorld) -> WhyCommand:
    return WhyCommand(server, remote_world)


@pytest.fixture
def labels(notebook: SdkSession, tmp_path: Path) -> dict[str, str]:
    """Return labels created before and after the activation of the plugin, and a review."""
    path = tmp_path / "plugin.py"
    path.write_text(PLUGIN, encoding="utf-8")
    made = notebook.run(
        f"kili.upload_plugin({str(path)!r}, {NAME!r})\n"
        "(asset,) = kili.assets(project_id=project_id, first=1, fields=['id'])\n"
        "def submit(kind='DEFAULT'):\n"
        f"    return kili.append_labels([asset['id']], [{EASY!r}], label_type=kind)[0]['id']\n"
        "early = submit()\n"
        f"kili.activate_plugin_on_project({NAME!r}, project_id=project_id)\n"
        "{'early': early, 'called': submit(), 'review': submit('REVIEW')}"
    )
    return dict(made.checked().value)


def test_why_command_explains_one_plugin_in_full(
    command: WhyCommand, labels: dict[str, str]
) -> None:
    explanation = command.ask("--label", labels["early"], "--plugin", NAME)
    title, event, verdict, reason, remedy, now = explanation.splitlines()
    assert title.startswith(f"label {labels['early']} (DEFAULT), asset street (")
    assert event.endswith(" label.workflow.created.default, calls onSubmit")
    assert verdict == f"  {NAME} was not called"
    assert reason.startswith("    NOT_ACTIVE_YET: the plugin was activated on the project ")
    assert remedy.startswith("      To do: nothing: the plugin has been active there since ")
    assert f"--plugin '{NAME}' --project " in now
    called = command.ask("--label", labels["called"], "--plugin", NAME)
    assert f"  {NAME} was called\n    RAN: on_submit was called: SUCCEEDED after " in called


def test_why_command_prints_one_line_per_plugin(
    command: WhyCommand, labels: dict[str, str], notebook: SdkSession, tmp_path: Path
) -> None:
    second = tmp_path / "second.py"
    second.write_text(PLUGIN, encoding="utf-8")
    notebook.run(f"kili.upload_plugin({str(second)!r}, 'Second')").checked()
    late = notebook.run("submit()").checked().value
    _, _, first, other = command.ask("--label", late).splitlines()[:4]
    assert first.startswith(f"  {NAME}  RAN: on_submit was called: SUCCEEDED")
    assert other.startswith("  Second    NEVER_ACTIVE: the plugin had never been activated on the")
    as_json = json.loads(command.ask("--label", late, "--json"))
    assert [each["plugin"] for each in as_json["events"][0]["plugins"]] == [NAME, "Second"]


def test_clients_that_name_no_handlers_get_the_default_method_of_the_sdk_called(
    command: WhyCommand, labels: dict[str, str], notebook: SdkSession
) -> None:
    explanation = command.ask("--label", labels["review"], "--plugin", NAME)
    version = notebook.run("import kili; kili.__version__").checked().value
    if version.startswith("2.12"):
        assert "    RAN: on_review was called: SUCCEEDED" in explanation
        assert (
            "METHOD_MISSING: the class PluginHandler of version 1 has on_submit, but no "
            in explanation
        )
    else:
        assert (
            "HANDLER_MISSING: label.workflow.created.review calls on_review, but version"
            in explanation
        )
    assert "To do: define on_review in the class PluginHandler" in explanation


def test_refused_run_is_explained_in_the_list_and_in_its_view(
    command: WhyCommand, labels: dict[str, str]
) -> None:
    (line,) = [each for each in command.run("runs").splitlines() if "NOT_RUN" in each]
    assert line.endswith("NOT_RUN SELF_TRIGGERED: a run of this same plugin caused the event")
    (run,) = [each for each in json.loads(command.run("runs", "--json")) if each["refusal"]]
    shown = command.run("runs", "show", run["id"])
    assert "not run because: SELF_TRIGGERED: a run of this same plugin caused the event\n" in shown
    question = f"kili-emulator why --event {run['eventId']} --plugin '{NAME}'"
    assert f"what to do: see `{question}`\n" in shown
    explanation = command.ask("--event", run["eventId"], "--plugin", NAME)
    assert "    SELF_TRIGGERED: run " in explanation


def test_assets_are_found_by_external_id(command: WhyCommand, labels: dict[str, str]) -> None:
    title = "Plugin tutorial: count the objects"
    explanation = command.ask("--asset", "street", "--project", title)
    assert explanation.startswith("asset street (")
    assert explanation.count(f"  {NAME}  RAN: on_submit was called") == 1
    assert explanation.count(", caused by run ") == 1
    assert f"  {NAME}  NOT_ACTIVE_YET: " in explanation
    assert f"  {NAME}  FROM_SCENARIO: " in explanation


def test_why_command_reports_an_organization_without_plugins(
    command: WhyCommand, remote_world: RemoteWorld
) -> None:
    label = remote_world.export()["labels"][0]["id"]
    assert "The organization has no plugin." in command.ask("--label", label)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"label": "nothing"}, 'no label in this world, and no deleted one, has the id "nothing"'),
        ({"asset": "nothing"}, 'no asset in this world has the id "nothing"'),
        ({"event": "nothing"}, 'no event in this world has the id "nothing"'),
        ({"asset": "meadow", "project": "Nowhere"}, "Nowhere"),
        ({"label": "<label>", "plugin": "Nobody"}, 'no plugin "Nobody"'),
        ({}, "one of label"),
        ({"plugin": "P"}, "one of label"),
        ({"label": "<label>", "event": "x"}, "one of label"),
        ({"label": "<label>", "project": "x"}, "one of label"),
        ({"label": ""}, "one of label"),
        ({"label": "<label>", "what": "x"}, "one of label"),
        ({"label": ["<label>", "x"]}, "one of label"),
    ],
)
def test_invalid_question_is_refused_in_the_format_of_the_control_plane(
    server: ServerUnderTest, remote_world: RemoteWorld, asked: dict[str, Any], says: str
) -> None:
    known = remote_world.export()["labels"][0]["id"]
    filled = json.loads(json.dumps(asked).replace("<label>", known))
    answer = requests.get(
        f"{server.url}/_emulator/worlds/{remote_world.name}/why",
        params=filled,
        headers={"Authorization": f"X-API-Key: {remote_world.keys['admin']}"},
        timeout=30,
    )
    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "kind", "code"}
    assert answer.json()["kind"] == "api"
    assert says in answer.json()["error"]


def test_control_plane_and_command_give_the_same_explanation(
    server: ServerUnderTest, remote_world: RemoteWorld, command: WhyCommand, labels: dict[str, str]
) -> None:
    path = f"/worlds/{remote_world.name}/why"
    explanation = server.control("GET", path, params={"label": labels["early"], "plugin": NAME})
    assert explanation == json.loads(
        command.ask("--label", labels["early"], "--plugin", NAME, "--json")
    )
    assert explanation["about"]["kind"] == "label"
    assert "no label" in command.ask("--label", "nothing", status=1)
    refused = requests.get(
        f"{server.url}/_emulator{path}",
        params={"label": labels["early"]},
        headers={"Authorization": f"X-API-Key: {remote_world.keys['labeler']}"},
        timeout=30,
    )
    assert refused.status_code == 403


def test_queued_run_is_shown_as_not_yet_called(tmp_path: Path) -> None:
    options = ("--ephemeral", "--dispatch", "async", "--plugin-latency", "10000")
    with ServerUnderTest(tmp_path / "data", *options) as server:
        world = server.world()
        command = WhyCommand(server, world)
        path = tmp_path / "plugin.py"
        path.write_text(PLUGIN, encoding="utf-8")
        _, label, _ = _use(world, path)
        explanation = command.ask("--label", label, "--plugin", NAME)
        assert (
            f"  {NAME} is still to be called\n    QUEUED: its run is about to start\n"
            in explanation
        )
        assert command.run("runs").endswith(" onSubmit: RUNNING (waits for its turn)\n")


def test_explanations_survive_a_killed_emulator(tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path / "data") as server:
        world = server.world()
        command = WhyCommand(server, world)
        path = tmp_path / "plugin.py"
        path.write_text(PLUGIN, encoding="utf-8")
        labels = _use(world, path)
        answers = [command.ask("--label", each, "--plugin", NAME) for each in labels]
        assert [each.splitlines()[3].split(":")[0].strip() for each in answers] == [
            "NOT_ACTIVE_YET",
            "RAN",
            "DEACTIVATED",
        ]
        server.kill()
        server.start()
        assert [command.ask("--label", each, "--plugin", NAME) for each in labels] == answers


def _use(world: RemoteWorld, path: Path) -> list[str]:
    """Create labels before, during and after the activation of a plugin, with the installed SDK."""
    from kili.client import Kili
    from kili.services.plugins.exceptions import PluginCreationError

    kili = Kili(api_key=world.keys["admin"], api_endpoint=world.endpoint)
    (asset, *_) = kili.assets(world.project_id, fields=["id"])

    def submit() -> str:
        (made,) = kili.append_labels([asset["id"]], [EASY], disable_tqdm=True)
        return str(made["id"])

    with fast_sdk(), contextlib.suppress(PluginCreationError):  # after a short wait
        kili.upload_plugin(str(path), NAME)
    assert world.wait_idle()
    made = [submit()]
    kili.activate_plugin_on_project(NAME, project_id=world.project_id)
    made.append(submit())
    kili.deactivate_plugin_on_project(NAME, project_id=world.project_id)
    return [*made, submit()]
