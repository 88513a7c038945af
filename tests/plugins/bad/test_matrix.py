"""Each bad plugin ends as the isolation table states, and the server works as before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kili_emulator.testing.sdk import fast_sdk
from tests.plugins.bad.abnormal_endings import ABNORMAL_ENDINGS
from tests.plugins.bad.bad_plugin import BadPlugin
from tests.plugins.bad.isolation_table import Cell, rows
from tests.plugins.bad.platform_misuse import PLATFORM_MISUSE
from tests.plugins.bad.state_changes import STATE_CHANGES
from tests.plugins.bad.trial_server import SHORT_TIMEOUT, PluginTrial, TrialServer

PLUGINS = {**ABNORMAL_ENDINGS, **PLATFORM_MISUSE, **STATE_CHANGES}
ROWS = {row.plugin: row for row in rows()}
CELLS = [
    pytest.param(
        name,
        isolation,
        getattr(row, isolation),
        id=f"{name}-{isolation}",
    )
    for name, row in ROWS.items()
    for isolation in ("inline", "process")
]


class TrialServers:
    """Servers that start on first use."""

    def __init__(self, folder: Path, exit_stack: ExitStack) -> None:
        self._folder = folder
        self._exit = exit_stack
        self._running: dict[str, TrialServer] = {}

    def shared_server(self, isolation: str, *, hangs: bool) -> TrialServer:
        """Return the server of an isolation; plugins that hang have one with a short timeout."""
        timeout = SHORT_TIMEOUT if hangs else "30"
        name = f"{isolation} {timeout}"
        return self._get(name, isolation, "--ephemeral", "--plugin-timeout", timeout)

    def own_server(self) -> TrialServer:
        """Return the server that plugins may end; it keeps its data."""
        return self._get("alone", "inline", "--plugin-timeout", "30")

    def _get(self, name: str, isolation: str, *options: str) -> TrialServer:
        if name not in self._running:
            server = TrialServer(isolation, self._folder / name, *options)
            self._running[name] = self._exit.enter_context(server)
        return self._running[name]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrialServers]:
    with fast_sdk(), ExitStack() as exit_stack:
        yield TrialServers(tmp_path_factory.mktemp("servers"), exit_stack)


def test_each_row_has_a_plugin_and_each_plugin_a_row() -> None:
    assert list(ROWS) == list(PLUGINS)


@pytest.mark.parametrize(("name", "isolation", "cell"), CELLS)
def test_bad_plugin_behaves_as_the_isolation_table_states(
    servers: TrialServers, tmp_path: Path, name: str, isolation: str, cell: Cell
) -> None:
    bad = PLUGINS[name]
    trial = _try_plugin(servers, bad, isolation, cell, tmp_path)
    trial.assert_matches(cell)
    bad.check(trial)
    _assert_label_kept(trial)


def _try_plugin(
    servers: TrialServers, bad: BadPlugin, isolation: str, cell: Cell, folder: Path
) -> PluginTrial:
    if bad.own_server and isolation == "inline":
        server = servers.own_server()
        ends_it = cell.outcome == "INTERRUPTED"
        return (server.try_fatal_plugin if ends_it else server.try_plugin)(bad, folder)
    return servers.shared_server(isolation, hangs=bad.hangs).try_plugin(bad, folder)


def _assert_label_kept(trial: PluginTrial) -> None:
    """Check that the label of the call exists, unless its project was deleted."""
    assert trial.kili.count_projects() >= 0
    found = [each["id"] for each in trial.world.export()["labels"]]
    is_there = any(each["id"] == trial.project for each in trial.world.export()["projects"])
    assert trial.label in found or not is_there
