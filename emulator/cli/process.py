"""How the commands find the emulator that runs on a data folder: a small file in it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from emulator.cli.terminal import echo
from emulator.config import (
    API_PATH,
    Settings,
    SettingsError,
    load_settings,
    no_proxy,
    unknown_variables,
    write_private,
)

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_STATE_FILE = "server.json"
_LOCK_FILE = "lock"
_DIRECT: dict[str, Any] = {"proxies": {"http": "", "https": ""}}
_STEP = 0.05
_LOOK_SECONDS = 0.5

T = TypeVar("T")


class Refused(click.ClickException):
    """A running emulator refused what a command asked of it."""


class Ended(click.ClickException):
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
            Refused: the message is the emulator's own.
            Ended: it ended before it answered, whatever ended it.
            click.ClickException: it does not answer.
        """
        import requests  # here and below: it takes longer to import than most commands to run

        headers = {"Authorization": f"X-API-Key: {self.key}"}
        url = f"{self.url}/_emulator{path}"
        try:
            answer = requests.request(
                method, url, headers=headers, timeout=60, **_DIRECT, **options
            )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise Ended(
                f"the emulator at {self.url} ended before it answered: start it again with "
                "`kili-emulator start`; if a plugin ended it, `kili-emulator runs --failed` then "
                "lists the run as INTERRUPTED"
            ) from None
        except requests.RequestException as error:
            raise click.ClickException(f"{url} does not answer: {error}") from None
        if answer.ok:
            return answer.json() if answer.content else None
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        raise Refused(answer.json()["error"] if is_json else answer.text)

    def is_ready(self) -> bool:
        """Whether it answers."""
        import requests

        try:
            return requests.get(f"{self.url}/health", timeout=2, **_DIRECT).ok
        except requests.RequestException:
            return False

    def exports(self, key: str) -> dict[str, str]:
        """The variables that a client needs; what ``NO_PROXY`` holds already is kept."""
        return {
            "KILI_API_ENDPOINT": f"{self.url}{API_PATH}/graphql",
            "KILI_API_KEY": key,
            "NO_PROXY": no_proxy(self.url, os.environ.get("NO_PROXY", "")),
        }


def settings_from(options: Mapping[str, Any]) -> Settings:
    """The settings of a command; warns of variables that look like settings but are none.

    Raises:
        click.UsageError: one cannot be used.
    """
    for name in unknown_variables(os.environ):
        echo(f"Warning: there is no setting for the variable {name}; ignored.", error=True)
    try:
        return load_settings(options)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


@contextlib.contextmanager
def sole_user(settings: Settings) -> Iterator[None]:
    """Keep other emulators away from the data folder; the system ends this with the process.

    Raises:
        click.ClickException: another one uses it, or there cannot be such a folder.
    """
    path = settings.data_dir / _LOCK_FILE
    is_new = not settings.data_dir.exists()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise click.ClickException(
            f"{shown(settings.data_dir)} cannot be used ({error.strerror}): give another --data-dir"
        ) from None
    with file:
        # Again and again: a command that looks whether there is an emulator has it for a moment.
        if not poll(lambda: _locked(file.fileno()) or None, _LOOK_SECONDS):
            raise click.ClickException(
                f"another emulator is at work on {shown(settings.data_dir)}: "
                "stop it with `kili-emulator stop`, or give another --data-dir"
            )
        if hasattr(os, "register_at_fork"):  # what a plugin forks may outlive the emulator
            os.register_at_fork(after_in_child=file.close)
        try:
            yield
        finally:
            if settings.ephemeral and is_new:
                with contextlib.suppress(OSError):  # where it holds more, or is open, it stays
                    path.unlink()
                    settings.data_dir.rmdir()


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _unused(settings: Settings) -> Iterator[bool]:
    """Whether no emulator is at work on the data folder; if so, none begins meanwhile."""
    try:
        file = (settings.data_dir / _LOCK_FILE).open("r+")
    except (FileNotFoundError, NotADirectoryError):
        yield True
    except OSError:  # not ours to lock
        yield False
    else:
        with file:
            yield _locked(file.fileno())


def is_at_work(settings: Settings) -> bool:
    """Whether an emulator is at work on the data folder, ready or not."""
    with _unused(settings) as unused:
        return not unused


@contextlib.contextmanager
def announced(settings: Settings, process: ServerProcess) -> Iterator[None]:
    """Let other commands find this process; only this user can read the key."""
    path = settings.data_dir / _STATE_FILE
    write_private(path, json.dumps(asdict(process)))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # being read, where that stands in the way
            path.unlink(missing_ok=True)


def find(settings: Settings) -> ServerProcess | None:
    """The emulator that runs on the settings' data folder; what a killed one left is removed."""
    path = settings.data_dir / _STATE_FILE
    with _unused(settings) as unused:
        if unused:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
    try:
        return ServerProcess(**json.loads(_state(settings)))
    except (OSError, ValueError, TypeError):
        return None


def was_stopped(settings: Settings, process: ServerProcess) -> bool:
    """Whether an emulator that is gone was stopped, rather than killed or crashed.

    One that is stopped removes its file before it lets go of its connections.
    """
    try:
        return ServerProcess(**json.loads(_state(settings))).pid != process.pid
    except (OSError, ValueError, TypeError):
        return True


def _state(settings: Settings) -> str:
    return (settings.data_dir / _STATE_FILE).read_text(encoding="utf-8")


def find_ready(settings: Settings) -> ServerProcess | None:
    """The emulator that runs on the settings' data folder, if it answers."""
    process = find(settings)
    return process if process and process.is_ready() else None


def running(settings: Settings) -> ServerProcess:
    """The emulator that runs on the settings' data folder.

    Raises:
        click.ClickException: none does, or it does not answer.
    """
    process = find(settings)
    if process is None:
        raise click.ClickException(
            f"no emulator runs on {shown(settings.data_dir)}: start one with `kili-emulator start`"
        )
    if not process.is_ready():
        raise click.ClickException(
            f"the emulator on {shown(settings.data_dir)}, process {process.pid}, does not answer: "
            "try again, or end the process"
        )
    return process


def shown(path: Path) -> Path:
    """A path as messages show it: seen from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def poll(look: Callable[[], T | None], seconds: float) -> T | None:
    """Look again and again for something; ``None`` if it does not come in that time."""
    pause = threading.Event()
    for _ in range(max(1, round(seconds / _STEP))):
        found = look()
        if found is not None:
            return found
        pause.wait(_STEP)
    return None


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the emulator's data.  [default: .kili-emulator]",
)
