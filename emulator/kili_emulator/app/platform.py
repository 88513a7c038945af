"""The composition root: assembles worlds, API, plugin host and web server."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask

from kili_emulator import data_folder, ids, private_files
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.app.graceful_stop import GracefulStop
from kili_emulator.clock import (
    ClockState,
    checked_moment,
    default_clock,
    first_clock,
    parse_time,
)
from kili_emulator.config import (
    DEFAULT_WORLD,
    GRAPHQL_PATH,
    IN_PROCESS,
    Settings,
    SettingsError,
)
from kili_emulator.domain.api_key import scenario_key
from kili_emulator.domain.registry import FirstClock, ScenarioSource, WorldRegistry
from kili_emulator.domain.world import World
from kili_emulator.http.application import create_application
from kili_emulator.http.control import control_blueprint
from kili_emulator.http.control.replays import add_replay_routes
from kili_emulator.http.fault_gate import FaultGate
from kili_emulator.http.metrics import Metrics
from kili_emulator.http.request_log import RequestLog
from kili_emulator.http.request_scope import RequestScopes
from kili_emulator.http.security import FileUrlSigner, Guard
from kili_emulator.http.server import HttpServer
from kili_emulator.http.stop_gate import StopGate
from kili_emulator.http.websocket_routes import WebsocketConnections, subscriptions_blueprint
from kili_emulator.instruments import Instruments
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.package_settings import PackageSettings
from kili_emulator.plugins.calls import Isolation
from kili_emulator.plugins.dispatch.host import PluginHost
from kili_emulator.plugins.inline.inline_tools import CallMethod
from kili_emulator.plugins.inline.isolation import InlineIsolation
from kili_emulator.plugins.scheduling.schedule import Timing
from kili_emulator.rules.plugin_policy import Policy
from kili_emulator.scenario import load_scenario, read_scenario, scenario_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from kili_emulator.replays.capsule import Capsule
    from kili_emulator.replays.comparison import ReplayView
    from kili_emulator.replays.plugin_code import PluginCode


class Platform:
    """A whole emulator: worlds, API, plugin host and web server.

    Args:
        settings: the settings of the emulator.
        scenario: the content of new worlds; by default, that of the settings.
        call_method: calls the methods of inline plugins under a debugger; ``None`` without one.

    Raises:
        DataFolderError: a file of the data folder, or the temporary folder, cannot be used.
        OSError: the address is in use.
    """

    def __init__(
        self,
        settings: Settings,
        scenario: ScenarioSource | None = None,
        *,
        call_method: CallMethod | None = None,
    ) -> None:
        self.settings = settings
        self._scenario = settings.scenario if scenario is None else scenario
        self._call_method = call_method
        self._request_log = RequestLog(settings.request_log)
        instruments = Instruments()
        self._isolation = self._make_isolation()
        self.host = self._make_host(instruments)
        self.registry = WorldRegistry(
            settings.folder,
            self._load_content,
            self._attach,
            self._detach,
            _first_clock(settings.start_time),
        )
        signer = FileUrlSigner(_signing_secret(settings.folder))
        executor = GraphQLExecutor()
        self._operations = executor.operations
        self.subscriptions = WebsocketConnections(self.registry, executor, self._request_log)
        self.application = self._make_application(executor, signer, instruments)
        self._fault_gate = FaultGate(
            self.application,
            self.registry,
            signer,
            executor,
            self._request_log,
            Guard.of(settings),
        )
        self._stop_gate = StopGate(self._fault_gate)
        self._cache = _make_cache()
        try:
            requests = RequestScopes(self._stop_gate, instruments)
            self.call_in_process = _InProcess(requests)
            self.server = HttpServer(requests, settings.host, settings.port)
        except BaseException:
            self._cache.cleanup()
            raise

    def open_worlds(self) -> None:
        """Open the worlds of earlier processes; create the default world if it does not exist."""
        self._isolation.prepare()
        self.registry.open_all()
        if DEFAULT_WORLD not in [world.name for world in self.registry.all()]:
            self.registry.create(DEFAULT_WORLD, self._scenario, self.settings.seed)

    def open_copy(self, copy: World) -> None:
        """Open a copy of a world, which is the only world of this platform."""
        self._isolation.prepare()
        self.host.attach_copy(copy)
        self.registry.add_copy(copy)

    def repeat_run(self, capsule: Capsule, code: PluginCode | None, times: int) -> ReplayView:
        """Repeat a run in a platform of its own, and compare the repetitions with its record."""
        from kili_emulator.app.replays import repeat_run

        return repeat_run(capsule, self.settings, code, times)

    @property
    def url(self) -> str:
        """The address of the server, as a client on this machine reaches it."""
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::") else self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server.port}"

    @property
    def endpoint(self) -> str:
        """The value for ``KILI_API_ENDPOINT``."""
        return f"{self.url}{GRAPHQL_PATH}"

    @property
    def has_plugins(self) -> bool:
        """Whether a world has a plugin, whose first run needs the SDK."""
        return any(world.view.plugins for world in self.registry.all())

    def after_first_answer(self, callback: Callable[[], None]) -> None:
        """Call a function once, after the server has sent its first answer."""
        self.server.call_after_first_answer(callback)

    def request_shutdown(self) -> None:
        """Ask the server to stop, as an interrupt does; request threads call this."""
        self.server.request_shutdown()

    def finish_work(self, seconds: float) -> None:
        """Begin nothing new, and wait for running requests and handlers, before :meth:`close`.

        Raises:
            KeyboardInterrupt: the user does not want to wait.
        """
        GracefulStop(self.server, self._stop_gate, self.host).wait(seconds)

    def close(self) -> None:
        """Stop the server, the plugin host and all worlds."""
        self.server.stop()
        self.subscriptions.close()
        self.host.close()
        self._isolation.close()
        self.registry.close()
        self._request_log.close()
        self._cache.cleanup()

    def _load_content(
        self, world: World, scenario: ScenarioSource, *, replace: bool = False
    ) -> None:
        public = self.settings.is_loopback or self.settings.public_keys

        def key_for(name: str) -> str:
            return scenario_key(name if public else ids.new_secret(), world.name)

        if isinstance(scenario, str):
            found = read_scenario(scenario)
        else:
            found = scenario_of(scenario.data, scenario.origin)
        load_scenario(world, found, key_for, replace=replace)

    def _attach(self, world: World) -> None:
        world.requests.limit = self.settings.kept_requests
        self.host.attach(world)
        self._fault_gate.attach(world)

    def _detach(self, world: World) -> None:
        self.subscriptions.detach(world)
        self.host.detach(world)

    def _make_isolation(self) -> Isolation:
        settings = self.settings
        if settings.plugin_isolation == "inline":
            return InlineIsolation(self._plugin_client, settings.plugin_memory, self._call_method)
        from kili_emulator.plugins.process.isolation import ProcessIsolation

        return ProcessIsolation(
            lambda: self.endpoint,
            settings.plugin_memory,
            max_idle=settings.plugin_idle_workers,
            python=settings.plugin_python,
        )

    def _make_host(self, instruments: Instruments) -> PluginHost:
        settings = self.settings
        return PluginHost(
            self._isolation,
            Timing(
                settings.plugin_timeout,
                settings.plugin_latency,
                waits_for_runs=settings.dispatch == "sync",
                deployment=settings.deploy_seconds,
                replayable_runs=settings.replayable_runs,
            ),
            PackageSettings(
                cast(Policy, settings.plugin_policy),
                Environment.of_interpreter(settings.plugin_python),
                settings.install_requirements,
            ),
            instruments.runs,
        )

    def _make_application(
        self, executor: GraphQLExecutor, signer: FileUrlSigner, instruments: Instruments
    ) -> Flask:
        application = create_application(
            self.settings,
            self.registry,
            executor,
            signer,
            self.host,
            self._make_control(instruments),
            request_log=self._request_log,
        )
        application.register_blueprint(subscriptions_blueprint(self.subscriptions, signer))
        return application

    def _make_control(self, instruments: Instruments) -> Blueprint:
        metrics = Metrics(
            instruments,
            self.registry,
            self.host,
            self.settings.folder,
            lambda: self.server.count_connections(),  # noqa: PLW0108  (the server does not exist yet)
        )
        blueprint = control_blueprint(
            self.registry,
            self.settings,
            self.host,
            self._scenario,
            self.request_shutdown,
            metrics,
            operations=self._operations,
        )
        add_replay_routes(blueprint, self.registry, self.host, self.settings, self.repeat_run)
        return blueprint

    def _plugin_client(self, key: str) -> Any:
        from kili_emulator.plugins.guest.sdk_client import make_client

        return make_client(self.endpoint, key, Path(self._cache.name))


def _first_clock(start_time: str) -> FirstClock:
    """Return how the clocks of new worlds go, by the setting ``start_time``.

    Raises:
        SettingsError: it is not a time, or not one that a world can have.
    """
    if start_time == "auto":
        return default_clock
    if start_time == "now":
        return lambda _: ClockState()
    try:
        start = checked_moment(parse_time(start_time))
    except ValueError:
        raise SettingsError(
            f"start_time = {start_time!r} is not allowed: give an ISO 8601 time such as "
            "2026-01-05T09:00:00Z, or one of now, auto"
        ) from None
    return partial(first_clock, start)


class _InProcess:
    """The application for calls from this process, which need no API key."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        environ[IN_PROCESS] = True
        return self._application(environ, start_response)


def _make_cache() -> tempfile.TemporaryDirectory[str]:
    try:
        return private_files.temporary_folder("kili-emulator-")
    except OSError as error:
        raise data_folder.DataFolderError(
            f"no temporary folder can be used ({error.strerror}): free space on its disk, or set "
            "TMPDIR to another folder"
        ) from None


def _signing_secret(folder: Path | None) -> str:
    """Return the secret that signs upload URLs, stored so that URLs survive a restart.

    Raises:
        DataFolderError: the file of the secret is damaged, or cannot be read or written.
    """
    if folder is None:
        return ids.new_secret()
    try:
        data_folder.prepare_folder(folder)
        return data_folder.read_secret(folder) or _store_new_secret(folder)
    except OSError as error:
        raise data_folder.refusal_of(folder, error) from None


def _store_new_secret(folder: Path) -> str:
    secret = ids.new_secret()
    private_files.write_file(folder / data_folder.SECRET, secret)
    return secret


def warm_up() -> None:
    """Import the SDK in the background, so that the first run does not wait for the import.

    The import takes 25 MiB. If there is no plugin yet, its build imports the SDK.
    """
    threading.Thread(target=__import__, args=("kili.plugins",), name="warm-up", daemon=True).start()
