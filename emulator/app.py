"""The composition root: puts an emulator together. The one module that knows everybody."""

from __future__ import annotations

import contextlib
import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from emulator import data_folder, ids, private
from emulator.api.execution import GraphQLExecutor
from emulator.config import (
    API_PATH,
    DEFAULT_WORLD,
    SettingArguments,
    Settings,
    load_embedded_settings,
    no_proxy,
    setting_names,
    suggested,
    unknown_variables,
)
from emulator.domain.api_key import scenario_key
from emulator.domain.registry import WorldRegistry
from emulator.domain.world import Mark, World
from emulator.http.application import create_application
from emulator.http.request_log import RequestLog
from emulator.http.security import UploadSigner
from emulator.http.server import HttpServer
from emulator.http.subscriptions import Subscriptions, subscriptions_blueprint
from emulator.inspected import Inspected
from emulator.linked import Linked
from emulator.played import Played, Stage
from emulator.plugins.calls import Isolation
from emulator.plugins.environment import Environment
from emulator.plugins.host import PluginHost
from emulator.plugins.inline import InlineIsolation
from emulator.plugins.isolated.isolation import ProcessIsolation
from emulator.plugins.requirements import Conditions
from emulator.plugins.schedule import Timing
from emulator.plugins.sdk import make_client
from emulator.rules.plugin_imports import Policy
from emulator.scenario import load_scenario, read_scenario

if TYPE_CHECKING:
    from typing_extensions import Unpack

KEY_NAMES = ("admin", "manager", "reviewer", "labeler")
_IDLE_SECONDS = 30.0


class Platform:
    """A whole emulator: worlds, API, plugin host and web server.

    Args:
        settings: how it runs.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._request_log = RequestLog(settings.request_log)
        self._isolation = self._make_isolation()
        self.host = PluginHost(
            self._isolation,
            Timing(
                settings.plugin_timeout,
                settings.plugin_latency,
                awaited=settings.dispatch == "sync",
                deployment=settings.deploy_seconds,
            ),
            Conditions(
                cast(Policy, settings.plugin_policy),
                Environment.of(settings.plugin_python),
                settings.install_requirements,
            ),
        )
        self.registry = WorldRegistry(
            settings.folder, self._furnish, self.host.attach, self._detach
        )
        signer = UploadSigner(_secret(settings.folder))
        executor = GraphQLExecutor()
        self.subscriptions = Subscriptions(self.registry, executor, self._request_log)
        self.application = create_application(
            settings,
            self.registry,
            executor,
            signer,
            self.host,
            self.finish,
            request_log=self._request_log,
        )
        self.application.register_blueprint(subscriptions_blueprint(self.subscriptions, signer))
        self.server = HttpServer(self.application, settings.host, settings.port)
        self._cache = private.temporary_folder("kili-emulator-")

    def open_worlds(self) -> None:
        """Open what an earlier run left, and make the default world where there is none."""
        self._isolation.prepare()
        self.registry.open_all()
        if DEFAULT_WORLD not in [world.name for world in self.registry.all()]:
            self.registry.create(DEFAULT_WORLD, self.settings.scenario, self.settings.seed)

    @property
    def url(self) -> str:
        """The address of the server, as a client on this machine reaches it."""
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::") else self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server.port}"

    @property
    def endpoint(self) -> str:
        """What ``KILI_API_ENDPOINT`` must be."""
        return f"{self.url}{API_PATH}/graphql"

    def finish(self) -> None:
        """End serving, as an interrupt does; for the threads of requests."""
        self.server.finish()

    def close(self) -> None:
        """Stop everything."""
        self.server.stop()
        self.subscriptions.close()
        self.host.close()
        self._isolation.close()
        self.registry.close()
        self._request_log.close()
        self._cache.cleanup()

    def _furnish(self, world: World, scenario: str) -> None:
        public = self.settings.is_loopback or self.settings.public_keys

        def key_for(name: str) -> str:
            return scenario_key(name if public else ids.secret(), world.name)

        load_scenario(world, read_scenario(scenario), key_for)

    def _detach(self, world: World) -> None:
        self.subscriptions.detach(world)
        self.host.detach(world)

    def _make_isolation(self) -> Isolation:
        settings = self.settings
        if settings.plugin_isolation == "inline":
            return InlineIsolation(self._plugin_client, settings.plugin_memory)
        return ProcessIsolation(
            lambda: self.endpoint, settings.plugin_memory, settings.plugin_python
        )

    def _plugin_client(self, key: str) -> Any:
        return make_client(self.endpoint, key, Path(self._cache.name))


def _secret(folder: Path | None) -> str:
    """What upload URLs are signed with; kept, so that they outlive a restart."""
    if folder is None:
        return ids.secret()
    data_folder.claim(folder)
    path = folder / data_folder.SECRET
    kept = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    if not kept:  # or a process ended before it had written one
        kept = ids.secret()
        private.write_file(path, kept)
    private.tighten(path)
    return kept


@contextlib.contextmanager
def direct_connections(url: str, environment: Any = os.environ) -> Iterator[None]:
    """Have clients of this process reach the emulator at that address directly, past any proxy."""
    before = environment.get("NO_PROXY")
    environment["NO_PROXY"] = no_proxy(url, before or "")
    try:
        yield
    finally:
        if before is None:
            del environment["NO_PROXY"]
        else:
            environment["NO_PROXY"] = before


class Emulator(Played, Inspected, Linked):
    """An emulator in this process, with a world of its own, in memory.

    ::

        with Emulator() as emulator:
            kili = emulator.client()
            mark = emulator.mark()
            ...
            emulator.reset(mark)

    ``KILI_EMULATOR_*`` and ``[tool.kili-emulator]`` hold for what is not given here, but for
    ``host``, ``port``, ``data_dir`` and ``ephemeral``: those are about the server of
    ``kili-emulator start``, which a test neither meets nor changes.

    Args:
        scenario: what the world holds: ``default``, ``empty``, or the path of a scenario file.
        seed: makes random draws and the random part of ids repeatable; under a frozen clock, ids
            as a whole.
        options: further members of :class:`emulator.config.Settings`.

    Raises:
        TypeError: there is no such option.
        SettingsError: a value cannot be used.

    Attributes:
        url: the address of the server.
        endpoint: what ``KILI_API_ENDPOINT`` must be.
        world: the world, for looking into (``world.documents`` is a TinyDB).
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
                f"Emulator() got an unexpected keyword argument {name!r}{suggested(name)}"
            )
        for warning in unknown_variables(os.environ):
            warnings.warn(warning, stacklevel=2)
        given = {"scenario": scenario and os.fspath(scenario), "seed": seed, **options}
        self._settings = load_embedded_settings(given)
        self._exit = contextlib.ExitStack()
        self._clients: dict[tuple[str, str], Any] = {}
        self._platform: Platform | None = None
        self.world_name = DEFAULT_WORLD

    def __enter__(self) -> Emulator:
        with contextlib.ExitStack() as undo:  # what was begun, should the rest fail
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
            RuntimeError: it is not running; use it in a ``with`` block.
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
        """The API key of a user of the scenario: ``admin``, ``manager``, ``reviewer``, …

        Raises:
            KeyError: the scenario gives nobody a key of this name.
        """
        keys = {key["name"]: str(key["key"]) for key in self.world.view.api_keys.all()}
        if name not in keys:
            raise KeyError(f"no key is named {name!r}; there are: {', '.join(sorted(keys))}")
        return keys[name]

    def client(self, name: str = "admin") -> Any:
        """A ``kili.client.Kili`` with that key; the same one each time, as making it takes long."""
        place = (self.world_name, name)
        if place not in self._clients:
            self._clients[place] = self._make_client(self.key(name))
        return self._clients[place]

    def _make_client(self, key: str) -> Any:
        from kili.client import Kili

        options: dict[str, Any] = {"api_key": key, "api_endpoint": self.endpoint}
        if "graphql_client_params" in Kili.__init__.__code__.co_varnames:
            cache = self._exit.enter_context(private.temporary_folder("kili-cache-"))
            options["graphql_client_params"] = {"graphql_schema_cache_dir": cache}
        return Kili(**options)

    def mark(self) -> Mark:
        """Remember this moment of the world."""
        return self.played().world.mark()

    def reset(self, mark: Mark | None = None) -> None:
        """Bring the world back to a mark; to its scenario, where none is given."""
        self.platform.host.wait_idle(self.world, _IDLE_SECONDS)
        self.platform.registry.reset(self.world_name, mark)

    def wait_idle(self, seconds: float = _IDLE_SECONDS) -> bool:
        """Wait until no plugin is at work; whether that came about in time."""
        self.platform.host.look(self.world, 0)
        return self.platform.host.wait_idle(self.world, seconds)

    def played(self) -> Stage:
        """The world, where what was saved has been deployed, and its host."""
        host = self.platform.host
        return Stage(self.world, host, host.look(self.world, self._settings.sync_wait))

    def environment(self, name: str = "admin") -> Mapping[str, str]:
        """The variables that a process needs to use this emulator."""
        return {
            "KILI_API_ENDPOINT": self.endpoint,
            "KILI_API_KEY": self.key(name),
            "NO_PROXY": no_proxy(self.url),
        }


def warm_up() -> None:
    """Import the SDK in the background, so that the first plugin need not wait for it."""
    threading.Thread(target=__import__, args=("kili.plugins",), name="warm-up", daemon=True).start()
