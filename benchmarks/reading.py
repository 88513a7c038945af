"""The cost of reads by the size of a project (``python -m benchmarks.reading [rows …]``).

Each figure is the least CPU time of a call, in milliseconds, in a process that is both server and
client. The last column is the growth from the smallest to the largest project.
"""

from __future__ import annotations

import http.client
import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from kili_emulator import Emulator
from kili_emulator.api.context import RequestContext
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.domain.world import Actor, World
from kili_emulator.testing.sdk import fast_sdk

SYSTEM = Actor({"id": "", "organizationId": "", "organizationRole": "ADMIN"})
SIZES = (1_000, 10_000, 30_000)
_REPEAT = 25
_STATUSES = ("TODO", "LABELED", "REVIEWED")
_TYPES = ("DEFAULT", "REVIEW", "PREDICTION")
_LABELS = """query ($where: LabelWhere!, $first: PageSize!, $skip: Int!) {
  data: labels(where: $where, first: $first, skip: $skip) {
    id labelType createdAt jsonResponse secondsToLabel author { id email } } }"""
_ASSETS = """query ($where: AssetWhere!, $first: PageSize!, $skip: Int!) {
  data: assets(where: $where, first: $first, skip: $skip) {
    id externalId content status createdAt jsonMetadata
    latestLabel { id labelType jsonResponse } } }"""
_COUNT_LABELS = "query ($where: LabelWhere!) { data: countLabels(where: $where) }"
_COUNT_ASSETS = "query ($where: AssetWhere!) { data: countAssets(where: $where) }"

Request = tuple[str, str, dict[str, Any]]
Send = Callable[[str, dict[str, Any]], Any]


def fill(world: World, project_id: str, size: int) -> None:
    """Copy the first asset and label of a project until it has that many of both."""
    with world.transaction(SYSTEM) as tx:
        asset = tx.assets.find("project", project_id)[0]
        label = tx.labels.find("project", project_id)[0]
        start = tx.assets.count("project", project_id)
        assets = [
            {
                **asset,
                "id": tx.new_id(),
                "externalId": f"asset-{number}",
                "status": _STATUSES[number % 3],
            }
            for number in range(start, size)
        ]
        tx.assets.insert_all(assets)  # type: ignore[arg-type]
        missing = size - tx.labels.count("project", project_id)
        owners = assets[-missing:]
        labels = [
            {
                **label,
                "id": tx.new_id(),
                "assetId": each["id"],
                "labelType": _TYPES[number % 3],
            }
            for number, each in enumerate(owners)
        ]
        tx.labels.insert_all(labels)  # type: ignore[arg-type]


def requests(project_id: str, size: int) -> list[Request]:
    """List the measured requests: name, query and variables."""
    project = {"project": {"id": project_id}}

    def page(skip: int, **where: Any) -> dict[str, Any]:
        return {"where": project | where, "first": 100, "skip": skip}

    last = size - 100
    labeled, since = {"statusIn": ["LABELED"]}, {"createdAtGte": "2000-01-01"}
    named = {"externalIdStrictlyIn": [f"asset-{size // 2}"]}
    return [
        ("100 labels, first", _LABELS, page(0)),
        ("100 labels, last", _LABELS, page(last)),
        ("100 labels by type, last", _LABELS, page(last // 3, typeIn=["DEFAULT"])),
        ("100 assets, first", _ASSETS, page(0)),
        ("100 assets, last", _ASSETS, page(last)),
        ("100 assets by status", _ASSETS, page(0, **labeled)),
        ("countLabels", _COUNT_LABELS, {"where": project}),
        ("countAssets", _COUNT_ASSETS, {"where": project}),
        ("countAssets by status", _COUNT_ASSETS, {"where": project | labeled}),
        ("countLabels since a date", _COUNT_LABELS, {"where": project | since}),
        ("asset by external id", _ASSETS, page(0, **named)),
        ("labels by external id", _LABELS, page(0, asset=named)),
    ]


def least_cpu_time(action: Callable[[], object]) -> float:
    """Return the least CPU time of a call, in milliseconds."""
    durations = []
    for _ in range(_REPEAT):
        start = time.process_time()
        action()
        durations.append(time.process_time() - start)
    return min(durations) * 1000


def make_http_sender(emulator: Emulator) -> Send:
    """Return a function that sends a query on one kept connection."""
    url = urlsplit(emulator.endpoint)
    assert url.hostname
    connection = http.client.HTTPConnection(url.hostname, url.port)
    headers = {
        "Authorization": f"X-API-Key: {emulator.key()}",
        "Content-Type": "application/json",
    }

    def send(query: str, variables: dict[str, Any]) -> Any:
        body = json.dumps({"query": query, "variables": variables})
        connection.request("POST", url.path, body, headers)
        return json.loads(connection.getresponse().read())

    return send


def make_executor_sender(emulator: Emulator) -> Send:
    """Return a function that executes a query without HTTP."""
    executor, world = GraphQLExecutor(), emulator.world
    session = emulator.platform.registry.authenticate(emulator.key())
    assert session
    _, actor = session

    def send(query: str, variables: dict[str, Any]) -> Any:
        context = RequestContext(world, actor, str, str, "V1")
        return executor.execute({"query": query, "variables": variables}, context)[1]

    return send


def measure(send: Send, project_id: str, size: int) -> dict[str, float]:
    """Return the CPU time of each request."""
    times = {}
    for name, query, variables in requests(project_id, size):
        answer = send(query, variables)
        assert answer.get("data", {}).get("data"), (name, answer)
        times[name] = least_cpu_time(lambda: send(query, variables))  # noqa: B023
    return times


def print_table(title: str, columns: dict[int, dict[str, float]]) -> None:
    """Print the times of each request at each size, and their growth."""
    sizes = list(columns)
    print(f"{title:<26}" + "".join(f"{size:>10,}" for size in sizes) + f"{'growth':>10}")
    for name in columns[sizes[0]]:
        times = [columns[size][name] for size in sizes]
        cells = "".join(f"{each:>10.2f}" for each in times)
        print(f"{name:<26}{cells}{times[-1] / times[0]:>10.2f}")


def main() -> None:
    logging.disable()
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    over_http: dict[int, dict[str, float]] = {}
    executed: dict[int, dict[str, float]] = {}
    with fast_sdk(), Emulator(seed=0, workflow="V1") as emulator:
        (project, *_) = emulator.client().projects(fields=["id"], disable_tqdm=True)
        senders = make_http_sender(emulator), make_executor_sender(emulator)
        for size in sizes:
            fill(emulator.world, project["id"], size)
            over_http[size] = measure(senders[0], project["id"], size)
            executed[size] = measure(senders[1], project["id"], size)
    print_table("over HTTP, ms", over_http)
    print()
    print_table("executor alone, ms", executed)


if __name__ == "__main__":
    main()
