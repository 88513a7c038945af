"""The running emulator that a command addresses: found by its folder, called over HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kili_emulator.cli.state_folder import StateFolder, ephemeral_folders
from kili_emulator.cli.terminal import echo
from kili_emulator.config import (
    CONTROL_PATH,
    GRAPHQL_PATH,
    Settings,
    SettingsError,
    load_settings,
    no_proxy,
    unknown_variables,
)
from kili_emulator.data_folder import display_path

if TYPE_CHECKING:
    import requests

_STOPPING = 503
_WITHOUT_PROXY: dict[str, Any] = {"proxies": {"http": "", "https": ""}}


class RequestRefusedError(click.ClickException):
    """The error of a request that a running emulator refuses."""


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

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Call the control plane and return the JSON value of the answer.

        Raises:
            RequestRefusedError: the emulator refused; the message is that of its answer.
            ServerEndedError: the emulator ended before it answered.
            click.ClickException: the emulator does not answer.
        """
        answer = self._send(method, path, **options)
        return answer.json() if answer.content else None

    def download(self, path: str, **options: Any) -> bytes:
        """Send a request to a path below ``/_emulator``; return the content of the answer.

        Raises:
            RequestRefusedError: as :meth:`request`.
            ServerEndedError: as :meth:`request`.
            click.ClickException: as :meth:`request`.
        """
        return self._send("GET", path, **options).content

    def shut_down(self) -> float:
        """Ask the emulator to stop; return how many seconds it waits for running work, at most.

        Raises:
            RequestRefusedError: as :meth:`request`.
            ServerEndedError: as :meth:`request`.
            click.ClickException: as :meth:`request`.
        """
        return float(self._send("POST", "/shutdown").headers.get("Retry-After", 0))

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        import requests  # here and below: the import takes longer than most commands

        headers = {"Authorization": f"X-API-Key: {self.key}"}
        url = f"{self.url}{CONTROL_PATH}{path}"
        try:
            answer = requests.request(
                method, url, headers=headers, **{"timeout": 60, **_WITHOUT_PROXY, **options}
            )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise ServerEndedError(
                f"the emulator at {self.url} ended before it answered: start it again with "
                "`kili-emulator start`. If a plugin ended the emulator, `kili-emulator runs "
                "--failed` then lists the run as INTERRUPTED"
            ) from None
        except requests.RequestException as error:
            raise click.ClickException(f"{url} does not answer: {error}") from None
        if answer.ok:
            return answer
        if answer.status_code == _STOPPING:
            raise ServerEndedError(f"{self.url}: {answer.text}")
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        raise RequestRefusedError(answer.json()["error"] if is_json else answer.text)

    def is_ready(self) -> bool:
        """Return whether the emulator answers."""
        import requests

        try:
            return requests.get(f"{self.url}/health", timeout=2, **_WITHOUT_PROXY).ok
        except requests.RequestException:
            return False

    @property
    def endpoint(self) -> str:
        """The value for ``KILI_API_ENDPOINT``."""
        return f"{self.url}{GRAPHQL_PATH}"

    def exports(self, key: str) -> dict[str, str]:
        """Return the environment variables for a client; ``NO_PROXY`` keeps its present hosts."""
        return {
            "KILI_API_ENDPOINT": self.endpoint,
            "KILI_API_KEY": key,
            "NO_PROXY": no_proxy(self.url, os.environ.get("NO_PROXY", "")),
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
    folders = [StateFolder(settings.data_dir), *ephemeral_folders(settings.data_dir)]
    servers = [Server(each, process) for each in folders if (process := _read_process(each))]
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


def process_of(data_dir: Path | None) -> ServerProcess:
    """Return the emulator that a command addresses by its option ``--data-dir``.

    Args:
        data_dir: ``None`` if the option is not given.

    Raises:
        click.UsageError: a setting has an invalid value.
        click.ClickException: as :func:`running_server`.
    """
    return running_server(settings_from_options({"data_dir": data_dir})).process
