"""Start a server, kill it at a random moment, check its data, and start it again."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.domain import world_folder
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.errors import StorageError
from tests.crash.clients import (
    UNDONE_WORLD,
    Account,
    Client,
    ServerGoneError,
    UndoingClient,
    find_facts,
    run_all,
)
from tests.kit import warm_interpreter

CLIENTS = ("one", "two", "three")
UNDOER = "four"
# A server is killed a moment after a number of acknowledged writes, or in a share of the rounds a
# moment after its start. The moments are in seconds.
_MAX_WRITES, _MAX_DELAY = 20, 0.02
_KILLS_AT_START, _MAX_START = 0.2, 0.2
_KILLS_PER_FOLDER = 25  # then the data begin anew, so that a check takes about the same time

_SERVERS = 2  # that are killed side by side
_REPORT_KILLS = 25
_MEMORY = Path("/dev/shm")  # a kill does not concern the disk

_URL = re.compile(r"export KILI_API_ENDPOINT=(http://[^/]+)")
_WORLDS = "/_emulator/worlds"


@dataclass
class Result:
    """The result of a number of kills.

    Attributes:
        kills: how often the server was killed.
        acknowledged: the number of acknowledged writes.
        start_seconds: the times from the start of a process to its readiness.
        faults: what was lost, half-written or inconsistent.
    """

    kills: int
    acknowledged: int
    start_seconds: list[float]
    faults: list[str]

    def __str__(self) -> str:
        slowest = max(self.start_seconds, default=0)
        return (
            f"{self.kills} kills, {self.acknowledged} acknowledged writes, "
            f"{len(self.faults)} faults, slowest start {slowest:.2f} s"
        )


class Killer:
    """Kills a process, and never another one that has got the same id."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)
        self._timers: list[threading.Timer] = []

    def kill_after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._kill)
        timer.start()
        self._timers.append(timer)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def close(self) -> None:
        for each in list(self._timers):
            each.join()
        os.close(self._descriptor)


class CrashingServer:
    """A server whose process is killed again and again.

    Args:
        folder: an empty folder.
        draw: the random draws of kills and clients.
    """

    def __init__(self, folder: Path, draw: random.Random) -> None:
        self._folder = folder
        self._draw = draw
        self._accounts: dict[str, Account] = {}
        self._worlds: set[str] = set()  # the names of those that have been served
        self._project_id = ""
        self.result = Result(0, 0, [], [])

    def kill(self) -> None:
        """Start the server, kill it at a random moment, and check its data."""
        if self.result.kills % _KILLS_PER_FOLDER == 0:
            self._begin_anew()
        process = warm_interpreter.start(
            ["-m", "kili_emulator", "start", "--port", "0", "--data-dir", str(self._folder)],
            environment={
                **os.environ,
                "PYTHONUNBUFFERED": "1",
                "TMPDIR": str(self._folder.parent),  # a killed server leaves temporary files
            },
        )
        killer = Killer(process.pid)
        if self._draw.random() < _KILLS_AT_START:
            killer.kill_after(self._draw.uniform(0, _MAX_START))
        started, url = time.monotonic(), ""
        output: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            found = _URL.match(line)
            if found:
                url = found[1]
                self.result.start_seconds.append(time.monotonic() - started)
                break
        if url:
            self._work(killer, url)
        killer.kill_after(0)
        killer.close()
        output.append(process.communicate()[0] or "")
        if "Traceback" in "".join(output) or (not url and process.returncode != -signal.SIGKILL):
            self.result.faults.append("".join(output))
        self.result.kills += 1
        self._check()

    def _begin_anew(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._accounts = {name: Account() for name in (*CLIENTS, UNDOER)}
        self._worlds = set()

    def _work(self, killer: Killer, url: str) -> None:
        """Let the clients write until the process is killed."""
        first = self._make_client(Client, CLIENTS[0])
        try:
            self._prepare(first, url)
        except ServerGoneError:
            return
        finally:
            first.close()
        clients = [self._make_client(Client, name) for name in CLIENTS]
        clients.append(self._make_client(UndoingClient, UNDOER))
        before = self._count_acknowledged()
        goal, delay = before + self._draw.randrange(_MAX_WRITES), self._draw.uniform(0, _MAX_DELAY)

        def kill_at_goal() -> None:
            if self._count_acknowledged() >= goal:
                killer.kill_after(delay)

        for each in clients:
            each.on_acknowledged = kill_at_goal
        self.result.faults += map(repr, run_all(clients, url))
        self.result.acknowledged += self._count_acknowledged() - before

    def _count_acknowledged(self) -> int:
        return sum(each.acknowledged for each in self._accounts.values())

    def _make_client(self, kind: type[Client], name: str) -> Client:
        draw = random.Random(self._draw.getrandbits(64))
        return kind(name, self._accounts[name], draw, self._project_id)

    def _prepare(self, client: Client, url: str) -> None:
        """Find the project of the default world, and create the world that is rolled back."""
        self._worlds.add(DEFAULT_WORLD)
        worlds = {each["name"]: each for each in client.request("GET", url + _WORLDS).json()}
        if self._worlds - worlds.keys():
            self.result.faults.append(f"only the worlds {sorted(worlds)} are served")
        self._project_id = worlds[DEFAULT_WORLD]["projects"][0]["id"]
        if UNDONE_WORLD not in worlds:
            data = {"name": UNDONE_WORLD, "scenario": "empty"}
            client.request("POST", url + _WORLDS, json=data)
        self._worlds.add(UNDONE_WORLD)

    def _check(self) -> None:
        """Compare a copy of the data with the accounts: the next start recovers the data itself."""
        with tempfile.TemporaryDirectory(dir=self._folder.parent) as name:
            copied = Path(name) / "worlds"
            if (self._folder / "worlds").exists():
                shutil.copytree(self._folder / "worlds", copied)
            clients = {DEFAULT_WORLD: CLIENTS, UNDONE_WORLD: (UNDOER,)}
            for world_name, names in clients.items():
                self.result.faults += self._check_world(copied / world_name, names)

    def _check_world(self, folder: Path, clients: tuple[str, ...]) -> Iterator[str]:
        is_complete = folder.exists() and not world_folder.is_unfinished(folder)
        if not is_complete or not world_folder.has_world_files(folder):
            if folder.name in self._worlds:
                yield f"world {folder.name} is lost"
            return
        try:
            with contextlib.closing(world_folder.open_world(folder)) as world:
                yield from map(str, find_inconsistencies(world.documents.snapshot))
                for name in clients:
                    difference = self._accounts[name].settle(find_facts(world, name))
                    if difference:
                        yield f"client {name}: {difference}"
        except (world_folder.WorldError, StorageError) as error:
            yield str(error)


def kill_repeatedly(
    kills: int, seed: int, report: Callable[[Result], None] = lambda result: None
) -> Result:
    """Kill servers repeatedly, several side by side, until the first fault.

    Args:
        kills: how often; rounded to a multiple of the number of servers.
        report: a function that gets the result until now, from time to time.
    """
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        servers = [
            CrashingServer(Path(name) / str(number), random.Random(draw.getrandbits(64)))
            for number in range(_SERVERS)
        ]

        lock = threading.Lock()

        def run(server: CrashingServer) -> None:
            while server.result.kills < kills // _SERVERS and not total().faults:
                server.kill()
                with lock:
                    if total().kills % _REPORT_KILLS == 0:
                        report(total())

        def total() -> Result:
            return sum_results([each.result for each in servers])

        with ThreadPoolExecutor(_SERVERS) as pool:
            for each in pool.map(run, servers):
                assert each is None
        return total()


def sum_results(results: Iterable[Result]) -> Result:
    """Return the sum of several results."""
    total = Result(0, 0, [], [])
    for each in results:
        total.kills += each.kills
        total.acknowledged += each.acknowledged
        total.start_seconds += each.start_seconds
        total.faults += each.faults
    return total
