"""What one can do with an emulator from Python, wherever the emulator runs."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict

from kili_emulator import private_files
from kili_emulator.app.checkpoints import Checkpoint, Checkpoints
from kili_emulator.client import ControlPlane, Transport
from kili_emulator.client.worlds import IDLE_SECONDS, Scenario
from kili_emulator.config import DEFAULT_WORLD, GRAPHQL_PATH, no_proxy
from kili_emulator.plugins.guest import sdk_ids
from kili_emulator.plugins.guest.sdk_client import client_options
from kili_emulator.printable import shorten

if TYPE_CHECKING:
    from kili.client import Kili
    from typing_extensions import Self, Unpack

    from kili_emulator.domain.world import Mark


_MAX_TITLES = 5


class ClientOptions(TypedDict, total=False):
    """The arguments of ``Kili`` that ``client()`` passes on; old SDKs have some of them only."""

    verify: bool | str | None
    client_name: Any
    graphql_client_params: Mapping[str, Any] | None
    disable_tqdm: bool | None
    disable_request_compression: bool | None


class EmulatorFront(ABC):
    """The verbs of an emulator: in this process, in another one, or on another machine.

    Args:
        transport: carries the requests to the control plane of the emulator.
        world: the name of the world that the verbs are about.

    Attributes:
        users: simulated users: ``emulator.users.submit(…)``.
        content: lists of projects, assets and labels: ``emulator.content.assets(…)``.
        plugins: plugins and webhooks: ``emulator.plugins.link(…)``.
        runs: the runs of plugins: ``emulator.runs.list(…)``.
        worlds: the worlds of the emulator, this one and others: ``emulator.worlds.create(…)``.
        state: the world as a file: ``emulator.state.save("world.zip")``.
        imports: projects of other places: ``emulator.imports.read("export.zip")``.
        clock: the time of the world: ``emulator.clock.set("2026-01-05")``.
        faults: requests and plugins that fail on purpose: ``emulator.faults.add(…)``.
        calls, events, logs: the latest API requests, the events, the log lines of plugins.
        timeline: requests, each with the tree of what it caused.
        why: explains why a plugin was called, or was not: ``emulator.why(label=…)``.
    """

    def __init__(self, transport: Transport, world: str = DEFAULT_WORLD) -> None:
        control = ControlPlane(transport, world)
        self.world_name = world
        self.users = control.users
        self.content = control.content
        self.plugins = control.plugins
        self.runs = control.runs
        self.worlds = control.worlds
        self.state = control.state
        self.imports = control.imports
        self.clock = control.clock
        self.faults = control.faults
        self.why = control.why
        self.calls, self.events = control.observations.calls, control.observations.events
        self.logs, self.timeline = control.observations.logs, control.observations.timeline
        self._exit = contextlib.ExitStack()
        self._clients: dict[str, Kili] = {}
        self._checkpoints = Checkpoints(self.worlds.mark, self._roll_back)
        self._add_aliases()

    def _add_aliases(self) -> None:
        """Add the methods of the parts that can also be called on the emulator itself."""
        self.submit, self.review = self.users.submit, self.users.review
        self.save, self.send_back = self.users.save, self.users.send_back
        self.skip, self.unskip, self.click = self.users.skip, self.users.unskip, self.users.click
        self.freeze, self.advance = self.clock.freeze, self.clock.advance
        self.trigger = self.plugins.trigger
        self.link_plugin, self.unlink_plugin = self.plugins.link, self.plugins.unlink
        self.plugin_versions, self.plugin_files = self.plugins.versions, self.plugins.files
        self.plugin_diff = self.plugins.diff
        self.run, self.mark_of = self.runs.show, self.runs.mark_of

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the emulator, without a path.

        Raises:
            RuntimeError: the emulator is not running, or its use has ended.
        """

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

    def client(self, name: str = "admin", **options: Unpack[ClientOptions]) -> Kili:
        """Return a ``kili.client.Kili`` with that key, without progress bars.

        Creating a client takes long, so that further calls without options return the same one.

        Args:
            name: the name of the key, as for :meth:`key`.
            options: further arguments of ``Kili``, such as ``disable_tqdm=False``; with options,
                each call returns a new client.

        Raises:
            KeyError: the scenario has no key of this name.
            TypeError: ``Kili`` has no such argument, or ``name`` already decides about it.
        """
        if options:
            return self._make_client(name, options)
        if name not in self._clients:
            self._clients[name] = self._make_client(name, {})
        return self._clients[name]

    def _make_client(self, name: str, options: ClientOptions) -> Kili:
        from kili.client import Kili

        for decided in options.keys() & {"api_key", "api_endpoint"}:
            raise TypeError(f"client() chooses {decided!r}: give the name of a key instead")
        endpoint, key = self.endpoint, self.key(name)
        sdk_ids.replace_ids()
        folder = self._exit.enter_context(private_files.temporary_folder("kili-cache-"))
        chosen = client_options(endpoint, key, Path(folder))
        return Kili(**{**chosen, **options})

    def mark(self) -> Mark:
        """Return a mark of the present state of the world: ``worlds.mark()``."""
        return self.worlds.mark()

    def checkpoint(self, mark: Mark | None = None) -> Checkpoint:
        """Make the present state the one that :meth:`reset` returns to, in place of the scenario.

        ::

            with emulator.checkpoint():
                ...
                emulator.reset()  # to the state at the begin of the block

        Checkpoints nest. Without ``with``, a checkpoint holds until its ``end()``, or until the
        emulator ends.

        Args:
            mark: an earlier state, to return to that one.
        """
        return self._checkpoints.add(mark)

    def reset(self, mark: Mark | None = None, *, keep_plugins: bool = False) -> None:
        """Wait for the plugins, then roll the world back: ``worlds.reset()``.

        Args:
            mark: the state to return to; by default, that of the last :meth:`checkpoint`, or else
                that after the scenario was loaded.
            keep_plugins: keep the present plugins, with their versions and where they are active.

        Raises:
            WorldError: the mark is of a time that was undone, or of a time before a checkpoint.
        """
        self._checkpoints.reset(mark, keep_plugins=keep_plugins)

    def _roll_back(self, mark: Mark | None, keep_plugins: bool) -> None:
        self.worlds.reset(mark=mark, keep_plugins=keep_plugins)

    def load(self, scenario: Scenario) -> None:
        """Replace the content of the world by a scenario, until a reset: ``worlds.load()``."""
        self.worlds.load(scenario)

    def export(self) -> dict[str, list[dict[str, Any]]]:
        """Return all documents of the world with masked secrets, by table: ``worlds.export()``."""
        return self.worlds.export()

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

    @property
    @abstractmethod
    def is_running(self) -> bool:
        """Whether the emulator can be used now."""

    @abstractmethod
    def stop(self) -> None:
        """End the use of the emulator; a second call does nothing."""

    def _close(self) -> None:
        """Forget the clients, and undo what this process did for the emulator."""
        self._checkpoints.clear()
        self._clients.clear()
        self._exit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        place = f"at {self.url}, world {self.world_name}" if self.is_running else "not running"
        return f"<{type(self).__name__} {place}>"

    def _repr_html_(self) -> str:
        """Return a short description for notebooks."""
        if not self.is_running:
            return "<p><b>Kili Emulator</b>, not running</p>"
        world = self.worlds.show()
        titles = [each["title"] for each in world["projects"]]
        rows = [
            ("address", self.url),
            ("world", world["name"]),
            ("keys", ", ".join(world["keys"])),
            ("projects", ", ".join(map(shorten, titles[:_MAX_TITLES])) or "none"),
        ]
        if len(titles) > _MAX_TITLES:
            rows.append(("", f"and {len(titles) - _MAX_TITLES} more"))
        lines = [f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows]
        return f"<p><b>Kili Emulator</b></p><table>{''.join(lines)}</table>"
