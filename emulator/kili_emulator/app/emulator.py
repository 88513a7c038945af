"""The emulator in this process: the public Python API."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kili_emulator.app.direct_connections import direct_connections
from kili_emulator.app.emulator_front import EmulatorFront
from kili_emulator.app.platform import Platform
from kili_emulator.client import WsgiTransport
from kili_emulator.client.worlds import Scenario
from kili_emulator.config import (
    SettingArguments,
    check_setting_names,
    load_embedded_settings,
    unknown_variables,
)
from kili_emulator.domain.registry import GivenScenario
from kili_emulator.domain.world import World
from kili_emulator.folder_lock import lock_folder
from kili_emulator.plugins.guest import sdk_ids
from kili_emulator.sdk.process_speed import fast_sdk_of_process

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from kili_emulator.app.remote_emulator import RemoteEmulator
    from kili_emulator.app.spawned_emulator import SpawnedEmulator

_REMEDY = "use it as `with Emulator() as emulator:`, or call `start()`"


class Emulator(EmulatorFront):
    """An emulator in this process, with a world of its own, in memory.

    ::

        with Emulator() as emulator:
            kili = emulator.client()
            mark = emulator.mark()
            ...
            emulator.reset(mark)

    In a notebook, ``emulator = Emulator().start()`` and ``emulator.stop()`` do the same. See also
    :meth:`spawn` for an emulator in a process of its own, and :meth:`connect` for one that runs.

    Settings that are not given here come from ``KILI_EMULATOR_*`` and ``[tool.kili-emulator]``,
    except ``host``, ``port``, ``data_dir`` and ``ephemeral``: those settings are for the server of
    ``kili-emulator start``, which is independent of this emulator.

    Args:
        scenario: the content of the world: ``default``, ``empty``, the path of a scenario file, or
            a dictionary with its members.
        seed: makes random draws, ids and times repeatable: the clock of the world starts at
            ``2026-01-05T09:00:00Z`` and moves by a millisecond for each change, and the ids that
            the SDK makes in this process are drawn from the seed.
        fast_sdk: while the emulator runs, shorten the pauses of the SDK in this process, those
            between attempts included, and lift its limit of calls per minute.
        options: further members of :class:`kili_emulator.config.Settings`.

    Raises:
        TypeError: an option is unknown.
        SettingsError: a value is not valid.
        DataFolderError: at the start, another emulator uses the data folder,
            or the folder cannot be used.
        ScenarioError: at the start, the scenario does not exist or cannot be read.
        OSError: at the start, the address is in use.

    Attributes:
        world: the world, to inspect its data (``world.documents`` is a TinyDB).
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
        fast_sdk: bool = True,
        **options: Unpack[SettingArguments],
    ) -> None:
        check_setting_names("Emulator()", options)
        for warning in unknown_variables(os.environ):
            warnings.warn(warning, stacklevel=2)
        self._content: GivenScenario | None = None
        if isinstance(scenario, Mapping):
            self._content, scenario = GivenScenario(scenario), None
        source = None if scenario is None else os.fspath(scenario)
        self._settings = load_embedded_settings({"scenario": source, "seed": seed, **options})
        self._fast_sdk = fast_sdk
        self._platform: Platform | None = None
        super().__init__(WsgiTransport(lambda: self.platform.call_in_process))

    @staticmethod
    def spawn(
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
        fast_sdk: bool = True,
        **options: Unpack[SettingArguments],
    ) -> SpawnedEmulator:
        """Start an emulator in a process of its own, which ends with ``stop()`` or with this one.

        ::

            with Emulator.spawn(seed=7) as emulator:
                kili = emulator.client()

        The arguments are those of :class:`Emulator`. ``fast_sdk`` is about this process.

        Raises:
            TypeError: an option is unknown.
            SettingsError: a value is not valid.
            SpawnError: the emulator does not start; the message has its output.
        """
        from kili_emulator.app.spawned_emulator import SpawnedEmulator

        check_setting_names("Emulator.spawn()", options)
        return SpawnedEmulator(scenario, {"seed": seed, **options}, fast_sdk=fast_sdk)

    @staticmethod
    def connect(
        url: str | None = None,
        key: str | None = None,
        *,
        world: str | None = None,
        fast_sdk: bool = True,
    ) -> RemoteEmulator:
        """Connect to an emulator that runs; ``stop()`` ends the use of it, not the emulator.

        Args:
            url: its address, or its GraphQL endpoint; by default ``KILI_API_ENDPOINT``.
            key: the API key of an administrator; by default ``KILI_API_KEY``.
            world: the name of the world to use; by default, the world of the key.
            fast_sdk: make the SDK of this process fast, until ``stop()``.

        Raises:
            ValueError: the address or the key is neither given nor in the environment.
            UnreachableError: nothing answers at the address.
            RequestRefusedError: no emulator answers there, or it does not accept the key.
            WorldError: the world is unknown.
        """
        from kili_emulator.app.remote_emulator import connect

        return connect(url, key, world=world, fast_sdk=fast_sdk)

    def start(self) -> Self:
        """Start the emulator, if it is not running, and return it."""
        if self._platform is not None:
            return self
        with contextlib.ExitStack() as undo:  # undoes the first steps if a later one fails
            if self._settings.folder:
                undo.enter_context(lock_folder(self._settings.folder))
            platform = Platform(self._settings, self._content)
            undo.callback(platform.close)
            undo.enter_context(direct_connections(platform.url))
            platform.open_worlds()
            if self._fast_sdk:
                undo.enter_context(fast_sdk_of_process())
            undo.enter_context(self._repeatable_sdk_ids(platform))
            platform.server.start()
            self._exit = undo.pop_all()
        self._platform = platform
        return self

    def stop(self) -> None:
        """Stop the emulator, if it is running; it can be started again, with its scenario."""
        self._close()
        self._platform = None

    @contextlib.contextmanager
    def _repeatable_sdk_ids(self, platform: Platform) -> Iterator[None]:
        """Draw the ids that the SDK makes in this process from the world, if it has a seed.

        They then continue from a mark after a reset, as the ids of the world do.
        """
        world = platform.registry.get(self.world_name)
        if not world.ids.repeatable:
            yield
            return
        with sdk_ids.drawn_from(lambda: str(world.ids.state())) as restart:
            world.after_roll_back.append(restart)
            yield

    def __enter__(self) -> Self:
        return self.start()

    @property
    def is_running(self) -> bool:
        """Whether the emulator can be used now."""
        return self._platform is not None

    @property
    def platform(self) -> Platform:
        """The running emulator.

        Raises:
            RuntimeError: the emulator is not running, as it is outside its ``with`` block.
        """
        if self._platform is None:
            raise RuntimeError(f"the emulator is not running: {_REMEDY}")
        return self._platform

    @property
    def url(self) -> str:
        return self.platform.url

    @property
    def world(self) -> World:
        return self.platform.registry.get(self.world_name)
