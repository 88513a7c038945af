"""The scenarios of the load: a world for each client, without and with a plugin, or one world."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load.checks import check_labels, check_runs, label_ids
from benchmarks.load.client import Outcome, Task, run_client
from benchmarks.load.report import Figures
from kili_emulator.plugins.guest.sdk_client import make_client
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest

PLUGIN_NAME = "Load"
PLUGIN = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        self.logger.info(label["id"])
"""
ASSETS_PER_CLIENT = 20
# How long after the end of the load a client may still wait for an answer.
_END_SECONDS = 60.0
_START_SECONDS = 120.0
_LEAVE_SECONDS = 10.0

# Forked clients import the SDK once, and share the memory.
_methods = multiprocessing.get_all_start_methods()
_context = multiprocessing.get_context("forkserver" if "forkserver" in _methods else "spawn")
_context.set_forkserver_preload(["benchmarks.load.client", "kili.client"])


@dataclass(frozen=True)
class Load:
    """The size of a scenario.

    Attributes:
        clients: how many clients work at the same time.
        seconds: how long they work.
        pause: the mean time between two calls of a client, in seconds.
    """

    clients: int
    seconds: float
    pause: float


@dataclass(frozen=True)
class _Workplace:
    """A project of a world, with the clients that work in it.

    Attributes:
        labels: the ids of the labels before the load.
    """

    kili: Any
    project: str
    labels: set[str]
    tasks: list[Task]


def worlds_of_their_own(load: Load) -> Figures:
    """Let each client work in a world of its own."""
    with _server() as (server, folder):
        places = [_workplace(server, folder, [number], load) for number in range(load.clients)]
        return _measure("a world each", server, places, load)


def one_world(load: Load) -> Figures:
    """Let all clients work in one project."""
    with _server() as (server, folder):
        places = [_workplace(server, folder, list(range(load.clients)), load)]
        return _measure("one world", server, places, load)


def plugin_worlds(load: Load) -> Figures:
    """Let each client work in a world of its own, in which a plugin runs in process isolation."""
    options = ("--plugin-isolation", "process", "--plugin-idle-workers", str(load.clients))
    with _server(*options) as (server, folder):
        places = [_workplace(server, folder, [number], load) for number in range(load.clients)]
        source = folder / "main.py"
        source.write_text(PLUGIN)
        for each in places:
            each.kili.upload_plugin(str(source), PLUGIN_NAME)
            each.kili.activate_plugin_on_project(PLUGIN_NAME, project_id=each.project)
        return _measure("a world each, with a plugin", server, places, load, has_plugin=True)


@contextmanager
def _server(*options: str) -> Iterator[tuple[ServerUnderTest, Path]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with fast_sdk(), ServerUnderTest(folder / "data", *options) as server:
            yield server, folder


def _workplace(server: ServerUnderTest, folder: Path, numbers: list[int], load: Load) -> _Workplace:
    """Create a world with a project, and the tasks of the clients with these numbers."""
    world = server.new_world(seed=None)
    kili = make_client(world.endpoint, world.keys["admin"], folder)
    count = len(numbers) * ASSETS_PER_CLIENT
    kili.append_many_to_dataset(
        world.project_id,
        content_array=[f"https://example.com/{number}.jpg" for number in range(count)],
        external_id_array=[f"load {number}" for number in range(count)],
        disable_tqdm=True,
    )
    found = kili.assets(world.project_id, fields=["id", "externalId"], disable_tqdm=True)
    assets = [each["id"] for each in found if each["externalId"].startswith("load ")]
    tasks = [
        _task(world, number, assets[index :: len(numbers)], load)
        for index, number in enumerate(numbers)
    ]
    labels = set(label_ids(kili, world.project_id))
    return _Workplace(kili, world.project_id, labels, tasks)


def _task(world: RemoteWorld, number: int, assets: list[str], load: Load) -> Task:
    key = world.keys["admin"]
    return Task(number, world.endpoint, key, world.project_id, assets, load.pause)


def _measure(
    name: str,
    server: ServerUnderTest,
    places: list[_Workplace],
    load: Load,
    *,
    has_plugin: bool = False,
) -> Figures:
    """Let one client work alone, then all of them; compare the labels with their answers."""
    alone, faults = _run([places[0].tasks[0]], load.seconds)
    before = _memory_mb(server.pid)
    together, new_faults = _run([task for each in places for task in each.tasks], load.seconds)
    faults += new_faults
    outcomes = dict(enumerate(together))
    for each in places:
        of_place = [outcomes[task.number] for task in each.tasks]
        of_place += alone if each is places[0] else []
        faults += check_labels(each.kili, each.project, each.labels, of_place)
        if has_plugin:
            faults += check_runs(each.kili, each.project, PLUGIN_NAME, of_place)
    return Figures(name, alone[0], together, (before, _memory_mb(server.pid)), faults)


def _run(tasks: list[Task], seconds: float) -> tuple[list[Outcome], list[str]]:
    """Let clients work at the same time; return an outcome for each, and the faults."""
    clients = [_start(task) for task in tasks]
    try:
        for _, channel in clients:
            _receive(channel, _START_SECONDS)
        for _, channel in clients:
            channel.send(seconds)
        received = [_receive(channel, seconds + _END_SECONDS) for _, channel in clients]
    finally:
        for process, channel in clients:
            channel.close()
            process.join(_LEAVE_SECONDS)
            process.kill()
    outcomes = [each or Outcome(errors=["a client did not end"]) for each in received]
    return outcomes, [error for each in outcomes for error in each.errors]


def _start(task: Task) -> tuple[BaseProcess, Connection]:
    channel, client_end = _context.Pipe()
    process = _context.Process(target=run_client, args=(task, client_end), daemon=True)
    process.start()
    client_end.close()
    return process, channel


def _receive(channel: Connection, seconds: float) -> Any:
    """Return the next message of a client; ``None`` if it does not come or the client has ended."""
    try:
        return channel.recv() if channel.poll(seconds) else None
    except EOFError:
        return None


def _memory_mb(pid: int) -> float:
    """Return the memory of a process and its descendants; shared pages count once."""
    server = psutil.Process(pid)
    total = 0
    for each in [server, *server.children(recursive=True)]:
        try:
            memory = each.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        total += getattr(memory, "pss", 0) or memory.uss
    return total / 1024 / 1024
