"""The emulator that a command addresses."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kili_emulator.cli.options import data_dir_option, world_option
from kili_emulator.cli.server_process import process_of
from kili_emulator.client import ControlPlane, HttpTransport, RequestRefusedError
from kili_emulator.errors import KiliError

C = TypeVar("C", bound=Callable[..., Any])


class AddressedServer:
    """The emulator that a command addresses; it is looked for at the first use."""

    def __init__(self, data_dir: Path | None, world: str) -> None:
        self._data_dir = data_dir
        self._world = world

    @functools.cached_property
    def control(self) -> ControlPlane:
        """The control plane of the world that the command addresses."""
        process = process_of(self._data_dir)
        return ControlPlane(HttpTransport(process.url, process.key), self._world)


def server_options(command: C) -> C:
    """Add the options that choose an emulator; the command gets it as the argument ``server``."""

    @functools.wraps(command)
    def call(*arguments: Any, **options: Any) -> Any:
        server = AddressedServer(options.pop("data_dir"), options.pop("world"))
        try:
            return command(*arguments, server=server, **options)
        except (KiliError, RequestRefusedError) as error:
            raise click.ClickException(str(getattr(error, "message", error))) from None

    decorated: Any = call
    decorated = data_dir_option(world_option("The world.")(decorated))
    return cast(C, decorated)
