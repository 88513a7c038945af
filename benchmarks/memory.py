"""The memory of a server, and its data folder on disk (``python -m benchmarks.memory [rows …]``).

Each figure is of a server process of its own, which a client fills over HTTP. ``rows`` is the
number of assets, and of labels; the events that they cause are documents, too. The last lines show
how the memory of an ephemeral server grows in a day of tests.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

SIZES = (1_000, 30_000)
CYCLES = 2_000
MUTATIONS = 10_000
_BATCH = 100  # as in the SDK
_MIB = 1024 * 1024
# A new interpreter, as users start, and not one that has imported the emulator already.
_NEW_INTERPRETER = {"PYTHONHASHSEED": "0"}
_APPEND_ASSETS = """mutation ($data: AppendManyAssetsData!, $where: ProjectWhere!) {
  data: appendManyAssets(data: $data, where: $where) { id } }"""
_APPEND_LABELS = """mutation ($data: AppendManyLabelsData!, $where: AssetWhere!) {
  data: appendManyLabels(data: $data, where: $where) { id } }"""
_CHANGE_ASSETS = """mutation ($where: [AssetWhere!]!, $data: [AssetData!]!) {
  data: updatePropertiesInAssets(where: $where, data: $data) { id } }"""
_RESPONSE = {
    "JOB_0": {
        "annotations": [
            {
                "mid": str(number),
                "type": "rectangle",
                "categories": [{"name": "OBJECT_A"}],
                "children": {},
                "boundingPoly": [
                    {
                        "normalizedVertices": [
                            {"x": x, "y": y} for x in (0.1, 0.4) for y in (0.2, 0.5)
                        ]
                    }
                ],
            }
            for number in range(3)
        ]
    }
}


class Client:
    """Raw GraphQL on a kept connection to the default world of a server."""

    def __init__(self, server: ServerUnderTest) -> None:
        self._world: RemoteWorld = server.world()
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"X-API-Key: {self._world.keys['admin']}"
        self._project = {"id": self._world.project_id}

    def _post(self, query: str, **variables: Any) -> list[str]:
        answer = self._session.post(
            self._world.endpoint, json={"query": query, "variables": variables}, timeout=60
        ).json()
        assert "errors" not in answer, answer
        return [each["id"] for each in answer["data"]["data"]]

    def append_assets(self, numbers: range) -> list[str]:
        data = {
            "contentArray": [f"https://example.com/{each}.jpg" for each in numbers],
            "externalIDArray": [f"asset-{each}" for each in numbers],
            "jsonMetadataArray": [json.dumps({"number": each}) for each in numbers],
        }
        return self._post(_APPEND_ASSETS, data=data, where=self._project)

    def append_labels(self, asset_ids: list[str]) -> list[str]:
        response = json.dumps(_RESPONSE)
        rows = [{"assetID": each, "jsonResponse": response} for each in asset_ids]
        data = {"labelType": "DEFAULT", "overwrite": False, "labelsData": rows}
        return self._post(_APPEND_LABELS, data=data, where={"project": self._project})

    def change_asset(self, asset_id: str, number: int) -> None:
        data = {"jsonMetadata": json.dumps({"number": number})}
        self._post(_CHANGE_ASSETS, where=[{"id": asset_id}], data=[data])

    def fill(self, rows: int) -> None:
        """Add that many assets, and a label to each."""
        for start in range(0, rows, _BATCH):
            ids = self.append_assets(range(start, min(start + _BATCH, rows)))
            self.append_labels(ids)


def start(folder: str, *options: str) -> ServerUnderTest:
    """Return a server, to be entered."""
    return ServerUnderTest(Path(folder), "--workflow", "V1", *options, environment=_NEW_INTERPRETER)


def memory_of(server: ServerUnderTest) -> float:
    """Return the resident memory of a server in MiB, once it has not changed for two seconds."""
    process, sizes = psutil.Process(server.pid), [0.0, 0.0]
    while abs(sizes[-1] - sizes[-2]) > 0.1 or len(sizes) == 2:
        time.sleep(2)
        sizes.append(process.memory_info().rss / _MIB)
    return sizes[-1]


def measure_idle() -> float:
    """Return the memory of a server after its first answer."""
    with tempfile.TemporaryDirectory() as folder, start(folder, "--ephemeral") as server:
        server.world()
        return memory_of(server)


def measure_filled(rows: int) -> Iterator[tuple[str, float]]:
    """Yield the name and the memory of an ephemeral server, one with a file, and a reopened one."""
    with tempfile.TemporaryDirectory() as folder, start(folder, "--ephemeral") as server:
        Client(server).fill(rows)
        yield "ephemeral", memory_of(server)
    with tempfile.TemporaryDirectory() as folder:
        with start(folder) as server:
            Client(server).fill(rows)
            yield "with a file", memory_of(server)
        with start(folder) as server:
            server.world()
            yield "reopened", memory_of(server)
            content = server.world().export()
        raw = sum(
            len(json.dumps(each, separators=(",", ":")))
            for each in chain.from_iterable(content.values())
        )
        stored = sum(each.stat().st_size for each in Path(folder).rglob("documents.sqlite*"))
        print(f"{'':12}{sum(map(len, content.values())):,} documents, {raw / 1e6:.1f} MB of JSON;")
        print(f"{'':12}on disk {stored / 1e6:.1f} MB: {stored / raw:.2f} times the JSON")


def measure_day(name: str, repeat: int, work: Callable[[ServerUnderTest], Iterator[None]]) -> None:
    """Print how the memory of a server grows while it works, after the first tenth."""
    with tempfile.TemporaryDirectory() as folder, start(folder, "--ephemeral") as server:
        steps = work(server)
        for _ in islice(steps, repeat // 10):
            pass
        before = memory_of(server)
        for _ in islice(steps, repeat - repeat // 10):
            pass
        growth = memory_of(server) - before
    print(f"{name:36}{repeat:>8,} times: {before:6.1f} MiB, then {growth:+6.1f} MiB")


def run_tests(server: ServerUnderTest) -> Iterator[None]:
    """Mark the world, change it, and roll it back, for each test."""
    client, number = Client(server), 0
    (asset_id,) = client.append_assets(range(1))
    while True:
        mark = server.control("POST", "/worlds/default/mark")
        ids = client.append_assets(range(number + 1, number + 11))
        client.append_labels(ids)
        client.change_asset(asset_id, number)
        server.control("POST", "/worlds/default/reset", json={"mark": mark})
        number += 11
        yield


def change_one_asset(server: ServerUnderTest) -> Iterator[None]:
    """Change one asset again and again."""
    client, number = Client(server), 0
    (asset_id,) = client.append_assets(range(1))
    while True:
        number += 1
        client.change_asset(asset_id, number)
        yield


def main() -> None:
    idle = measure_idle()
    print(f"idle: {idle:.1f} MiB")
    for rows in [int(each) for each in sys.argv[1:]] or SIZES:
        print(f"{rows:,} assets and labels")
        for name, memory in measure_filled(rows):
            per_row = (memory - idle) * _MIB / (2 * rows)
            print(f"{'':4}{name:20}{memory:7.1f} MiB, {per_row:7,.0f} bytes per asset or label")
    print("a day of tests")
    measure_day("mark, change, roll back", CYCLES, run_tests)
    measure_day("change one asset", MUTATIONS, change_one_asset)


if __name__ == "__main__":
    main()
