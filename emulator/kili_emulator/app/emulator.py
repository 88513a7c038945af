"""The emulator in this process: the public Python API."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kili_emulator.app.emulator_front import EmulatorFront
from kili_emulator.app.platform import Platform, direct_connections
from kili_emulator.client import WsgiTransport
from kili_emulator.config import (
    SettingArguments,
    load_embedded_settings,
    setting_names,
    suggest_setting,
    unknown_variables,
)
from kili_emulator.domain.registry import GivenScenario
from kili_emulator.domain.world import World
from kili_emulator.folder_lock import lock_folder

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Emulator(EmulatorFront):
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
        scenario: the content of the world: ``default``, ``empty``, the path of a scenario file, or
            a dictionary with its members.
        seed: makes random draws and the random part of ids repeatable; with a frozen clock, the
            whole ids.
        options: further members of :class:`kili_emulator.config.Settings`.

    Raises:
        TypeError: an option is unknown.
        SettingsError: a value is not valid.
        DataFolderError: at the start of the ``with`` block, another emulator uses the data folder,
            or the folder cannot be used.

    Attributes:
        world: the world, to inspect its data (``world.documents`` is a TinyDB).
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any] | None = None,
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
        self._content: GivenScenario | None = None
        if isinstance(scenario, Mapping):
            self._content, scenario = GivenScenario(scenario), None
        source = None if scenario is None else os.fspath(scenario)
        self._settings = load_embedded_settings({"scenario": source, "seed": seed, **options})
        self._platform: Platform | None = None
        super().__init__(WsgiTransport(lambda: self.platform.call_in_process))

    def __enter__(self) -> Emulator:
        with contextlib.ExitStack() as undo:  # undoes the first steps if a later one fails
            if self._settings.folder:
                undo.enter_context(lock_folder(self._settings.folder))
            platform = Platform(self._settings, self._content)
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
    def world(self) -> World:
        return self.platform.registry.get(self.world_name)
