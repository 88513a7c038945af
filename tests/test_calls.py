"""API requests as a test of somebody's code asserts them: in Python, over HTTP and by command."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from tests.kit.plugin_project import PluginProject, append_label
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.wire import Wire

PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("looking at", asset_id)
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["look again"]
        )
"""


@pytest.fixture(scope="module")
def shared_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator() as running:
        PluginProject(running, tmp_path_factory.mktemp("plugins")).install(PLUGIN, "Judge")
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Iterator[Emulator]:
    mark = shared_emulator.mark()
    yield shared_emulator
    shared_emulator.reset(mark)


@pytest.fixture
def wire(emulator: Emulator) -> Iterator[Wire]:
    opened = Wire(emulator)
    yield opened
    opened.close()


def submit(emulator: Emulator) -> str:
    asset: str = emulator.world.view.assets.all()[0]["id"]
    return append_label(emulator.client(), asset)


def test_call_of_a_plugin_is_found_with_its_variables(emulator: Emulator) -> None:
    label = submit(emulator)
    (call,) = emulator.calls("createIssues")
    (run,) = emulator.runs()
    assert (call["plugin"], call["runId"], call["outcome"]) == ("Judge", run["id"], "ok")
    assert call["operations"] == ["Mutation.createIssues"]
    (issue,) = call["variables"]["issues"]
    assert (issue["labelID"], issue["type"]) == (label, "ISSUE")
    assert emulator.calls(user="Judge") == [call]
    assert call["durationMs"] is not None


def test_calls_are_found_by_sender_outcome_and_operation(emulator: Emulator) -> None:
    before = len(emulator.calls())
    kili = emulator.client()
    kili.count_projects()
    emulator.client("labeler").count_projects()
    with pytest.raises(Exception, match="accessDenied"):
        append_label(kili, "nothing")
    new = emulator.calls()[before:]
    counts = emulator.calls("countProjects", user="labeler")
    assert [each["user"] for each in counts] == ["labeler@example.com"]
    assert counts == emulator.calls("Query.countProjects", user="labeler@example.com")
    (failed,) = [each for each in emulator.calls(failed=True) if each in new]
    assert (failed["operations"], failed["outcome"]) == (["Mutation.appendManyLabels"], "error")
    assert "accessDenied" in failed["errors"][0]
    assert failed not in emulator.calls(failed=False)
    assert emulator.calls(limit=1) == [failed]
    assert emulator.calls("deleteAssets") == []


def test_calls_of_a_kind_are_found(emulator: Emulator, wire: Wire) -> None:
    kinds = ("graphql", "query", "mutation")
    before = {kind: len(emulator.calls(kind)) for kind in kinds}
    wire.post({"query": "{ viewer { id } }"})
    wire.post({"query": "mutation { updatePropertiesInUser(where: {}, data: {}) { id } }"})
    new = {
        kind: [each["operations"] for each in emulator.calls(kind)[before[kind] :]]
        for kind in kinds
    }
    read, changed = ["Query.viewer"], ["Mutation.updatePropertiesInUser"]
    assert new == {"graphql": [read, changed], "query": [read], "mutation": [changed]}


def test_misspelt_operation_or_sender_is_refused(emulator: Emulator) -> None:
    with pytest.raises(KiliError, match='did you mean "createIssues"'):
        emulator.calls("createIssue")
    with pytest.raises(KiliError, match="there is no user"):
        emulator.calls(user="nobody")


def test_name_of_an_operation_that_a_client_has_chosen_is_found(
    emulator: Emulator, wire: Wire
) -> None:
    wire.post({"query": "query Mine { viewer { id } }"})
    wire.post({"query": "{ viewer { id } }", "operationName": None})
    (call,) = emulator.calls("Mine")
    assert (call["name"], call["query"]) == ("Mine", "query Mine { viewer { id } }")


def test_invalid_requests_are_listed_and_unknown_keys_are_not(
    emulator: Emulator, wire: Wire
) -> None:
    before = len(emulator.calls())
    wire.post({"query": "{ nothing }"})
    wire.post({"query": 1})
    wire.post({"query": "{ viewer { id } }"}, key="wrong")
    invalid, without_query = emulator.calls()[before:]
    assert (invalid["operations"], invalid["status"]) == (["Query.nothing"], 400)
    assert "Cannot query field" in invalid["errors"][0]
    assert (without_query["operations"], without_query["outcome"]) == ([], "error")
    assert without_query["errors"]


def test_secrets_in_variables_and_documents_are_masked(emulator: Emulator, wire: Wire) -> None:
    password = "correct horse 1!"
    wire.post(
        {
            "query": "mutation($data: ResetPasswordInput) { resetPassword(data: $data) { id } }",
            "variables": {"data": {"newPassword1": password}, "url": f"http://a:{password[:7]}@b"},
        }
    )
    wire.post({"query": f'{{ apiKeys(where: {{key: "{emulator.key()}"}}, first: 1) {{ id }} }}'})
    text = json.dumps(emulator.calls())
    assert "***" in text
    assert password not in text
    assert password[:7] not in text
    assert emulator.key() not in text


def test_uploads_and_downloads_are_calls(emulator: Emulator, tmp_path: Path) -> None:
    before = len(emulator.calls("upload"))
    PluginProject(emulator, tmp_path).upload(PLUGIN, "Second")
    upload = emulator.calls("upload")[before]
    assert (upload["kind"], upload["status"], upload["outcome"]) == ("file", 201, "ok")
    assert upload["variables"]["id"].startswith("plugins/")
    assert emulator.calls("download") == []


@pytest.mark.parametrize(
    ("effect", "outcome", "status"),
    [
        ({"status": 503}, "failure", 503),
        ({"error": "no"}, "error", 200),
        ({"drop": "before"}, "error", 0),
        ({"drop": "after"}, "error", 0),
        ({"delay": 0.001}, "ok", 200),
    ],
)
def test_request_that_meets_a_fault_is_a_call(
    emulator: Emulator, wire: Wire, effect: dict[str, Any], outcome: str, status: int
) -> None:
    emulator.faults.add("viewer", times=1, **effect)
    with contextlib.suppress(requests.ConnectionError):
        wire.post({"query": "query Mine { viewer { id } }"})
    (call,) = emulator.calls("Mine")
    ((name, value),) = effect.items()
    assert (call["fault"], call["outcome"], call["status"]) == (f"{name} {value}", outcome, status)
    assert emulator.timeline()[-1]["fault"] == call["fault"]
    wire.post({"query": "query Mine { viewer { id } }"})
    assert [each["fault"] for each in emulator.calls("Mine")] == [call["fault"], None]


def test_request_id_of_a_call_is_that_of_its_answer(emulator: Emulator, wire: Wire) -> None:
    answer = wire.post({"query": "{ viewer { id } }"})
    assert emulator.calls()[-1]["id"] == answer.headers["X-Request-Id"]


def test_calls_go_with_a_reset(emulator: Emulator) -> None:
    before = emulator.calls()
    mark = emulator.mark()
    emulator.client().count_projects()
    submit(emulator)
    emulator.reset(mark)
    assert emulator.calls() == before
    emulator.client().count_projects()
    assert len(emulator.calls()) == len(before) + 1


def test_number_of_kept_calls_is_a_setting() -> None:
    with Emulator(kept_requests=2) as emulator:
        kili = emulator.client()
        for _ in range(4):
            kili.count_projects()
        assert len(emulator.calls()) == 2


def test_control_plane_refuses_invalid_parameters_of_calls(wire: Wire) -> None:
    headers = wire.authorization("admin")
    for query in ("failed=1", "limit=-1", "limit=²", "what=1", "user=a&user=b"):
        answer = wire.request("GET", f"/_emulator/worlds/default/calls?{query}", headers=headers)
        assert answer.status_code == 400, query
        assert "give" in json.loads(answer.content)["error"]


def test_command_lists_calls(
    server: ServerUnderTest, notebook: SdkSession, remote_world: RemoteWorld
) -> None:
    notebook.run("kili.count_projects()").checked()
    notebook.run("kili.append_labels(['none'], [{}])")
    where = ["--world", remote_world.name, "--data-dir", str(server.data_dir)]
    listed = CliRunner().invoke(main, ["calls", *where]).output
    assert "Query.countProjects by admin@example.com: ok, " in listed
    failed = CliRunner().invoke(main, ["calls", "--failed", *where]).output
    assert "error: " in failed
    assert "countProjects" not in failed
    as_json = CliRunner().invoke(main, ["calls", "countProjects", "--json", *where]).output
    found: list[dict[str, Any]] = json.loads(as_json)
    assert {each["operations"][0] for each in found} == {"Query.countProjects"}
    unknown = CliRunner().invoke(main, ["calls", "countProject", *where])
    assert (unknown.exit_code, "did you mean" in unknown.output) == (1, True)
