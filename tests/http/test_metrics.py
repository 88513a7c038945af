"""Metrics for Prometheus: what they count, who may read them, and what they cost at the start."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from kili_emulator.app import Emulator
from tests.kit.responses import EASY_JSON, HARD_JSON
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.wire import Wire
from tests.kit.wire_plugins import activate_plugin
from tests.kit.world_content import deploy_plugin

NEW_LABEL = {"jsonResponse": "{}", "labelType": "DEFAULT"}
FAILING_ON_EASY = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        assert "EASY" not in str(label["jsonResponse"])
"""


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        yield wire
        wire.close()


def scrape(wire: Wire) -> dict[tuple[str, ...], float]:
    """Return the value of each sample: its name, then its labels as ``name=value``, in order."""
    answer = wire.request("GET", "/_emulator/metrics", headers=wire.authorization("admin"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def requests_of(samples: dict[tuple[str, ...], float]) -> dict[tuple[str, str], float]:
    """Return the number of requests by operation and outcome."""
    return {
        (key[1].removeprefix("operation="), key[2].removeprefix("outcome=")): value
        for key, value in samples.items()
        if key[0] == "kili_emulator_request_seconds_count"
    }


def test_requests_are_counted_by_operation_and_outcome(wire: Wire) -> None:
    for _ in range(2):
        wire.call("countProjects", where={})
    wire.refusal("appendToLabels", where={"id": "none"}, data=NEW_LABEL)
    wire.post({"query": "{ countProjects(where: {}) data: viewer { email } }"})
    wire.post({"query": "{ invented }"})
    wire.post({"query": "{ data: viewer { email } }"}, key="wrong")
    wire.request("GET", "/_emulator/worlds/default/runs", headers=wire.authorization("admin"))
    wire.request("GET", "/invented")
    assert requests_of(scrape(wire)) == {
        ("Query.countProjects", "ok"): 2,
        ("Mutation.appendToLabels", "error"): 1,
        ("several operations", "ok"): 1,
        ("POST /api/label/v2/graphql", "error"): 2,
        ("GET /_emulator/worlds/<name>/runs", "ok"): 1,
        ("unknown", "error"): 1,
    }


def test_durations_are_counted_in_buckets(wire: Wire) -> None:
    wire.call("countProjects", where={})
    labels = ("operation=Query.countProjects", "outcome=ok")
    samples = scrape(wire)
    assert samples[("kili_emulator_request_seconds_bucket", "le=+Inf", *labels)] == 1
    assert 0 < samples[("kili_emulator_request_seconds_sum", *labels)] < 60
    buckets = [
        value for key, value in samples.items() if key[0].endswith("_bucket") and labels[0] in key
    ]
    assert buckets == sorted(buckets)


def test_invented_names_make_no_new_label(wire: Wire) -> None:
    for number in range(20):
        wire.post({"query": f"{{ invented{number} }}"})
        wire.request("GET", f"/invented{number}")
        wire.request(f"INVENTED{number}", "/health")
        wire.request("GET", f"/_emulator/worlds/invented{number}/runs")
    names = [operation for operation, _ in requests_of(scrape(wire))]
    assert not any(re.search(r"invented\d|INVENTED\d", name) for name in names)


def test_plugin_runs_are_counted_by_outcome(wire: Wire) -> None:
    assert deploy_plugin(wire, "Judge", FAILING_ON_EASY) == "ACTIVE"
    activate_plugin(wire, "Judge")
    for place, response in enumerate([EASY_JSON, HARD_JSON]):
        wire.append_label(wire.ids("assets", {})[place], response)
    samples = scrape(wire)
    assert samples["kili_emulator_plugin_run_seconds_count", "outcome=FAILED"] == 1
    assert samples["kili_emulator_plugin_run_seconds_count", "outcome=SUCCEEDED"] == 1
    assert samples["kili_emulator_plugin_jobs", "state=running"] == 0
    assert samples["kili_emulator_plugin_jobs", "state=waiting"] == 0


def test_present_state_is_reported(wire: Wire) -> None:
    before = scrape(wire)
    wire.call("createProject", data={"title": "new", "inputType": "TEXT"})
    wire.emulator.worlds.create("second", scenario="empty")
    after = scrape(wire)
    assert after["kili_emulator_worlds",] == before["kili_emulator_worlds",] + 1 == 2
    table = ("kili_emulator_documents", "table=projects")
    assert after[table] == before[table] + 1
    assert after["kili_emulator_connections",] >= 1
    assert ("kili_emulator_store_bytes",) not in after  # all data are in memory


def test_size_of_the_data_folder_is_reported(tmp_path: Path) -> None:
    with Emulator(ephemeral=False, data_dir=tmp_path / "data") as emulator:
        wire = Wire(emulator)
        size = scrape(wire)["kili_emulator_store_bytes",]
        wire.close()
    assert size >= (tmp_path / "data/worlds/default/documents.sqlite").stat().st_size > 0


def test_emulators_of_one_process_have_metrics_of_their_own(wire: Wire) -> None:
    wire.call("countProjects", where={})
    with Emulator() as other:
        other_wire = Wire(other)
        assert requests_of(scrape(other_wire)) == {}
        other_wire.close()


def test_metrics_need_the_key_of_an_administrator(wire: Wire) -> None:
    wire.emulator.platform.registry.create("two", "default")
    for key, status in [(None, 401), ("wrong", 401), ("manager", 403), ("emulator-admin.two", 403)]:
        answer = wire.request("GET", "/_emulator/metrics", headers=wire.authorization(key))
        assert answer.status_code == status
        assert "kili_emulator_" not in answer.text


CHECK = """
import sys
import kili_emulator.app.platform, kili_emulator.cli.server
print([name for name in sys.modules if name.startswith("prometheus")])
"""


def test_library_of_the_metrics_is_not_imported_at_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"[]\n"


def test_metrics_of_a_server_name_its_process(tmp_path: Path) -> None:
    with ServerUnderTest(tmp_path, "--ephemeral") as server:
        answer = requests.get(
            f"{server.url}/_emulator/metrics",
            headers={"Authorization": "X-API-Key: emulator-admin"},
            timeout=20,
        )
    assert "\nprocess_cpu_seconds_total " in answer.text
