"""Whatever a plugin does, its run says it, and the server answers as before: each cell is tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kili_emulator.testing.sdk import fast_sdk
from tests.plugins.bad.abnormal_endings import ENDS
from tests.plugins.bad.bad_plugin import Bad
from tests.plugins.bad.isolation_table import Cell, rows
from tests.plugins.bad.platform_misuse import PLATFORM
from tests.plugins.bad.state_changes import CHANGES
from tests.plugins.bad.trial_server import PATIENCE, Server, Tried

PLUGINS = {**ENDS, **PLATFORM, **CHANGES}
ROWS = {row.plugin: row for row in rows()}
CELLS = [
    pytest.param(
        name,
        isolation,
        getattr(row, isolation),
        id=f"{name}-{isolation}",
        marks=pytest.mark.xdist_group(f"bad plugins {isolation}"),
    )
    for name, row in ROWS.items()
    for isolation in ("inline", "process")
]


class Servers:
    """The servers, each started when it is first needed."""

    def __init__(self, folder: Path, exit_stack: ExitStack) -> None:
        self._folder = folder
        self._exit = exit_stack
        self._running: dict[str, Server] = {}

    def shared(self, isolation: str, *, hangs: bool) -> Server:
        """One that plugins share; one that is impatient, for those that hang."""
        timeout = PATIENCE if hangs else "30"
        name = f"{isolation} {timeout}"
        return self._get(name, isolation, "--ephemeral", "--plugin-timeout", timeout)

    def alone(self) -> Server:
        """One for plugins that may end it: it keeps its data."""
        return self._get("alone", "inline", "--plugin-timeout", "30")

    def _get(self, name: str, isolation: str, *options: str) -> Server:
        if name not in self._running:
            server = Server(isolation, self._folder / name, *options)
            self._running[name] = self._exit.enter_context(server)
        return self._running[name]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with fast_sdk(), ExitStack() as exit_stack:
        yield Servers(tmp_path_factory.mktemp("servers"), exit_stack)


def test_each_row_has_a_plugin_and_each_plugin_a_row() -> None:
    assert list(ROWS) == list(PLUGINS)


@pytest.mark.parametrize(("name", "isolation", "cell"), CELLS)
def test_what_the_table_says_happens(
    servers: Servers, tmp_path: Path, name: str, isolation: str, cell: Cell
) -> None:
    bad = PLUGINS[name]
    tried = _tried(servers, bad, isolation, cell, tmp_path)
    tried.holds(cell)
    bad.check(tried)
    _nothing_is_lost(tried)


def _tried(servers: Servers, bad: Bad, isolation: str, cell: Cell, folder: Path) -> Tried:
    if bad.alone and isolation == "inline":
        server = servers.alone()
        ends_it = cell.outcome == "INTERRUPTED"
        return (server.tell_last if ends_it else server.tell)(bad, folder)
    return servers.shared(isolation, hangs=bad.hangs).tell(bad, folder)


def _nothing_is_lost(tried: Tried) -> None:
    """The label that the plugin was called for is there, if its project is."""
    assert tried.kili.count_projects() >= 0
    found = [each["id"] for each in tried.world.export()["labels"]]
    is_there = any(each["id"] == tried.project for each in tried.world.export()["projects"])
    assert tried.label in found or not is_there
