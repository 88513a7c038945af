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
from kili_emulator.observe.timeline import RequestNode
from kili_emulator.plugins.guest.sdk_client import client_options
from kili_emulator.services import calls, events, logs, timeline, why
from kili_emulator.services.calls import ApiCallView, CallQuery
from kili_emulator.services.events import EventQuery, EventView
from kili_emulator.services.logs import LogQuery
from kili_emulator.services.runs import RunLineView
from kili_emulator.services.session import WorldSession
from kili_emulator.services.timeline import TimelineSelection

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

    def reset(self, mark: Mark | None = None) -> None:
        """Roll the world back to a mark, or to its scenario: ``worlds.reset()``."""
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

    def calls(
        self,
        operation: str | None = None,
        *,
        user: str | None = None,
        failed: bool | None = None,
    ) -> list[ApiCallView]:
        """Return the API requests since the last reset, in the order of their arrival.

        The latest ``kept_requests`` of this process are kept.

        Args:
            operation: a root field, such as ``createIssues``; the name of an operation that a
                client sent; ``upload`` or ``download`` for files.
            user: the sender: an e-mail address, the name of an API key, or the name of a plugin.
            failed: only requests that were answered with an error, or only the others.

        Raises:
            KiliError: there is no such operation, user or plugin.
        """
        return calls.list_calls(self._session(), CallQuery(operation, user, failed))

    def events(
        self,
        type: str | None = None,  # noqa: A002
        *,
        project: str | None = None,
        asset: str | None = None,
        run: str | None = None,
        internal: bool = False,
    ) -> list[EventView]:
        """Return events, in order: those of the audit trail.

        Args:
            type: the name of the events, or a pattern such as ``asset.*``.
            project: the id or title of their project.
            asset: the id of their asset, or with ``project`` its external id.
            run: the id of the run that caused them.
            internal: include the emulator's own events, such as ``plugin.activated``.

        Raises:
            KiliError: there is no such event, project or asset.
        """
        query = EventQuery(type, project, asset, run, internal)
        return events.list_events(self._session(), query)

    def logs(self, plugin: str | None = None, *, project: str | None = None) -> list[RunLineView]:
        """Return the log lines of plugins, in the order in which they were stored.

        Args:
            plugin: only lines of the plugin with this name or id.
            project: only lines of runs on the project with this id or title.

        Raises:
            KiliError: plugin or project is unknown.
        """
        session = self._session().deploy_saved()
        return logs.list_logs(session, LogQuery(plugin, project)).lines

    def timeline(
        self,
        *,
        run: str | None = None,
        asset: str | None = None,
        project: str | None = None,
        limit: int | None = None,
    ) -> list[RequestNode]:
        """Return the requests that no plugin sent, oldest first, each with the tree of its effects.

        ``kili_emulator.observe.timeline.text_of`` formats a tree.

        Args:
            run: the id of a run: only what led to it, and its effects.
            asset: the id of an asset, or with ``project`` its external id.
            project: the id or title of a project.
            limit: the largest number of requests; the latest are returned.

        Raises:
            KiliError: run, asset or project is unknown, or ``run`` is given with another one.
        """
        selection = TimelineSelection(run, asset, project, limit)
        return timeline.show_timeline(self._session(), selection)

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
