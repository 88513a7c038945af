"""The running emulator that a command is meant for: found by its folder, and asked over HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import click

from kili_emulator.cli.state_folder import StateFolder, display_path, ephemeral_folders
from kili_emulator.cli.terminal import echo
from kili_emulator.config import (
    API_PATH,
    Settings,
    SettingsError,
    load_settings,
    no_proxy,
    unknown_variables,
)

_WITHOUT_PROXY: dict[str, Any] = {"proxies": {"http": "", "https": ""}}


class RequestRefusedError(click.ClickException):
    """A running emulator refused what a command asked of it."""


class ServerEndedError(click.ClickException):
    """The emulator ended before it answered."""


@dataclass(frozen=True)
class ServerProcess:
    """A running emulator.

    Attributes:
        pid: its process.
        url: its address.
        key: the admin key of its default world.
    """

    pid: int
    url: str
    key: str

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Call the control plane; the answer as a value.

        Raises:
            RequestRefusedError: the message is the emulator's own.
            ServerEndedError: it ended before it answered, whatever ended it.
            click.ClickException: it does not answer.
        """
        import requests  # here and below: it takes longer to import than most commands to run

        headers = {"Authorization": f"X-API-Key: {self.key}"}
        url = f"{self.url}/_emulator{path}"
        try:
            answer = requests.request(
                method, url, headers=headers, timeout=60, **_WITHOUT_PROXY, **options
            )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise ServerEndedError(
                f"the emulator at {self.url} ended before it answered: start it again with "
                "`kili-emulator start`; if a plugin ended it, `kili-emulator runs --failed` then "
                "lists the run as INTERRUPTED"
            ) from None
        except requests.RequestException as error:
            raise click.ClickException(f"{url} does not answer: {error}") from None
        if answer.ok:
            return answer.json() if answer.content else None
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        raise RequestRefusedError(answer.json()["error"] if is_json else answer.text)

    def is_ready(self) -> bool:
        """Whether it answers."""
        import requests

        try:
            return requests.get(f"{self.url}/health", timeout=2, **_WITHOUT_PROXY).ok
        except requests.RequestException:
            return False

    @property
    def endpoint(self) -> str:
        """What ``KILI_API_ENDPOINT`` must be."""
        return f"{self.url}{API_PATH}/graphql"

    def exports(self, key: str) -> dict[str, str]:
        """The variables that a client needs; what ``NO_PROXY`` holds already is kept."""
        return {
            "KILI_API_ENDPOINT": self.endpoint,
            "KILI_API_KEY": key,
            "NO_PROXY": no_proxy(self.url, os.environ.get("NO_PROXY", "")),
        }


def settings_from_options(options: Mapping[str, Any]) -> Settings:
    """The settings of a command; warns of variables that look like settings but are none.

    Raises:
        click.UsageError: one cannot be used.
    """
    for warning in unknown_variables(os.environ):
        echo(f"Warning: {warning}", error=True)
    try:
        return load_settings(options)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


class Server(NamedTuple):
    """A running emulator, and the folder that it was found by."""

    folder: StateFolder
    process: ServerProcess


def find_persistent_server(settings: Settings) -> ServerProcess | None:
    """The emulator that keeps its data in the settings' data folder, if one runs on it."""
    return _read_process(StateFolder(settings.data_dir))


def find_server(settings: Settings) -> Server | None:
    """The emulator that a command is meant for.

    That is the one that runs on the settings' data folder, or else the ephemeral one that was
    started with it. ``KILI_API_ENDPOINT`` chooses among several.

    Raises:
        click.ClickException: nothing says which of several is meant.
    """
    folders = [StateFolder(settings.data_dir), *ephemeral_folders(settings.data_dir)]
    servers = [Server(each, process) for each in folders if (process := _read_process(each))]
    endpoint = os.environ.get("KILI_API_ENDPOINT")
    for server in servers:
        if server.process.endpoint == endpoint:
            return server
    if len(servers) > 1 and servers[0].folder.ephemeral:
        addresses = ", ".join(f"{process.url} (process {process.pid})" for _, process in servers)
        raise click.ClickException(
            f"more than one ephemeral emulator was started here: {addresses}. Paste the lines that the "
            "one you mean printed, as KILI_API_ENDPOINT says which, or give each a --data-dir"
        )
    return servers[0] if servers else None


def _read_process(folder: StateFolder) -> ServerProcess | None:
    announcement = folder.running_process()
    return ServerProcess(**announcement) if announcement else None


def was_stopped(server: Server) -> bool:
    """Whether an emulator that is gone was stopped, rather than killed or crashed.

    One that is stopped removes its announcement before it lets go of its connections.
    """
    announcement = server.folder.read()
    return announcement is None or announcement["pid"] != server.process.pid


def find_ready_server(settings: Settings) -> ServerProcess | None:
    """The emulator that a command is meant for, if it answers.

    Raises:
        click.ClickException: nothing says which of several is meant.
    """
    server = find_server(settings)
    return server.process if server and server.process.is_ready() else None


def running_server(settings: Settings) -> Server:
    """The emulator that a command is meant for.

    Raises:
        click.ClickException: none runs, it does not answer, or nothing says which is meant.
    """
    server = find_server(settings)
    if server is None:
        raise click.ClickException(
            f"no emulator runs on {display_path(settings.data_dir)}: start one with `kili-emulator start`"
        )
    if not server.process.is_ready():
        raise click.ClickException(
            f"the emulator on {display_path(settings.data_dir)}, process {server.process.pid}, does not "
            "answer: try again, or end the process"
        )
    return server


def running_process(settings: Settings) -> ServerProcess:
    """The process of :func:`running_server`, which raises the same."""
    return running_server(settings).process
