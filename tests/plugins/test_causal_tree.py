"""A request is answered once all runs below it have ended, through any number of plugins."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.responses import EASY, EASY_JSON
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import deploy_plugin
from tests.plugins.causal_graph_runner import GraphOutcome, open_graph_runner

SOON = 30.0
ASKING = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.kili.create_issues(
            project_id=self.project_id, label_id_array=[label["id"]], text_array=["why?"]
        )
"""
SLOW = """
import time
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_event(self, payload):
        time.sleep(0.1)
"""
GATED = SLOW.replace("time.sleep(0.1)", "__import__('sys').kili_gate.wait(20)")
# It labels the asset of the other project.
ACROSS = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_event(self, payload):
        (project,) = [p for p in self.kili.projects(disable_tqdm=True) if p["title"] == "Other"]
        (asset,) = self.kili.assets(project["id"], disable_tqdm=True)
        self.kili.append_labels([asset["id"]], [{}], disable_tqdm=True)
"""


def broken(outcomes: list[GraphOutcome]) -> list[GraphOutcome]:
    return [each for each in outcomes if each.early or each.missing or each.failures]


@pytest.mark.parametrize("seed", [None, 1])
def test_answer_waits_for_all_runs_below_the_request(tmp_path: Path, seed: int | None) -> None:
    with open_graph_runner("inline", tmp_path, seed) as playing:
        outcomes = [playing.run_graph(number) for number in range(15)]
    assert broken(outcomes) == []
    assert max(each.depth for each in outcomes) > 2


@pytest.mark.contract
@pytest.mark.parametrize(
    ("isolation", "seed"), [("inline", None), ("inline", 1), ("process", None)]
)
def test_answer_waits_for_all_runs_in_a_thousand_random_graphs(
    tmp_path: Path, isolation: str, seed: int | None
) -> None:
    with open_graph_runner(isolation, tmp_path, seed) as playing:
        outcomes = [playing.run_graph(number) for number in range(1000)]
    assert broken(outcomes) == []
    assert sum(each.depth > 2 for each in outcomes) > 100


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """The event for which gated plugins wait."""
    sys.kili_gate = threading.Event()  # type: ignore[attr-defined]
    yield sys.kili_gate  # type: ignore[attr-defined]
    sys.kili_gate.set()  # type: ignore[attr-defined]


def project_of(emulator: Emulator) -> str:
    return str(emulator.world.view.projects.all()[0]["id"])


def todo(emulator: Emulator) -> str:
    found = [each for each in emulator.world.view.assets.all() if each["status"] == "TODO"]
    return str(found[0]["id"])


def install_plugin(
    emulator: Emulator, name: str, code: str, *projects: str, **options: Any
) -> None:
    """Deploy a plugin and activate it; on the first project, if none is named."""
    wire = Wire(emulator)
    deploy_plugin(wire, name, code, **options)
    assert emulator.wait_idle()
    assert wire.call("getPluginRunnerStatus", name=name) == "ACTIVE"
    for each in projects or [project_of(emulator)]:
        activate_plugin(wire, name, each)
    wire.close()


def install_asking_and_answering(emulator: Emulator, code: str) -> None:
    """Install a plugin that creates an issue for each label, and one called for issues."""
    install_plugin(emulator, "Asking", ASKING)
    install_plugin(emulator, "Listening", code, eventMatcher=["asset.issue.*", "asset.question.*"])


def outcomes_by_plugin(emulator: Emulator) -> list[tuple[str, str]]:
    view = emulator.world.view
    return [
        (view.plugins.require(each["pluginId"])["name"], each["outcome"])
        for each in view.runs.all()
    ]


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_sdk_calls_simulated_submits_and_triggers_wait_for_all_runs(isolation: str) -> None:
    done = [("Asking", "SUCCEEDED"), ("Listening", "SUCCEEDED")]
    with fast_sdk(), Emulator(plugin_isolation=isolation) as emulator:
        install_asking_and_answering(emulator, SLOW)
        emulator.client().append_labels([todo(emulator)], [EASY], disable_tqdm=True)
        assert outcomes_by_plugin(emulator) == done
        submitted = emulator.submit(project_of(emulator), label=EASY)
        assert outcomes_by_plugin(emulator) == done * 2
        assert [(each["plugin"], each["outcome"]) for each in submitted["runs"]] == done
        label = emulator.world.view.labels.all()[-1]
        emulator.trigger(
            "on_submit",
            "Asking",
            project_of(emulator),
            {"label": {"id": label["id"]}, "asset_id": label["assetId"]},
        )
        assert outcomes_by_plugin(emulator) == done * 3


def test_answer_waits_for_webhooks_that_a_run_caused() -> None:
    with fast_sdk(), WebhookReceiver() as receiver, Emulator() as emulator:
        install_plugin(emulator, "Asking", ASKING)
        wire = Wire(emulator)
        data = {"pluginName": "Hook", "webhookUrl": receiver.url, "eventMatcher": ["asset.*"]}
        wire.call("createWebhook", data=data)
        activate_plugin(wire, "Hook")
        released = threading.Event()
        receiver.before_answer = lambda: released.wait(0.1)
        emulator.submit(project_of(emulator), label=EASY)
        outcomes = outcomes_by_plugin(emulator)
        assert ("Hook", "SUCCEEDED") in outcomes
        assert "RUNNING" not in dict(outcomes).values()
        (delivered_run, *_) = [each for each in emulator.world.view.runs.all() if each["delivery"]]
        host = emulator.platform.host
        host.redeliver(emulator.world, delivered_run["id"], SOON)
        assert outcomes_by_plugin(emulator)[-1] == ("Hook", "SUCCEEDED")
        wire.close()


def test_simulated_skip_lists_runs_caused_in_other_projects() -> None:
    with fast_sdk(), Emulator() as emulator:
        kili = emulator.client()
        other = kili.create_project(input_type="TEXT", json_interface={"jobs": {}}, title="Other")[
            "id"
        ]
        kili.append_many_to_dataset(
            other, content_array=["a"], external_id_array=["a"], disable_tqdm=True
        )
        install_plugin(
            emulator, "Here", ACROSS, project_of(emulator), other, eventMatcher=["asset.skipped"]
        )
        install_plugin(emulator, "There", SLOW, other, eventMatcher=["label.workflow.created.*"])
        skipped = emulator.skip(project_of(emulator), todo(emulator), reason="blurred")
        assert [each["plugin"] for each in skipped["runs"]] == ["Here", "There"]
        assert {each["outcome"] for each in skipped["runs"]} == {"SUCCEEDED"}


def test_sync_wait_limits_the_whole_wait_and_late_runs_log_a_line(gate: threading.Event) -> None:
    with fast_sdk(), Emulator(sync_wait=0.5) as emulator:
        install_asking_and_answering(emulator, GATED)
        emulator.submit(project_of(emulator), label=EASY)
        assert outcomes_by_plugin(emulator)[-1] == ("Listening", "RUNNING")
        gate.set()
        assert emulator.wait_idle()
        late = "The call that caused this run was answered after 0.5 seconds"
        runs = [
            each["runId"]
            for each in emulator.world.view.plugin_logs.all()
            if each["content"].startswith(late)
        ]
        assert runs
        assert len(runs) == len(set(runs))


def waiting_submit(emulator: Emulator, pool: ThreadPoolExecutor, gate: threading.Event) -> Any:
    """Start a submit that waits for a run two levels below it."""
    wire = Wire(emulator)
    rows = [{"assetID": todo(emulator), "jsonResponse": EASY_JSON}]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    waiting = pool.submit(wire.send, "appendManyLabels", data=data, where={})
    while len(outcomes_by_plugin(emulator)) < 2:
        assert not gate.wait(0.005)
    return waiting


def test_reset_releases_waiting_requests(gate: threading.Event) -> None:
    with fast_sdk(), Emulator() as emulator, ThreadPoolExecutor(1) as pool:
        install_asking_and_answering(emulator, GATED)
        mark = emulator.mark()
        waiting = waiting_submit(emulator, pool, gate)
        emulator.platform.registry.reset(emulator.world_name, mark)
        gate.set()
        waiting.result(SOON)
        assert outcomes_by_plugin(emulator) == []


def test_closing_the_emulator_releases_waiting_requests(gate: threading.Event) -> None:
    with ThreadPoolExecutor(1) as pool:
        with fast_sdk(), Emulator() as emulator:
            install_asking_and_answering(emulator, GATED)
            waiting = waiting_submit(emulator, pool, gate)
        answer = waiting.result(SOON)
    assert "errors" not in answer.json()


def test_asynchronous_dispatch_answers_before_the_runs_end(gate: threading.Event) -> None:
    with fast_sdk(), Emulator(dispatch="async") as emulator, ThreadPoolExecutor(1) as pool:
        install_asking_and_answering(emulator, GATED)
        assert emulator.wait_idle()
        waiting_submit(emulator, pool, gate).result(SOON)
        assert ("Listening", "RUNNING") in outcomes_by_plugin(emulator)
        assert not emulator.wait_idle(0)
        gate.set()
        assert emulator.wait_idle()
        assert set(outcomes_by_plugin(emulator)) == {
            ("Asking", "SUCCEEDED"),
            ("Listening", "SUCCEEDED"),
        }
