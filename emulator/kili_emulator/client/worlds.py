"""The part ``emulator.worlds``: isolated platforms side by side in one emulator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from kili_emulator.client.control_requests import ControlRequests

if TYPE_CHECKING:
    from kili_emulator.domain.world import Mark
    from kili_emulator.services.worlds import WorldView

    WorldViews = list[WorldView]
    Documents = list[dict[str, Any]]

# The name of a scenario, the path of its file, or its content.
Scenario: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any]"
IDLE_SECONDS = 30.0


class Worlds:
    """The worlds of an emulator: ``emulator.worlds``.

    Args:
        requests: sends the requests about the emulator's own world.
    """

    def __init__(self, requests: ControlRequests) -> None:
        self._requests = requests

    def list(self) -> WorldViews:
        """Return all worlds."""
        views: WorldViews = self._requests.send("GET", "/worlds")
        return views

    def own(self) -> WorldView:
        """Return the world of the API key; in this process, the default world."""
        view: WorldView = self._requests.send("GET", "/world")
        return view

    def show(self, name: str | None = None) -> WorldView:
        """Return a world.

        Args:
            name: the name of the world; by default, the emulator's own world.

        Raises:
            WorldError: the world is unknown.
        """
        view: WorldView = self._requests.send("GET", self._requests.world_path(world=name))
        return view

    def create(
        self,
        name: str,
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
    ) -> WorldView:
        """Create a world; its API keys end with its name.

        Args:
            scenario: the content of the world: the name of a scenario, the path of a scenario file,
                or a dictionary with its members; by default, the scenario of the emulator. Media
                are read on the machine of the emulator.
            seed: makes random draws, ids and times repeatable.

        Raises:
            WorldError: the name is taken or not allowed.
            ScenarioError: the scenario does not exist or cannot be read.
        """
        data = {"name": name, "seed": seed, **_scenario_members(scenario)}
        view: WorldView = self._requests.send("POST", "/worlds", data=data)
        return view

    def delete(self, name: str) -> None:
        """Delete a world with everything in it.

        Raises:
            WorldError: the world is unknown, or it is the default world.
        """
        self._requests.send("DELETE", self._requests.world_path(world=name))

    def mark(self) -> Mark:
        """Return a mark of the present state of the emulator's world."""
        from kili_emulator.domain.world import Mark

        return Mark(**self._requests.post("/mark", {}))

    def reset(
        self, name: str | None = None, *, mark: Mark | None = None, keep_plugins: bool = False
    ) -> WorldView:
        """Wait for a world's plugins, then roll the world back to a mark, or to its scenario.

        Args:
            name: the name of the world; by default, the emulator's own world.
            mark: ``None`` for the state after the scenario was loaded.
            keep_plugins: keep the present plugins: their versions, their links to folders, and
                where they are active, as far as the projects still exist. Their runs go.

        Returns:
            the world.

        Raises:
            WorldError: the world is unknown, or the mark is of a time that was undone.
        """
        data: dict[str, Any] = {"wait": IDLE_SECONDS}
        if mark is not None:
            data["mark"] = asdict(mark)
        if keep_plugins:
            data["keepPlugins"] = True
        path = self._requests.world_path("/reset", name)
        view: WorldView = self._requests.send("POST", path, data=data)
        return view

    def load(self, scenario: Scenario) -> WorldView:
        """Replace the whole content of the emulator's world by a scenario; ``reset`` undoes it.

        Users, API keys, projects, plugins and the audit trail are replaced. The emulator waits for
        running plugins before.

        Args:
            scenario: as for :meth:`create`.

        Returns:
            the world.

        Raises:
            ScenarioError: the scenario does not exist or cannot be read.
        """
        view: WorldView = self._requests.post("/load", _scenario_members(scenario))
        return view

    def wait_idle(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait until no plugin of the emulator's world is running; return whether all were idle."""
        data = {"timeout": seconds}
        return bool(self._requests.post("/wait-idle", data, wait=seconds)["idle"])

    def export(self) -> dict[str, Documents]:
        """Return all documents of the emulator's world with masked secrets, by table."""
        tables: dict[str, Documents] = self._requests.get("/export")
        return tables


def _scenario_members(scenario: Scenario | None) -> dict[str, Any]:
    """Return the members of a request that describe a scenario.

    A file is read here, as the emulator may run on another machine.

    Raises:
        ScenarioError: the file cannot be read, or is not a valid scenario.
    """
    if scenario is None:
        return {}
    # Imported here because it takes longer to import than most commands run.
    from kili_emulator.scenario import is_scenario_name, read_scenario, scenario_of

    if isinstance(scenario, Mapping):
        return {"scenario": scenario_of(scenario).with_absolute_paths()}
    source = os.fspath(scenario)
    if is_scenario_name(source):
        return {"scenario": source}
    found = read_scenario(source)
    return {"scenario": found.data, "origin": str(found.path)}
