"""Calls of the SDK against the emulator and against a null server, which gives the same answers."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import filled_folder
from benchmarks.measuring import Action, Comparison, Goal, compare
from benchmarks.null_server import NullServer, null_server
from kili_emulator.plugins.guest.sdk_client import make_client
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import ServerUnderTest

_INTERFACE: dict[str, Any] = {
    "jobs": {
        "JOB_0": {
            "mlTask": "CLASSIFICATION",
            "required": 1,
            "isChild": False,
            "content": {"categories": {"A": {"name": "A"}, "B": {"name": "B"}}, "input": "radio"},
        }
    }
}
_RESPONSE = {"JOB_0": {"categories": [{"name": "A", "confidence": 100}]}}
_QUIET = {"disable_tqdm": True}

# The client of one side and the number of the turn → the call.
Call = Callable[[Any, int], object]


@dataclass(frozen=True)
class Row:
    """A line of the table: calls that are measured together.

    Attributes:
        prepare: creates through the client what the call needs, and returns the call.
        repeat: the number of turns.
    """

    name: str
    goal: Goal
    prepare: Callable[[Any], Call]
    repeat: int = 20


def _new_project(kili: Any, input_type: str = "IMAGE") -> str:
    options = {"input_type": input_type, "json_interface": _INTERFACE, "title": "Benchmark"}
    return str(kili.create_project(**options)["id"])


def _append_urls(kili: Any, project: str, count: int, prefix: str = "") -> list[str]:
    names = [f"{prefix}{number}" for number in range(count)]
    urls = [f"https://example.com/{name}.png" for name in names]
    options: dict[str, Any] = {"content_array": urls, "external_id_array": names, **_QUIET}
    kili.append_many_to_dataset(project, **options)
    return names


def _create_project(_: Any) -> Call:
    return lambda kili, _: _new_project(kili)


def _assets_by_url(count: int) -> Callable[[Any], Call]:
    def prepare(kili: Any) -> Call:
        project = _new_project(kili)
        return lambda kili, turn: _append_urls(kili, project, count, f"{turn}-")

    return prepare


def _raw_texts(count: int) -> Callable[[Any], Call]:
    def prepare(kili: Any) -> Call:
        project = _new_project(kili, "TEXT")

        def append(kili: Any, turn: int) -> None:
            names = [f"{turn}-{number}" for number in range(count)]
            texts = [f"Text {name}" for name in names]
            options: dict[str, Any] = {"content_array": texts, "external_id_array": names}
            kili.append_many_to_dataset(project, **options, **_QUIET)

        return append

    return prepare


def _labels(count: int, batches: int) -> Callable[[Any], Call]:
    """Append labels, in that many calls."""

    def prepare(kili: Any) -> Call:
        project = _new_project(kili)
        names = _append_urls(kili, project, count)
        size = count // batches
        options: dict[str, Any] = {"label_type": "PREDICTION", "model_name": "m", "overwrite": True}
        options |= {"project_id": project, **_QUIET}

        def append(kili: Any, _: int) -> None:
            for start in range(0, count, size):
                batch = names[start : start + size]
                labels = {"json_response_array": [_RESPONSE] * size}
                kili.append_labels(asset_external_id_array=batch, **labels, **options)

        return append

    return prepare


def _reading(count: int, call: Callable[[Any, str], object]) -> Callable[[Any], Call]:
    """Read from a project with that many assets and labels."""

    def prepare(kili: Any) -> Call:
        project = _new_project(kili)
        names = _append_urls(kili, project, count)
        responses = [_RESPONSE] * count
        labels: dict[str, Any] = {"asset_external_id_array": names, "project_id": project}
        labels |= {"label_type": "DEFAULT", "json_response_array": responses, **_QUIET}
        kili.append_labels(**labels)
        return lambda kili, _: call(kili, project)

    return prepare


def _read_one(kili: Any, project: str) -> None:
    (asset,) = kili.assets(project, external_id_strictly_in=["7"], **_QUIET)
    assert asset["externalId"] == "7"


def _list_labels(kili: Any, project: str) -> None:
    assert kili.labels(project, **_QUIET)


def _list_assets(kili: Any, project: str) -> None:
    fields = ["id", "externalId", "status", "labels.id", "labels.jsonResponse"]
    assert kili.assets(project, fields=fields, **_QUIET)


def rows(quick: bool) -> list[Row]:
    """List the rows; the short form has smaller projects and fewer turns."""
    size, turns = (1_000, 5) if quick else (10_000, 20)
    few = 3 if quick else 5

    def ratio(goal: float) -> Goal:
        return Goal(ratio=goal)

    found = [
        Row("create_project", ratio(1.25), _create_project, turns),
        Row("append 1,000 assets by URL", ratio(1.35), _assets_by_url(1_000), few),
        Row("append 200 raw texts", ratio(1.4), _raw_texts(200), few),
        Row("append_labels, 1,000 in one call", ratio(1.8), _labels(1_000, 1), few),
        Row("append_labels, ten calls", ratio(1.25), _labels(10, 10), turns),
        Row(f"count_labels of {size:,}", ratio(1.2), _reading(size, _count_labels), turns),
        Row(f"count_assets of {size:,}", ratio(1.2), _reading(size, _count_assets), turns),
        Row(f"one asset by external id of {size:,}", ratio(1.2), _reading(size, _read_one), turns),
        Row(f"list {size:,} labels", ratio(1.25), _reading(size, _list_labels), 3),
        Row(f"list {size:,} assets with labels", ratio(1.25), _reading(size, _list_assets), 3),
    ]
    if not quick:
        found.insert(2, Row("append 7,000 assets by URL", ratio(1.3), _assets_by_url(7_000), 3))
    return found


def _count_labels(kili: Any, project: str) -> object:
    return kili.count_labels(project)


def _count_assets(kili: Any, project: str) -> object:
    return kili.count_assets(project)


@contextmanager
def _both_sides(folder: Path) -> Iterator[tuple[ServerUnderTest, NullServer]]:
    with (
        filled_folder.serve(folder / "data", "--ephemeral") as server,
        null_server(server.url) as null,
    ):
        yield server, null


def measure(quick: bool = False) -> list[Comparison]:
    """Measure all rows, one after another."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server, null = stack.enter_context(_both_sides(folder))
        world = server.world()
        endpoint, key = world.endpoint, world.keys["admin"]
        null_endpoint = endpoint.replace(server.url, null.url)
        comparisons = _compare_clients(null, endpoint, null_endpoint, key, 3 if quick else 10)
        with fast_sdk():
            client = make_client(endpoint, key, folder)
            with null.recording():
                null_client = make_client(null_endpoint, key, folder)
            for row in rows(quick):
                comparisons.append(_compare(row, null, client, null_client))
    return comparisons


def _compare(row: Row, null: NullServer, client: Any, null_client: Any) -> Comparison:
    call, turns = row.prepare(client), itertools.count()
    with null.recording():
        call(null_client, next(turns))
    return compare(
        row.name,
        ("emulator", lambda: call(client, next(turns))),
        ("null", lambda: call(null_client, next(turns))),
        row.repeat,
        row.goal,
    )


def _compare_clients(
    null: NullServer, endpoint: str, null_endpoint: str, key: str, repeat: int
) -> list[Comparison]:
    """Compare the creation of a client, with the schema to be fetched, and with a cached one."""
    from kili.client import Kili

    def create(address: str, cache: str) -> Action:
        return lambda: Kili(key, address, graphql_client_params={"graphql_schema_cache_dir": cache})

    def create_anew(address: str) -> Action:
        def run() -> None:
            with tempfile.TemporaryDirectory() as folder:
                create(address, folder)()

        return run

    with null.recording():
        create_anew(null_endpoint)()
    fetched = compare(
        "Kili(), schema to be fetched",
        ("emulator", create_anew(endpoint)),
        ("null", create_anew(null_endpoint)),
        repeat,
        Goal(ratio=1.15),
    )
    with tempfile.TemporaryDirectory() as cache:
        cached = compare(
            "Kili(), schema cached",
            ("emulator", create(endpoint, cache)),
            ("null", create(null_endpoint, cache)),
            repeat,
            Goal(ratio=1.1),
        )
    return [fetched, cached]
