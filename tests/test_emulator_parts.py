"""The parts of an emulator in Python (users, plugins, runs, worlds), and their former aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import Emulator
from kili_emulator.domain.registry import WorldError
from kili_emulator.errors import KiliError

TITLE = "Plugin tutorial: count the objects"
EMPTY = {"JOB_0": {"annotations": []}}
SOURCE = """
from kili.plugins import PluginCore

class PluginHandler(PluginCore):
    def on_submit(self, label, asset_id):
        print("submitted")
"""

ALIASES = {
    "submit": "users.submit",
    "review": "users.review",
    "save": "users.save",
    "send_back": "users.send_back",
    "skip": "users.skip",
    "unskip": "users.unskip",
    "click": "users.click",
    "trigger": "plugins.trigger",
    "link_plugin": "plugins.link",
    "unlink_plugin": "plugins.unlink",
    "plugin_versions": "plugins.versions",
    "plugin_files": "plugins.files",
    "plugin_diff": "plugins.diff",
    "run": "runs.show",
    "mark_of": "runs.mark_of",
}


@pytest.fixture(scope="module")
def emulator_of_module() -> Iterator[Emulator]:
    with Emulator(seed=0) as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_of_module: Emulator) -> Emulator:
    emulator_of_module.reset()
    return emulator_of_module


@pytest.fixture
def linked(emulator: Emulator, tmp_path: Path) -> Emulator:
    source = tmp_path / "counter.py"
    source.write_text(SOURCE)
    plugin = emulator.plugins.link("counter", source, projects=[TITLE])
    assert plugin["status"] == "ACTIVE"
    return emulator


@pytest.mark.parametrize("alias", ALIASES)
def test_alias_equals_the_method_of_its_part(emulator: Emulator, alias: str) -> None:
    part, method = ALIASES[alias].split(".")

    assert getattr(emulator, alias) == getattr(getattr(emulator, part), method)


def test_runs_and_plugins_called_as_functions_return_lists(linked: Emulator) -> None:
    submitted = linked.users.submit(TITLE, "aquarium", EMPTY)
    runs = linked.runs.list(plugin="counter")

    assert submitted["after"]["status"] == "LABELED"
    assert [run["id"] for run in runs] == [run["id"] for run in submitted["runs"]]
    assert linked.runs(plugin="counter") == runs
    assert linked.runs(failed=True) == linked.runs.list(failed=True) == []
    assert linked.plugins() == linked.plugins.list()
    assert [plugin["name"] for plugin in linked.plugins()] == ["counter"]
    assert linked.runs.show(runs[0]["id"])["lines"][0]["content"] == "submitted"


def test_second_world_is_created_reset_and_deleted(emulator: Emulator) -> None:
    created = emulator.worlds.create("second", "empty", seed=1)
    mark = emulator.worlds.mark()
    emulator.users.submit(TITLE, "aquarium", EMPTY)

    assert created["scenario"] == "empty"
    assert all(key.endswith(".second") for key in created["keys"].values())
    assert [world["name"] for world in emulator.worlds.list()] == ["default", "second"]
    assert emulator.worlds.reset("second") == created
    assert emulator.worlds.reset(mark=mark)["name"] == "default"
    assert emulator.users.submit(TITLE, "aquarium", EMPTY)["before"]["status"] == "TODO"
    emulator.worlds.delete("second")
    assert [world["name"] for world in emulator.worlds.list()] == ["default"]
    with pytest.raises(WorldError, match="second"):
        emulator.worlds.reset("second")


@pytest.mark.parametrize(
    "call",
    [
        lambda emulator: emulator.plugins.versions("counte"),
        lambda emulator: emulator.plugins.files("counte"),
        lambda emulator: emulator.plugins.diff("counte", 1, 2),
        lambda emulator: emulator.plugins.unlink("counte"),
        lambda emulator: emulator.plugins.trigger("on_submit", "counte", TITLE, {}),
        lambda emulator: emulator.runs.list(plugin="counte"),
    ],
    ids=["versions", "files", "diff", "unlink", "trigger", "runs"],
)
def test_all_methods_raise_one_error_for_an_unknown_plugin(
    linked: Emulator, call: Callable[[Emulator], Any]
) -> None:
    with pytest.raises(KiliError) as caught:
        call(linked)

    assert caught.value.message == 'there is no plugin "counte" (there are: counter)'


def test_plugin_is_triggered_by_its_id(linked: Emulator) -> None:
    (plugin,) = linked.plugins.list()
    label = {"label": {"jsonResponse": {}}, "asset_id": "any"}

    run = linked.plugins.trigger("on_submit", plugin["id"], TITLE, label)

    assert (run["plugin"], run["outcome"]) == ("counter", "SUCCEEDED")
