"""How the commands find the emulator that runs on a data folder: a small file in it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import requests

from emulator.app import no_proxy
from emulator.config import API_PATH, DEFAULT_WORLD, Settings, SettingsError, load_settings

_FILE = "server.json"
_DIRECT: dict[str, Any] = {"proxies": {"http": "", "https": ""}}


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
            click.ClickException: the emulator refused; the message is its own.
        """
        headers = {"Authorization": f"X-API-Key: {self.key}"}
        answer = requests.request(
            method, f"{self.url}/_emulator{path}", headers=headers, timeout=60, **_DIRECT, **options
        )
        if answer.ok:
            return answer.json() if answer.content else None
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        raise click.ClickException(answer.json()["error"] if is_json else answer.text)

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return requests.get(f"{self.url}/health", timeout=2, **_DIRECT).ok
        except requests.RequestException:
            return False

    def exports(self, key: str) -> Mapping[str, str]:
        """The variables that a client needs."""
        return {
            "KILI_API_ENDPOINT": f"{self.url}{API_PATH}/graphql",
            "KILI_API_KEY": key,
            "NO_PROXY": no_proxy(),
        }


def settings_from(options: Mapping[str, Any]) -> Settings:
    """The settings of a command.

    Raises:
        click.UsageError: one cannot be used.
    """
    try:
        return load_settings(options)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def announce(settings: Settings, process: ServerProcess) -> None:
    """Let other commands find this process; only this user can read the key."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / _FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(process)), encoding="utf-8")


def withdraw(settings: Settings) -> None:
    """This process can no longer be found."""
    (settings.data_dir / _FILE).unlink(missing_ok=True)


def find(settings: Settings) -> ServerProcess | None:
    """The emulator that runs on the settings' data folder."""
    path = settings.data_dir / _FILE
    try:
        process = ServerProcess(**json.loads(path.read_text(encoding="utf-8")))
        os.kill(process.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return process


def running(settings: Settings) -> ServerProcess:
    """The emulator that runs on the settings' data folder.

    Raises:
        click.ClickException: none does.
    """
    process = find(settings)
    if process is None or not process.is_ready():
        raise click.ClickException(
            f"no emulator runs on {settings.data_dir}: start one with `kili-emulator start`"
        )
    return process


def wait_until_ready(settings: Settings, seconds: float) -> ServerProcess:
    """Wait for an emulator to answer.

    Raises:
        click.ClickException: it does not, in that time.
    """
    pause, waited = threading.Event(), 0.0
    while waited < seconds:
        process = find(settings)
        if process and process.is_ready():
            return process
        pause.wait(0.1)
        waited += 0.1
    raise click.ClickException(
        f"no emulator on {settings.data_dir} was ready within {seconds:g} seconds"
    )


def world_suffix(world: str) -> str:
    """What the keys of a world end with."""
    return "" if world == DEFAULT_WORLD else f".{world}"


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the emulator's data.  [default: .kili-emulator]",
)
