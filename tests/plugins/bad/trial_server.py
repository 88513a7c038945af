"""Servers on which bad plugins run, and the results of a run."""

from __future__ import annotations

import contextlib
import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import requests

import kili_emulator
from tests.kit.plugin_project import PluginClient
from tests.kit.responses import EASY_JSON
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.wire import document
from tests.plugins.bad.bad_plugin import BadPlugin
from tests.plugins.bad.isolation_table import Cell

SHORT_TIMEOUT = "2"
MAX_OPEN_FILES = 1024
UNCHECKED = Path(__file__).parent / "unchecked"
EMULATOR = Path(kili_emulator.__file__).parents[1]  # the modules of the checkout under test

# Prints the process state, which must be the same in each run.
WITNESS = """
import json, locale, os, socket, sys
import kili.client, requests
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        assert self.kili.count_projects() == 1
        print(json.dumps({
            "folder": os.getcwd(),
            "environment": {**os.environ, "PYTEST_CURRENT_TEST": ""},
            "path": sys.path,
            "locale": locale.setlocale(locale.LC_ALL),
            "limits": [sys.getrecursionlimit(), socket.getdefaulttimeout()],
            "closed": [sys.stdout.closed, sys.stderr.closed],
            "functions": [each.__module__ for each in (
                requests.post, requests.Session.request, kili.client.Kili.__init__
            )],
        }))
"""


def connect(world: RemoteWorld, folder: Path) -> Any:
    """Return an SDK client of a world, which keeps its cache in the folder."""
    from kili.client import Kili

    return Kili(
        api_key=world.keys["admin"],
        api_endpoint=world.endpoint,
        graphql_client_params={"graphql_schema_cache_dir": folder},
    )


class TrialWorld(PluginClient):
    """A world of a server with a project, and an SDK client for it."""

    def __init__(self, world: RemoteWorld, folder: Path) -> None:
        super().__init__(connect(world, folder), world.project_id, folder)
        self.world = world

    def install_plugin(self, source: str, name: str, files: dict[str, str]) -> None:
        """Upload and activate a plugin, even if it cannot be built."""
        from kili.services.plugins.exceptions import PluginCreationError

        with contextlib.suppress(PluginCreationError):
            self.upload(source, name, files)
        self.activate(name)

    def submit_and_wait(self) -> str:
        """Append a label, wait for the runs that it causes, and return its id."""
        label = self.submit()
        assert self.world.wait_idle()
        return label

    def runs(self, plugin: str) -> list[dict[str, Any]]:
        """Return the runs of a plugin; none if the plugin was deleted."""
        export = self.world.export()
        ids = [each["id"] for each in export["plugins"] if each["name"] == plugin]
        return [run for run in export["runs"] if run["pluginId"] in ids]

    def lines(self, plugin: str) -> list[tuple[str, str]]:
        """Return the lines of the runs and builds of a plugin: (type, text)."""
        export = self.world.export()
        rows = export["pluginBuildErrors"] + export["pluginLogs"]
        return [(row["logType"], row["content"]) for row in rows if row["pluginName"] == plugin]


class PluginTrial(TrialWorld):
    """A bad plugin in a world of its own.

    Attributes:
        label: the id of the label that the plugin was called for.
    """

    def __init__(self, isolation: str, world: RemoteWorld, folder: Path) -> None:
        super().__init__(world, folder)
        self.isolation = isolation
        self.label = ""

    def runs(self, plugin: str = "Bad") -> list[dict[str, Any]]:
        return super().runs(plugin)

    def printed_lines(self, plugin: str = "Bad") -> list[str]:
        return [text for kind, text in self.lines(plugin) if kind == "info"]

    def assert_prints(self, *texts: str, of: str = "Bad", allow_others: bool = False) -> None:
        """Check the lines that a plugin printed and logged.

        Args:
            allow_others: ignore other lines.
        """
        printed_lines = self.printed_lines(of)
        assert [each for each in printed_lines if not allow_others or each in texts] == list(texts)

    def assert_logs_readable(self) -> None:
        logs = json.loads(self.kili.get_plugin_logs(self.project, "Bad"))
        assert [line["content"] for line in logs] == self.printed_lines()[::-1]

    def assert_matches(self, cell: Cell) -> None:
        """Check outcome, warnings and errors of the run against the table."""
        run = (self.runs() or [{"outcome": "no run"}])[0]
        problem_lines = [text for kind, text in self.lines("Bad") if kind in ("warning", "error")]
        assert run["outcome"] == cell.outcome, problem_lines
        assert [
            each for each in problem_lines if not any(part in each for part in cell.lines)
        ] == []
        assert [
            part for part in cell.lines if not any(part in each for each in problem_lines)
        ] == []


class TrialServer:
    """A server on which bad plugins run one after another.

    Args:
        isolation: the plugin isolation of the server.
        options: further options of the command.
    """

    def __init__(self, isolation: str, folder: Path, *options: str) -> None:
        self.isolation = isolation
        self._folder = folder
        options = ("--plugin-isolation", isolation, *options)
        environment = {"PYTHONPATH": os.pathsep.join([str(UNCHECKED), str(EMULATOR)])}
        self.server = ServerUnderTest(folder / "data", *options, environment=environment)

    def __enter__(self) -> TrialServer:
        (self._folder / "data").mkdir(parents=True)
        with _open_files(MAX_OPEN_FILES):
            self.server.start()
        self._witness = TrialWorld(self.server.new_world(), self._folder)
        self._witness.install_plugin(WITNESS, "Witness", {})
        self._initial_state = self._observe_state()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.server.stop() == 0
        assert "Stopped." in self.server.output

    def restart(self) -> None:
        """Kill the server if it runs, and start it again."""
        self.server.kill()
        self.server.start()
        self._witness = TrialWorld(self.server.world(self._witness.world.name), self._folder)

    def _observe_state(self) -> dict[str, Any]:
        """Return the process state that the witness plugin prints in a new run."""
        self._witness.submit_and_wait()
        run = self._witness.runs("Witness")[-1]
        assert (run["outcome"], run["error"]) == ("SUCCEEDED", None)
        observed_state: dict[str, Any] = json.loads(self._witness.lines("Witness")[-1][1])
        return observed_state

    def _assert_unchanged(self) -> None:
        observed_state = self._observe_state()
        different = [
            (observed_state[each], was)
            for each, was in self._initial_state.items()
            if observed_state[each] != was
        ]
        assert not different, different

    def try_plugin(self, bad: BadPlugin, folder: Path) -> PluginTrial:
        """Run a bad plugin, and check that it left the process state unchanged."""
        trial = PluginTrial(self.isolation, self.server.new_world(), folder)
        files = dict(bad.files)
        main = bad.main(bad.on_submit).replace("$FOLDER", str(folder))
        trial.install_plugin(main, "Bad", files)
        if bad.other is not None:
            trial.install_plugin(bad.main(bad.other), "Other", files)
        with self._memory(bad.memory if self.isolation == "inline" else None):
            trial.label = trial.submit_and_wait()
        self._assert_unchanged()
        return trial

    @contextlib.contextmanager
    def _memory(self, megabytes: int | None) -> Iterator[None]:
        """Limit the growth of the server's address space."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        (size,) = [int(each.split()[1]) for each in status.splitlines() if "VmSize:" in each]
        limit = -1 if megabytes is None else size * 1024 + megabytes * 1024**2
        resource.prlimit(self.server.pid, resource.RLIMIT_AS, (limit, -1))
        yield
        resource.prlimit(self.server.pid, resource.RLIMIT_AS, (-1, -1))

    def try_fatal_plugin(self, bad: BadPlugin, folder: Path) -> PluginTrial:
        """Run a bad plugin that ends the server, and restart the server."""
        trial = PluginTrial(self.isolation, self.server.new_world(), folder)
        trial.install_plugin(bad.main(bad.on_submit), "Bad", {})
        with pytest.raises(requests.ConnectionError):
            _submit_without_sdk(trial)
        self.server.wait_for_end()
        self.restart()
        trial.world = self.server.world(trial.world.name)
        trial.kili = connect(trial.world, folder)
        labels = trial.kili.labels(trial.project, asset_id=trial.asset, fields=["id"])
        trial.label = labels[-1]["id"]
        self._assert_unchanged()
        return trial


def _submit_without_sdk(trial: PluginTrial) -> None:
    """Append a label by one request without retries."""
    row = {"assetID": trial.asset, "jsonResponse": EASY_JSON}
    arguments = {"data": {"labelType": "DEFAULT", "labelsData": [row]}, "where": {}}
    requests.post(
        trial.world.endpoint,
        json={
            "query": document("appendManyLabels", list(arguments), "id"),
            "variables": arguments,
        },
        headers={"Authorization": f"X-API-Key: {trial.world.keys['admin']}"},
        timeout=30,
    )


@contextlib.contextmanager
def _open_files(limit: int) -> Iterator[None]:
    """Limit the open files of processes started in this context."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, before[1]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
