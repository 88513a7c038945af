"""The emulator in this process: the public Python API."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kili_emulator import private_files
from kili_emulator.app.checkpoints import Checkpoint, Checkpoints
from kili_emulator.app.platform import Platform, direct_connections
from kili_emulator.app.plugins import Plugins
from kili_emulator.app.runs import Runs
from kili_emulator.app.users import Users
from kili_emulator.app.worlds import IDLE_SECONDS, Worlds
from kili_emulator.config import (
    DEFAULT_WORLD,
    SettingArguments,
    load_embedded_settings,
    no_proxy,
    setting_names,
    suggest_setting,
    unknown_variables,
)
from kili_emulator.domain.why.explanation import Explanation
from kili_emulator.domain.why.question import Question
from kili_emulator.domain.world import Mark, World
from kili_emulator.folder_lock import lock_folder
from kili_emulator.plugins.guest.sdk_client import client_options
from kili_emulator.services import why
from kili_emulator.services.session import WorldSession

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Emulator:
    """An emulator in this process, with a world of its own, in memory.

    ::

        with Emulator() as emulator:
            kili = emulator.client()
            mark = emulator.mark()
            ...
            emulator.reset(mark)

    Settings that are not given here come from ``KILI_EMULATOR_*`` and ``[tool.kili-emulator]``,
    except ``host``, ``port``, ``data_dir`` and ``ephemeral``: those settings are for the server of
    ``kili-emulator start``, which is independent of this emulator.

    Args:
        scenario: the content of the world: ``default``, ``empty``, or the path of a scenario file.
        seed: makes random draws and the random part of ids repeatable; with a frozen clock, the
            whole ids.
        options: further members of :class:`kili_emulator.config.Settings`.

    Raises:
        TypeError: an option is unknown.
        SettingsError: a value is not valid.
        DataFolderError: at the start of the ``with`` block, another emulator uses the data folder,
            or the folder cannot be used.

    Attributes:
        users: simulated users: ``emulator.users.submit(…)``.
        plugins: plugins and webhooks: ``emulator.plugins.link(…)``.
        runs: the runs of plugins: ``emulator.runs.list(…)``.
        worlds: the worlds of the emulator, this one and others: ``emulator.worlds.create(…)``.
        url: the address of the server.
        endpoint: the value for ``KILI_API_ENDPOINT``.
        world: the world, to inspect its data (``world.documents`` is a TinyDB).
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | None = None,
        *,
        seed: int | None = None,
        **options: Unpack[SettingArguments],
    ) -> None:
        for name in options.keys() - setting_names():
            raise TypeError(
                f"Emulator() got an unexpected keyword argument {name!r}{suggest_setting(name)}"
            )
        for warning in unknown_variables(os.environ):
            warnings.warn(warning, stacklevel=2)
        settings_arguments = {"scenario": scenario and os.fspath(scenario), "seed": seed, **options}
        self._settings = load_embedded_settings(settings_arguments)
        self._exit = contextlib.ExitStack()
        self._clients: dict[tuple[str, str], Any] = {}
        self._platform: Platform | None = None
        self.world_name = DEFAULT_WORLD
        self.users = Users(self._session)
        self.plugins = Plugins(self._session)
        self.runs = Runs(self._session)
        self.worlds = Worlds(self._session, lambda: self.platform)
        self._checkpoints = Checkpoints(
            self.worlds.mark, self._roll_back
        )
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

    def __enter__(self) -> Emulator:
        with contextlib.ExitStack() as undo:  # undoes the first steps if a later one fails
            if self._settings.folder:
                undo.enter_context(lock_folder(self._settings.folder))
            platform = Platform(self._settings)
            undo.callback(platform.close)
            undo.enter_context(direct_connections(platform.url))
            platform.open_worlds()
            platform.server.start()
            self._exit = undo.pop_all()
        self._platform = platform
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._checkpoints.clear()
        self._clients.clear()
        self._exit.close()
        self._platform = None

    @property
    def platform(self) -> Platform:
        """The running emulator.

        Raises:
            RuntimeError: the emulator is not running, as it is outside its ``with`` block.
        """
        if self._platform is None:
            raise RuntimeError("the emulator is not running: use it as `with Emulator() as emu:`")
        return self._platform

    @property
    def url(self) -> str:
        return self.platform.url

    @property
    def endpoint(self) -> str:
        return self.platform.endpoint

    @property
    def world(self) -> World:
        return self.platform.registry.get(self.world_name)

    def key(self, name: str = "admin") -> str:
        """Return an API key of the scenario by its name: ``admin``, ``manager``, ``reviewer``, …

        Raises:
            KeyError: the scenario has no key of this name.
        """
        keys = {key["name"]: str(key["key"]) for key in self.world.view.api_keys.all()}
        if name not in keys:
            raise KeyError(f"no key is named {name!r}; there are: {', '.join(sorted(keys))}")
        return keys[name]

    def client(self, name: str = "admin") -> Any:
        """Return a ``kili.client.Kili`` with that key.

        Creating a client takes long, so that further calls return the same one.
        """
        cache_key = (self.world_name, name)
        if cache_key not in self._clients:
            self._clients[cache_key] = self._make_client(self.key(name))
        return self._clients[cache_key]

    def _make_client(self, key: str) -> Any:
        from kili.client import Kili

        folder = self._exit.enter_context(private_files.temporary_folder("kili-cache-"))
        return Kili(**client_options(self.endpoint, key, Path(folder)))

    def mark(self) -> Mark:
        """Return a mark of the present state of the world: ``worlds.mark()``."""
        return self.worlds.mark()

    def checkpoint(self) -> Checkpoint:
        """Make the present state the one that :meth:`reset` returns to, in place of the scenario.

        ::

            with emulator.checkpoint():
                ...
                emulator.reset()  # to the state at the begin of the block

        Checkpoints nest. Without ``with``, a checkpoint holds until its ``end()``, or until the
        emulator ends.
        """
        return self._checkpoints.add()

    def reset(self, mark: Mark | None = None) -> None:
        """Wait for the plugins, then roll the world back.

        Args:
            mark: the state to return to; by default, that of the last :meth:`checkpoint`, or else
                that after the scenario was loaded.

        Raises:
            WorldError: the mark is of a time that was undone, or of a time before a checkpoint.
        """
        self._checkpoints.reset(mark)

    def _roll_back(self, mark: Mark | None) -> None:
        self.worlds.reset(mark=mark)

    def wait_idle(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait until no plugin is running; return whether all were idle in time."""
        return self.worlds.wait_idle(seconds)

    def why(
        self,
        *,
        label: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        event: str | None = None,
        plugin: str | None = None,
    ) -> Explanation:
        """Explain why a plugin was called, or was not, for a label, an asset or an event.

        Args:
            label: the id of a label.
            asset: the id of an asset, or with ``project`` its external id.
            project: the project's id or title.
            event: the id of an event of the audit trail.
            plugin: the name or id of the plugin; ``None`` for all plugins of the organization.

        Raises:
            KiliError: an argument is unknown, or the number of label, asset and event is not one.
        """
        return why.answer(self._session(), Question(label, asset, project, event, plugin))

    def _session(self) -> WorldSession:
        """Return the context of a service call on this emulator's world."""
        return WorldSession(self.world, self.platform.host, self._settings.sync_wait)

    def environment(self, name: str = "admin") -> Mapping[str, str]:
        """Return the environment variables that a client process needs to use this emulator."""
        return {
            "KILI_API_ENDPOINT": self.endpoint,
            "KILI_API_KEY": self.key(name),
            "NO_PROXY": no_proxy(self.url),
        }
