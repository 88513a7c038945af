"""Measurements of parts of the emulator in this process: worlds, submits, clients, inserts."""

from __future__ import annotations

import itertools
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from benchmarks.measuring import Comparison, compare
from kili_emulator import Emulator
from kili_emulator.domain.world import Actor, World
from kili_emulator.plugins.guest.sdk_client import make_client

SYSTEM = Actor({"id": "", "organizationId": "", "organizationRole": "ADMIN"})
LABEL = {"JOB_0": {"annotations": []}}
PLUGIN = textwrap.dedent(
    """
    from kili.plugins import PluginCore

    class PluginHandler(PluginCore):
        def on_submit(self, label, asset_id):
            print("On submit called")
    """
)


def worlds(emulator: Emulator) -> Comparison:
    """Compare the two ways to isolate a test: create a world, or reset one."""
    registry, names = emulator.platform.registry, itertools.count()
    project = emulator.world.view.projects.all()[0]

    def create() -> None:
        registry.create(f"w{next(names)}", "default")

    def reset() -> None:
        with emulator.world.transaction(SYSTEM) as tx:
            tx.projects.change(project, title="Changed")
        emulator.reset()

    result = compare("a fresh world", ("create", create), ("change and reset", reset), 20)
    for world in registry.all()[1:]:
        registry.delete(world.name)
    return result


def submits(emulator: Emulator) -> Comparison:
    """Compare a submit on a project with a plugin and one on a project without."""
    kili = emulator.client()
    project_id = kili.projects(fields=["id"], disable_tqdm=True)[0]["id"]
    assets = kili.assets(project_id, status_in=["TODO"], fields=["id"], disable_tqdm=True)
    other = kili.create_project(
        title="Other",
        input_type="TEXT",
        json_interface={
            "jobs": {
                "JOB_0": {"mlTask": "NAMED_ENTITIES_RECOGNITION", "content": {"categories": {}}}
            }
        },
    )["id"]
    kili.append_many_to_dataset(other, content_array=["a"], disable_tqdm=True)
    (other_asset,) = kili.assets(other, fields=["id"], disable_tqdm=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.py"
        path.write_text(PLUGIN)
        kili.upload_plugin(str(path), "Benchmark")
    kili.activate_plugin_on_project("Benchmark", project_id=project_id)

    def submit(asset_id: str) -> Callable[[], object]:
        return lambda: kili.append_labels(
            [asset_id], [LABEL], label_type="DEFAULT", disable_tqdm=True
        )

    return compare(
        "append_labels",
        ("with a plugin", submit(assets[0]["id"])),
        ("without", submit(other_asset["id"])),
        30,
    )


def round_trips(emulator: Emulator) -> Comparison:
    """Compare a request of the SDK and the same request as plain HTTP."""
    kili, session = emulator.client(), requests.Session()
    data = {"query": "query ($where: ProjectWhere!) { data: countProjects(where: $where) }"}
    headers = {"Authorization": f"X-API-Key: {emulator.key()}"}

    def post_directly() -> None:
        answer = session.post(
            emulator.endpoint,
            json={**data, "variables": {"where": {}}},
            headers=headers,
            timeout=10,
        )
        assert "errors" not in answer.json(), answer.text

    with session:
        return compare("a round trip", ("SDK", kili.count_projects), ("HTTP", post_directly), 100)


def clients(emulator: Emulator) -> Comparison:
    """Compare the creation of a run's client and that of the SDK's client with all its checks."""
    from kili.client import Kili

    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)

        def make_sdk_client() -> object:
            options = {"graphql_schema_cache_dir": cache}
            return Kili(emulator.key(), emulator.endpoint, graphql_client_params=options)

        def make_plugin_client() -> object:
            return make_client(emulator.endpoint, emulator.key(), cache)

        return compare(
            "a client", ("for a plugin", make_plugin_client), ("Kili(…)", make_sdk_client), 15
        )


@contextmanager
def open_filled_world(count: int) -> Iterator[World]:
    """Yield a world in a file, with a table of that many documents."""
    with tempfile.TemporaryDirectory() as folder:
        world = World("benchmark", Path(folder))
        with world.transaction(SYSTEM) as tx:
            for _ in range(count):
                tx.events.insert(_document(tx))
        try:
            yield world
        finally:
            world.close()


def inserts(_: Emulator) -> Comparison:
    """Compare an insert into a large table and into a small one."""

    def make_insert(world: World) -> Callable[[], object]:
        def insert() -> None:
            with world.transaction(SYSTEM) as tx:
                tx.events.insert(_document(tx))

        return insert

    with open_filled_world(50_000) as large, open_filled_world(1_000) as small:
        return compare(
            "an insert",
            ("among 50,000", make_insert(large)),
            ("among 1,000", make_insert(small)),
            200,
        )


def _document(tx: Any) -> dict[str, Any]:
    return {"id": tx.new_id(), "projectId": "p", "createdAt": tx.now}


BENCHMARKS = [worlds, submits, round_trips, clients, inserts]
