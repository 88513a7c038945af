"""Plugins are called before or after the answer, with a delay, and in limited chains."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kili_emulator import Emulator, clock
from kili_emulator.plugins.dispatch.runs import MAX_DEPTH
from tests.kit.wire import Wire
from tests.kit.world_content import deploy_plugin

SOON = 20.0
HEAD = """
import sys
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
"""
GATED = HEAD + "        sys.kili_gates[self.logger.name].wait(20)\n        print('through')\n"
QUICK = HEAD + "        print(label['id'])\n"
# Two of them call each other for ever, unless the host stops the chain.
ECHO = HEAD + (
    "        kili_labels = [{'CLASSIFICATION_JOB': {'categories': [{'name': 'EASY'}]}}]\n"
    "        self.kili.append_labels(asset_id_array=[asset_id], "
    "json_response_array=kili_labels, disable_tqdm=True)\n"
)


@contextmanager
def running(**options: Any) -> Iterator[Wire]:
    with Emulator(**options) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


@pytest.fixture
def gates() -> Iterator[dict[str, threading.Event]]:
    """The events for which gated plugins wait, by plugin name."""
    new_gates: dict[str, threading.Event] = {}
    sys.kili_gates = new_gates  # type: ignore[attr-defined]
    yield new_gates
    for gate in new_gates.values():
        gate.set()


def project_id(wire: Wire) -> str:
    return str(wire.emulator.world.view.projects.all()[0]["id"])


def deploy(wire: Wire, name: str, code: str) -> None:
    deploy_plugin(wire, name, code)
    wire.emulator.wait_idle(SOON)
    where = {"pluginName": name, "projectId": project_id(wire)}
    wire.call("activatePluginOnProject", where=where)


def submit(wire: Wire, place: int = 0) -> str:
    asset = wire.emulator.world.view.assets.all()[place]
    rows = [{"assetID": asset["id"], "jsonResponse": "{}"}]
    data = {"labelType": "DEFAULT", "labelsData": rows}
    (label,) = wire.call("appendManyLabels", data=data, where={}, selection="id")
    return str(label["id"])


def runs(wire: Wire, name: str) -> list[dict[str, Any]]:
    view = wire.emulator.world.view
    (plugin,) = [each for each in view.plugins.all() if each["name"] == name]
    return list(view.runs.find("plugin", plugin["id"]))


def lines(wire: Wire, name: str) -> list[str]:
    """Oldest first."""
    data = {"pluginName": name, "projectId": project_id(wire)}
    found = wire.call("getPluginLogs", data=data, selection="content")
    return [line["content"] for line in reversed(found)]


def test_asynchronous_dispatch_answers_before_the_run_has_ended(
    gates: dict[str, threading.Event],
) -> None:
    gates["P"] = threading.Event()
    with running(dispatch="async") as wire:
        deploy(wire, "P", GATED)
        submit(wire)
        assert [run["outcome"] for run in runs(wire, "P")] == ["RUNNING"]
        gates["P"].set()
        assert wire.emulator.wait_idle(SOON)
        assert lines(wire, "P") == ["through"]


def test_asynchronous_runs_of_one_plugin_keep_the_order_of_events() -> None:
    with running(dispatch="async") as wire:
        deploy(wire, "P", QUICK)
        submitted = [submit(wire, place) for place in (0, 1, 0, 1, 0)]
        wire.emulator.wait_idle(SOON)
        assert lines(wire, "P") == submitted


def test_one_plugin_does_not_wait_for_another(gates: dict[str, threading.Event]) -> None:
    gates["Slow"] = threading.Event()
    with running(dispatch="async") as wire:
        deploy(wire, "Slow", GATED)
        deploy(wire, "Quick", GATED.replace(".wait(20)", ".set()"))
        gates["Quick"] = threading.Event()
        submit(wire)
        assert gates["Quick"].wait(SOON)
        assert [run["outcome"] for run in runs(wire, "Slow")] == ["RUNNING"]


def test_asynchronous_dispatch_answers_before_the_build_has_ended(
    gates: dict[str, threading.Event],
) -> None:
    gates["P"] = threading.Event()
    module = "import sys\nsys.kili_gates['P'].wait(20)\n" + QUICK
    with running(dispatch="async") as wire:
        assert deploy_plugin(wire, "P", module) == "DEPLOYING"
        gates["P"].set()
        wire.emulator.wait_idle(SOON)
        assert wire.call("getPluginRunnerStatus", name="P") == "ACTIVE"


@pytest.mark.parametrize("dispatch", ["sync", "async"])
def test_plugin_latency_delays_the_start_of_a_run(dispatch: str) -> None:
    with running(dispatch=dispatch, plugin_latency=0.2) as wire:
        deploy(wire, "P", QUICK)
        submit(wire)
        wire.emulator.wait_idle(SOON)
        (run,) = runs(wire, "P")
        waited = clock.parse_time(run["startedAt"]) - clock.parse_time(run["createdAt"])
        assert waited.total_seconds() >= 0.19
        assert run["outcome"] == "SUCCEEDED"


def test_reset_cancels_a_delayed_run() -> None:
    with running(dispatch="async", plugin_latency=10_000) as wire:
        deploy(wire, "P", QUICK)
        submit(wire)
        assert not wire.emulator.wait_idle(0)
        wire.emulator.platform.registry.reset(wire.emulator.world_name)
        assert wire.emulator.wait_idle(SOON)
        assert wire.emulator.world.view.runs.all() == []


def test_closing_the_emulator_does_not_wait_for_delayed_runs() -> None:
    with running(dispatch="async", plugin_latency=10_000) as wire:
        deploy(wire, "P", QUICK)
        submit(wire)
        threads = [each for each in threading.enumerate() if each.name.startswith("lane")]
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()


@pytest.mark.parametrize("dispatch", ["sync", "async"])
def test_chain_of_two_plugins_is_stopped_at_the_maximum_depth(dispatch: str) -> None:
    with running(dispatch=dispatch) as wire:
        deploy(wire, "A", ECHO)
        deploy(wire, "B", ECHO)
        submit(wire)
        assert wire.emulator.wait_idle(SOON)
        refused = [run for name in "AB" for run in runs(wire, name) if run["refusal"] == "TOO_DEEP"]
        assert len(refused) == 2  # one chain begins with A, one with B
        assert {len(run["lanes"]) for run in refused} == {MAX_DEPTH + 1}
        (line,) = [each for each in lines(wire, "A") if "end of a chain" in each]
        assert line.startswith(
            f"Not run: label.workflow.created.default is the end of a chain of {MAX_DEPTH} runs"
        )


def test_plugin_is_not_called_for_its_own_label_and_logs_the_refusal() -> None:
    with running() as wire:
        deploy(wire, "A", ECHO)
        submit(wire)
        assert [run["refusal"] for run in runs(wire, "A")] == [None, "SELF_TRIGGERED"]
        assert lines(wire, "A")[-1].startswith(
            "Not run: a run of this same plugin caused label.workflow.created.default"
        )
