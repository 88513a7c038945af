"""The state of a plugin on a project follows from its versions and activations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from kili_emulator.domain import plugin as plugin_domain
from kili_emulator.domain.documents import PluginDoc
from kili_emulator.domain.plugin_state import get_plugin_state
from kili_emulator.domain.plugin_subscription import PluginSubscription
from kili_emulator.domain.world import Actor, Transaction, World
from kili_emulator.rules.blockers import PluginState

PLUGIN: PluginDoc = {
    "id": "plugin",
    "name": "P",
    "organizationId": "o",
    "creatorId": "c",
    "userId": "u",
    "projectIds": [],
    "status": "DEPLOYING",
    "activeVersionId": None,
    "uploadId": None,
    "link": None,
    "createdAt": "2024-01-01T00:00:00.000Z",
    "updatedAt": "2024-01-01T00:00:00.000Z",
}


class PluginWorld:
    """A world with one plugin."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.versions: list[str] = []
        with self._change() as tx:
            tx.plugins.insert(PLUGIN)

    def _change(self) -> Any:
        return self.world.transaction(Actor.system())

    def _plugin(self, tx: Transaction) -> PluginDoc:
        return tx.plugins.require("plugin")

    def deploy(self, *handlers: str) -> None:
        """Ask for the deployment of a version."""
        with self._change() as tx:
            subscription = PluginSubscription(list(handlers))
            version = plugin_domain.add_version(tx, self._plugin(tx), subscription)
            self.versions.append(version["id"])

    def build(self, number: int, *problems: str) -> None:
        """Finish the build of a version."""
        with self._change() as tx:
            plugin_domain.finish_deployment(tx, self.versions[number - 1], list(problems))

    def activate(self, project_id: str) -> str:
        """Activate the plugin on a project, as ``plugin.activate`` does; return the time."""
        with self._change() as tx:
            member_data = {"pluginId": "plugin"}
            tx.emit(plugin_domain.ACTIVATED, member_data, project_id=project_id, internal=True)
            plugin = self._plugin(tx)
            tx.plugins.change(plugin, projectIds=[*plugin["projectIds"], project_id])
            return str(tx.now)

    def deactivate(self, project_id: str) -> str:
        with self._change() as tx:
            plugin_domain.remove_from_project(tx, self._plugin(tx), project_id)
            return str(tx.now)

    def state(self, project_id: str = "p") -> PluginState:
        view = self.world.view
        return get_plugin_state(view, view.plugins.require("plugin"), project_id)


@pytest.fixture
def plugin_world() -> Iterator[PluginWorld]:
    with closing(World("w")) as world:
        yield PluginWorld(world)


def test_plugin_activated_only_on_another_project_is_never_active(
    plugin_world: PluginWorld,
) -> None:
    plugin_world.activate("another")
    state = plugin_world.state()
    assert (state.activity, state.since) == ("NEVER_ACTIVE", None)


def test_activity_follows_the_last_change_on_the_project(plugin_world: PluginWorld) -> None:
    first = plugin_world.activate("p")
    assert (plugin_world.state().activity, plugin_world.state().since) == ("ACTIVE", first)
    plugin_world.activate("another")
    last = plugin_world.deactivate("p")
    plugin_world.deactivate("another")
    assert (plugin_world.state().activity, plugin_world.state().since) == ("DEACTIVATED", last)
    again = plugin_world.activate("p")
    assert (plugin_world.state().activity, plugin_world.state().since) == ("ACTIVE", again)
    assert plugin_world.state().first_active == first


def test_plugin_without_a_version_has_nothing_deployed(plugin_world: PluginWorld) -> None:
    state = plugin_world.state()
    assert (state.deployment, state.version, state.newest) == ("NOTHING_DEPLOYED", None, None)


def numbers(state: PluginState) -> tuple[int, int]:
    assert state.version
    assert state.newest
    return state.version.number, state.newest.number


@pytest.mark.parametrize(
    ("builds", "deployment", "called", "newest"),
    [
        ([], "DEPLOYING", 2, "DEPLOYING"),
        ([(1, True)], "BUILT", 1, "DEPLOYING"),  # it runs while the second one is deployed
        ([(1, False)], "DEPLOYING", 2, "DEPLOYING"),
        ([(1, False), (2, False)], "BUILD_FAILED", 2, "BUILD_FAILED"),
        ([(1, True), (2, False)], "BUILT", 1, "BUILD_FAILED"),
        ([(1, False), (2, True)], "BUILT", 2, "BUILT"),
        ([(1, True), (2, True)], "BUILT", 2, "BUILT"),
        ([(2, True), (1, True)], "BUILT", 2, "BUILT"),  # the older one is built late
        ([(2, False)], "BUILD_FAILED", 2, "BUILD_FAILED"),
    ],
)
def test_called_version_is_the_newest_built_version(
    plugin_world: PluginWorld,
    builds: list[tuple[int, bool]],
    deployment: str,
    called: int,
    newest: str,
) -> None:
    plugin_world.deploy("onSubmit")
    plugin_world.deploy("onReview")
    for number, succeeds in builds:
        plugin_world.build(number, *([] if succeeds else ["no luck"]))
    state = plugin_world.state()
    assert (state.deployment, state.newest_deployment) == (deployment, newest)
    assert numbers(state) == (called, 2)
    assert state.version
    assert state.version.handlers == ["onSubmit" if called == 1 else "onReview"]
