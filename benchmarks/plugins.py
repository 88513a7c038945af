"""The cost of the plugin host: for one run, until its start, for many plugins and many runs."""

from __future__ import annotations

import json
import logging
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measuring import Comparison, Measurement, compare
from kili_emulator import Emulator
from kili_emulator.clock import Clock
from kili_emulator.plugins.build import plugin_archive
from kili_emulator.plugins.calls import Call
from kili_emulator.plugins.guest.sdk_client import make_client
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline import loading, runner
from kili_emulator.plugins.inline.inline_tools import InlineTools
from kili_emulator.plugins.logs import RunLog
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.server_under_test import ServerUnderTest

LABEL = {"JOB_0": {"annotations": []}}
PLUGIN = textwrap.dedent(
    """
    import time
    from kili.plugins import PluginCore

    class PluginHandler(PluginCore):
        def on_submit(self, label, asset_id):
            print(time.time())
    """
)
_SUBMITS = 20
_MANY_SUBMITS = 200
_FEW_RUNS, _MANY_RUNS = 100, 1000
_BATCH = 50


class PluginProject:
    """A project of an emulator on which plugins are active."""

    def __init__(self, kili: Any) -> None:
        self.kili = kili
        (project, *_) = self.kili.projects(fields=["id"], disable_tqdm=True)
        self.project = project["id"]
        assets = self.kili.assets(
            self.project, status_in=["TODO"], fields=["id"], disable_tqdm=True
        )
        self._asset = assets[0]["id"]

    def plug_in(self, count: int = 1) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "main.py")
            path.write_text(PLUGIN)
            for number in range(count):
                self.kili.upload_plugin(str(path), f"P{number}")
                self.kili.activate_plugin_on_project(f"P{number}", project_id=self.project)

    def submit(self, count: int = 1) -> None:
        self.kili.append_labels([self._asset] * count, [LABEL] * count, disable_tqdm=True)

    def seconds_to_start(self) -> float:
        """Return the seconds from a submit to the first statement of the handler."""
        start = time.time()
        self.submit()
        (line, *_) = json.loads(self.kili.get_plugin_logs(self.project, "P0"))
        return float(line["content"]) - start


def starts() -> Comparison:
    """Compare the time until a handler starts in both kinds of isolation."""
    seconds: dict[str, list[float]] = {}
    for isolation in ("process", "inline"):
        with fast_sdk(), Emulator(workflow="V1", plugin_isolation=isolation) as emulator:
            plugin_project = PluginProject(emulator.client())
            plugin_project.plug_in()
            plugin_project.submit()
            seconds[isolation] = [plugin_project.seconds_to_start() for _ in range(_SUBMITS)]
    return Comparison(
        "submit to handler",
        Measurement("process", seconds["process"]),
        Measurement("inline", seconds["inline"]),
    )


def captures() -> Comparison:
    """Compare a call with a log, a time limit and a seed, and a call of the handler alone."""
    log = RunLog(Clock())
    call = Call("r", "P", "e", "onSubmit", {"label": {}, "asset_id": "a"}, "p", "k", 0, 60.0)
    with tempfile.TemporaryDirectory() as folder:
        plugin_archive.unpack(
            PLUGIN.replace("print(time.time())", "pass").encode(), Path(folder, "v")
        )
        location = CodeLocation(Path(folder, "v"))
        code = runner.ImportedCode(loading.load("benchmark", location, 60.0), location)
        options: dict[str, Any] = {
            "tools": InlineTools(lambda _: None, 512),
            "tick": lambda: None,
        }

        def run_with_capture() -> None:
            runner.run(code, call, log, **options)

        def run_handler() -> None:
            code.handler(None, "p", logging.getLogger()).on_submit(label={}, asset_id="a")

        return compare(
            "a run", ("with capture", run_with_capture), ("the handler alone", run_handler), 500
        )


def crowds() -> Comparison:
    """Compare two hundred submits with five plugins and with one."""

    def submits(plugins: int) -> float:
        with fast_sdk(), Emulator(workflow="V1") as emulator:
            plugin_project = PluginProject(emulator.client())
            plugin_project.plug_in(plugins)
            plugin_project.submit()
            start = time.perf_counter()
            for _ in range(_MANY_SUBMITS):
                plugin_project.submit()
            return time.perf_counter() - start

    name = f"{_MANY_SUBMITS} submits"
    return Comparison(
        name, Measurement("five plugins", [submits(5)]), Measurement("one plugin", [submits(1)])
    )


def memory() -> Comparison:
    """Compare the memory of a server after many runs and after few."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerUnderTest(Path(folder, "data"), "--workflow", "V1")
        with server, fast_sdk():
            world = server.world()
            plugin_project = PluginProject(
                make_client(world.endpoint, world.keys["admin"], Path(folder))
            )
            plugin_project.plug_in()
            memory_sizes = []
            for runs in (_FEW_RUNS, _MANY_RUNS - _FEW_RUNS):
                for _ in range(runs // _BATCH):
                    plugin_project.submit(_BATCH)
                memory_sizes.append(psutil.Process(server.pid).memory_info().rss / 1024 / 1024)
    return Comparison(
        "memory of a server",
        Measurement(f"after {_MANY_RUNS:,} runs", [memory_sizes[1]]),
        Measurement(f"after {_FEW_RUNS:,}", [memory_sizes[0]]),
        unit="MiB",
    )


BENCHMARKS: list[Callable[[], Comparison]] = [starts, captures, crowds, memory]
