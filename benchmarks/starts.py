"""The time from the start of a process to its first right answer, and its memory then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import filled_folder
from benchmarks.measuring import Comparison, Goal, Measurement

_MIB = 1024 * 1024
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_POLL_SECONDS = 0.002
_KEY = "emulator-admin"
_QUERY = b'{"query": "{ me { id } }"}'
_BARE_SERVER = """
import sys
from flask import Flask
application = Flask(__name__)
answer = {"data": {"me": {"id": "user-1"}}}
application.add_url_rule("/api/label/v2/graphql", view_func=lambda: answer, methods=["POST"])
application.run(port=int(sys.argv[1]))
"""


@dataclass(frozen=True)
class Start:
    """The figures of one start.

    Attributes:
        seconds: from the start of the process to the first right answer.
        memory: the resident memory of the process after this answer, in MiB.
    """

    seconds: float
    memory: float


def measure_start(command: Sequence[str], port: int) -> Start:
    """Start a server and stop it after its first right answer."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        while not _answers(port):
            assert process.poll() is None, f"the server did not start: {command}"
            time.sleep(_POLL_SECONDS)
        seconds = time.perf_counter() - begin
        memory = psutil.Process(process.pid).memory_info().rss / _MIB
        process.send_signal(signal.SIGINT)
    return Start(seconds, memory)


def _answers(port: int) -> bool:
    headers = {"Authorization": f"X-API-Key: {_KEY}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}/api/label/v2/graphql"
    request = urllib.request.Request(url, _QUERY, headers)
    try:
        with _DIRECT.open(request, timeout=5) as answer:
            return b'"id"' in answer.read()
    except (urllib.error.URLError, ConnectionError):
        return False


def measure(size: int, repeat: int) -> list[Comparison]:
    """Measure the start of an empty server, and of one with that many assets and labels."""
    bare, empty, filled = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "data")
        filled_folder.make(folder, size)
        with filled_folder.serve(folder) as server:  # the first start compiles the byte code
            port = int(server.url.rpartition(":")[2])
        command = ["-m", "kili_emulator", "start", "--port", str(port)]
        for _ in range(repeat):
            bare.append(measure_start(["-c", _BARE_SERVER, str(port)], port))
            empty.append(measure_start([*command, "--ephemeral"], port))
            filled.append(measure_start([*command, "--data-dir", str(folder)], port))
    floor = "a Flask server with one route"
    return [
        _compare("ready, empty", floor, empty, bare, Goal(value=0.35)),
        _compare(f"ready, {size:,} assets and labels", floor, filled, bare, Goal(value=1.5)),
        _compare_memory("memory, empty", empty, bare, 60),
        _compare_memory(
            f"memory, {size:,} assets and labels", filled, bare, 400 if size > 30_000 else 150
        ),
    ]


def _compare(
    name: str, floor: str, first: list[Start], second: list[Start], goal: Goal
) -> Comparison:
    return Comparison(
        name,
        Measurement("emulator", [each.seconds for each in first]),
        Measurement(floor, [each.seconds for each in second]),
        goal=goal,
    )


def _compare_memory(
    name: str, first: list[Start], second: list[Start], megabytes: float
) -> Comparison:
    return Comparison(
        name,
        Measurement("emulator", [each.memory for each in first]),
        Measurement("a Flask server with one route", [each.memory for each in second]),
        unit="MiB",
        goal=Goal(value=megabytes),
    )
