"""The emulators that run on a data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import click

from kili_emulator.cli.state_folder import StateFolder, ephemeral_folders
from kili_emulator.cli.terminal import echo
from kili_emulator.config import (
    GRAPHQL_PATH,
    HEALTH_PATH,
    Settings,
    SettingsError,
    load_settings,
    no_proxy,
    unknown_variables,
)
from kili_emulator.data_folder import display_path

_WITHOUT_PROXY = {"http": "", "https": ""}


class ServerEndedError(click.ClickException):
    """The error of a request during which the emulator ended."""


@dataclass(frozen=True)
class ServerProcess:
    """A running emulator.

    Attributes:
        pid: the id of its process.
        url: its address, without a path.
        key: an administrator's API key of its default world.
    """

    pid: int
    url: str
    key: str

    def is_ready(self) -> bool:
        """Return whether the emulator answers."""
        import requests  # the import takes longer than most commands

        try:
            return requests.get(f"{self.url}{HEALTH_PATH}", timeout=2, proxies=_WITHOUT_PROXY).ok
        except requests.RequestException:
            return False

    @property
    def endpoint(self) -> str:
        """The value for ``KILI_API_ENDPOINT``."""
        return f"{self.url}{GRAPHQL_PATH}"


def client_variables(url: str, key: str) -> dict[str, str]:
    """Return the environment variables for a client; ``NO_PROXY`` keeps its present hosts."""
    return {
        "KILI_API_ENDPOINT": f"{url}{GRAPHQL_PATH}",
        "KILI_API_KEY": key,
        "NO_PROXY": no_proxy(url, os.environ.get("NO_PROXY", "")),
    }


def settings_from_options(options: Mapping[str, Any]) -> Settings:
    """Return the settings of a command; warn of unknown ``KILI_EMULATOR_`` variables.

    Raises:
        click.UsageError: a setting has an invalid value.
    """
    for warning in unknown_variables(os.environ):
        echo(f"Warning: {warning}", error=True)
    try:
        return load_settings(options)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


class Server(NamedTuple):
    """A running emulator, and its state folder."""

    folder: StateFolder
    process: ServerProcess


def find_persistent_server(settings: Settings) -> ServerProcess | None:
    """Return the emulator that runs on the data folder of the settings, if there is one."""
    return _read_process(StateFolder(settings.data_dir))


def find_server(settings: Settings) -> Server | None:
    """Return the emulator that a command addresses, if there is one.

    This is the emulator that runs on the data folder of the settings, or else the ephemeral one
    that was started with this data folder. ``KILI_API_ENDPOINT`` chooses among several.

    Raises:
        click.ClickException: there are several, and ``KILI_API_ENDPOINT`` names none of them.
    """
    servers = _servers(settings)
    endpoint = os.environ.get("KILI_API_ENDPOINT")
    for server in servers:
        if server.process.endpoint == endpoint:
            return server
    if len(servers) > 1 and servers[0].folder.ephemeral:
        addresses = ", ".join(f"{process.url} (process {process.pid})" for _, process in servers)
        raise click.ClickException(
            f"several ephemeral emulators run here: {addresses}. Set KILI_API_ENDPOINT as printed "
            "by the one that you want, or start each with its own --data-dir"
        )
    return servers[0] if servers else None


def find_server_at(settings: Settings, url: str) -> Server | None:
    """Return the emulator on the data folder of the settings that has this address, if any."""
    return next((each for each in _servers(settings) if each.process.url == url), None)


def _servers(settings: Settings) -> list[Server]:
    """Return the emulators that run on a data folder, or were started with it; that first."""
    folders = [StateFolder(settings.data_dir), *ephemeral_folders(settings.data_dir)]
    return [Server(each, process) for each in folders if (process := _read_process(each))]


def _read_process(folder: StateFolder) -> ServerProcess | None:
    announcement = folder.running_process()
    return ServerProcess(**announcement) if announcement else None


def was_stopped(server: Server) -> bool:
    """Return whether an emulator that ended was stopped, rather than killed or crashed.

    A stopped emulator removes its announcement before it closes its connections.
    """
    announcement = server.folder.read()
    return announcement is None or announcement["pid"] != server.process.pid


def find_ready_server(settings: Settings) -> ServerProcess | None:
    """Return the emulator that a command addresses, if it answers.

    Raises:
        click.ClickException: as :func:`find_server`.
    """
    server = find_server(settings)
    return server.process if server and server.process.is_ready() else None


def running_server(settings: Settings) -> Server:
    """Return the emulator that a command addresses.

    Raises:
        click.ClickException: no emulator runs, it does not answer, or as :func:`find_server`.
    """
    server = find_server(settings)
    if server is None:
        raise click.ClickException(
            f"no emulator runs on {display_path(settings.data_dir)}: start one with `kili-emulator "
            "start`"
        )
    if not server.process.is_ready():
        raise click.ClickException(
            f"the emulator on {display_path(settings.data_dir)}, process {server.process.pid}, "
            "does not answer: try again, or kill the process"
        )
    return server
