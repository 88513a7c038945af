"""What one can do with an emulator from Python, wherever the emulator runs."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kili_emulator import private_files
from kili_emulator.client import ControlPlane, Transport
from kili_emulator.client.worlds import IDLE_SECONDS
from kili_emulator.config import DEFAULT_WORLD, GRAPHQL_PATH, no_proxy
from kili_emulator.plugins.guest.sdk_client import client_options

if TYPE_CHECKING:
    from kili.client import Kili

    from kili_emulator.domain.world import Mark


class EmulatorFront:
    """The verbs of an emulator: in this process, in another one, or on another machine.

    Args:
        transport: carries the requests to the control plane of the emulator.
        world: the name of the world that the verbs are about.

    Attributes:
        users: simulated users: ``emulator.users.submit(…)``.
        plugins: plugins and webhooks: ``emulator.plugins.link(…)``.
        runs: the runs of plugins: ``emulator.runs.list(…)``.
        worlds: the worlds of the emulator, this one and others: ``emulator.worlds.create(…)``.
        why: explains why a plugin was called, or was not: ``emulator.why(label=…)``.
    """

    def __init__(self, transport: Transport, world: str = DEFAULT_WORLD) -> None:
        control = ControlPlane(transport, world)
        self.world_name = world
        self.users = control.users
        self.plugins = control.plugins
        self.runs = control.runs
        self.worlds = control.worlds
        self.why = control.why
        self._exit = contextlib.ExitStack()
        self._clients: dict[str, Kili] = {}
        self._add_aliases()

    def _add_aliases(self) -> None:
        """Add the methods of the parts that can also be called on the emulator itself."""
        self.submit, self.review = self.users.submit, self.users.review
        self.save, self.send_back = self.users.save, self.users.send_back
        self.skip, self.unskip, self.click = self.users.skip, self.users.unskip, self.users.click
        self.trigger = self.plugins.trigger
        self.link_plugin, self.unlink_plugin = self.plugins.link, self.plugins.unlink
        self.plugin_versions, self.plugin_files = self.plugins.versions, self.plugins.files
        self.plugin_diff = self.plugins.diff
        self.run, self.mark_of = self.runs.show, self.runs.mark_of

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the emulator, without a path."""

    @property
    def endpoint(self) -> str:
        """The value for ``KILI_API_ENDPOINT``."""
        return f"{self.url}{GRAPHQL_PATH}"

    def key(self, name: str = "admin") -> str:
        """Return an API key of the scenario by its name: ``admin``, ``manager``, ``reviewer``, …

        Raises:
            KeyError: the scenario has no key of this name.
        """
        keys = self.worlds.show()["keys"]
        if name not in keys:
            raise KeyError(f"no key is named {name!r}; there are: {', '.join(sorted(keys))}")
        return keys[name]

    def client(self, name: str = "admin") -> Kili:
        """Return a ``kili.client.Kili`` with that key.

        Creating a client takes long, so that further calls return the same one.
        """
        if name not in self._clients:
            self._clients[name] = self._make_client(self.key(name))
        return self._clients[name]

    def _make_client(self, key: str) -> Any:
        from kili.client import Kili

        folder = self._exit.enter_context(private_files.temporary_folder("kili-cache-"))
        return Kili(**client_options(self.endpoint, key, Path(folder)))

    def mark(self) -> Mark:
        """Return a mark of the present state of the world: ``worlds.mark()``."""
        return self.worlds.mark()

    def reset(self, mark: Mark | None = None) -> None:
        """Roll the world back to a mark, or to its scenario: ``worlds.reset()``."""
        self.worlds.reset(mark=mark)

    def wait_idle(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait until no plugin is running; return whether all were idle in time."""
        return self.worlds.wait_idle(seconds)

    def environment(self, name: str = "admin") -> Mapping[str, str]:
        """Return the environment variables that a client process needs to use this emulator."""
        return {
            "KILI_API_ENDPOINT": self.endpoint,
            "KILI_API_KEY": self.key(name),
            "NO_PROXY": no_proxy(self.url),
        }
