"""GraphQL requests on one kept connection, at sizes of a project, against a null server."""

from __future__ import annotations

import http.client
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import filled_folder, reading
from benchmarks.measuring import Action, Comparison, Goal, compare
from benchmarks.null_server import null_server
from kili_emulator.plugins.guest.sdk_client import make_client
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import RemoteWorld

_GOALS = {
    "100 labels, first": 0.0015,
    "100 labels, last": 0.0015,
    "100 assets, first": 0.002,
    "countLabels": 0.0006,
    "countAssets": 0.0006,
    "asset by external id": 0.0008,
}
_SUBMIT = """mutation ($data: AppendManyLabelsData!, $where: AssetWhere!) {
  data: appendManyLabels(data: $data, where: $where) { id } }"""
_LOGS = """query ($projectId: ID!, $pluginName: String!) {
  data: getPluginLogs(data: {projectId: $projectId, pluginName: $pluginName, limit: 10}) {
    content createdAt logType } }"""
_ENTITIES: dict[str, Any] = {"JOB_0": {"annotations": []}}
_PLUGIN = """\
from kili.plugins import PluginCore


class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print(asset_id)
"""

Send = Callable[[str, dict[str, Any]], Any]


@contextmanager
def _connection(endpoint: str, key: str) -> Iterator[Send]:
    """Yield a function that sends a query on one kept connection, and returns the answer's data."""
    url = urlsplit(endpoint)
    assert url.hostname
    connection = http.client.HTTPConnection(url.hostname, url.port)
    headers = {"Authorization": f"X-API-Key: {key}", "Content-Type": "application/json"}

    def send(query: str, variables: dict[str, Any]) -> Any:
        body = json.dumps({"query": query, "variables": variables})
        connection.request("POST", url.path, body, headers)
        answer = json.loads(connection.getresponse().read())
        assert "errors" not in answer, answer
        return answer["data"]["data"]

    yield send
    connection.close()


@contextmanager
def _both_sides(folder: Path) -> Iterator[tuple[RemoteWorld, Any, Send, Send]]:
    """Yield the world of a server on a folder, the null server, and the senders to both."""
    with ExitStack() as stack:
        server = stack.enter_context(filled_folder.serve(folder))
        null = stack.enter_context(null_server(server.url))
        world = server.world()
        key = world.keys["admin"]
        send = stack.enter_context(_connection(world.endpoint, key))
        null_endpoint = world.endpoint.replace(server.url, null.url)
        yield world, null, send, stack.enter_context(_connection(null_endpoint, key))


def measure_reads(sizes: list[int], repeat: int) -> list[Comparison]:
    """Measure the requests of :mod:`benchmarks.reading` at each size."""
    comparisons = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "data")
            filled_folder.make(folder, size)
            with _both_sides(folder) as (world, null, send, send_to_null):
                for request, query, variables in reading.requests(world.project_id, size):
                    if request not in _GOALS:
                        continue
                    with null.recording():
                        assert send_to_null(query, variables)
                    comparisons.append(
                        compare(
                            f"{request}, of {size:,}",
                            ("emulator", lambda: send(query, variables)),  # noqa: B023
                            ("null", lambda: send_to_null(query, variables)),  # noqa: B023
                            repeat,
                            Goal(value=_GOALS[request]),
                        )
                    )
    return comparisons


def measure_submits(repeat: int) -> list[Comparison]:
    """Measure a submit without a plugin, with one, and until its log line is visible."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        sides = stack.enter_context(_both_sides(folder / "data"))
        world, null, send, send_to_null = sides
        client = make_client(world.endpoint, world.keys["admin"], folder)
        (asset, *_) = client.assets(world.project_id, status_in=["TODO"], disable_tqdm=True)
        data = {"labelType": "DEFAULT", "labelsData": [_label(asset["id"])]}
        variables = {"data": data, "where": {"idIn": [asset["id"]]}}
        logs = {"projectId": world.project_id, "pluginName": "Benchmark"}

        def submit(sender: Send) -> Action:
            return lambda: sender(_SUBMIT, variables)

        def submit_and_read(sender: Send) -> Action:
            def run() -> None:
                sender(_SUBMIT, variables)
                assert sender(_LOGS, logs)

            return run

        def compare_submits(title: str, make: Callable[[Send], Action], goal: float) -> Comparison:
            with null.recording():
                make(send_to_null)()
            sides = ("emulator", make(send)), ("null", make(send_to_null))
            return compare(title, *sides, repeat, Goal(value=goal))

        comparisons = [compare_submits("submit, no plugin", submit, 0.0009)]
        _plug_in(client, world.project_id, folder)
        return [
            *comparisons,
            compare_submits("submit, one plugin", submit, 0.0025),
            compare_submits("submit, then read the log", submit_and_read, 0.0025),
        ]


def _label(asset: str) -> dict[str, Any]:
    return {"assetID": asset, "jsonResponse": json.dumps(_ENTITIES), "secondsToLabel": 1}


def _plug_in(client: Any, project: str, folder: Path) -> None:
    path = folder / "main.py"
    path.write_text(_PLUGIN)
    with fast_sdk():
        client.upload_plugin(str(path), "Benchmark")
        client.activate_plugin_on_project("Benchmark", project_id=project)
