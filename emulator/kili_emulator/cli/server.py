"""Commands that start, find and stop the server."""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kili_emulator import private_files
from kili_emulator.cli.clients import print_exports
from kili_emulator.cli.options import data_dir_option, setting_options
from kili_emulator.cli.server_log import log_to_terminal
from kili_emulator.cli.server_process import (
    ServerProcess,
    client_variables,
    find_persistent_server,
    running_server,
    settings_from_options,
)
from kili_emulator.cli.state_folder import StateFolder, new_ephemeral_folder, poll
from kili_emulator.cli.terminal import echo, preserve_terminal
from kili_emulator.client import (
    ControlPlane,
    HttpTransport,
    RequestRefusedError,
    UnreachableError,
)
from kili_emulator.config import DEFAULT_WORLD, Settings, SettingsError
from kili_emulator.data_folder import DataFolderError, display_path

if TYPE_CHECKING:
    from kili_emulator.app import Platform
    from kili_emulator.domain.world import World

_STATE_OPTION = "--state-folder"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_SILENT_STOP_SECONDS = 1.0

# The objects of a batch mostly stay: with Python's thresholds (700, 10, 10), a tenth of its time
# goes into collections that find no garbage.
_GC_THRESHOLDS = (10_000, 10, 10)


@click.command()
@setting_options
@click.option(
    "--detach", is_flag=True, help="Run in the background; return when the server is ready."
)
@click.option(_STATE_OPTION, "state", type=click.Path(path_type=Path), hidden=True)
def start(detach: bool, state: Path | None, **options: Any) -> None:
    """Start the emulator."""
    options["allow_host"] = options["allow_host"] or None
    settings = settings_from_options(options)
    folder = _choose_state_folder(settings, state)
    if detach:
        _detach(folder)
        return
    signal.signal(signal.SIGTERM, _interrupt)
    log_to_terminal(settings)
    gc.disable()  # until the server is ready, nearly no object becomes garbage
    with folder.exclusive_lock(), preserve_terminal():
        _serve(settings, folder)
    echo("Stopped.")


def _choose_state_folder(settings: Settings, state: Path | None) -> StateFolder:
    """Choose the folder in which the commands find the new server.

    Args:
        state: the folder of a detached ephemeral server, created by the command that starts it.

    Raises:
        click.ClickException: another server uses the data folder.
    """
    if state:
        return StateFolder(state, ephemeral=True)
    if settings.ephemeral:
        return new_ephemeral_folder(settings.data_dir)
    other_server = find_persistent_server(settings)
    if other_server and other_server.is_ready():
        raise click.ClickException(
            f"an emulator uses {display_path(settings.data_dir)} already, at {other_server.url}: "
            "stop it with `kili-emulator stop`, or give another --data-dir"
        )
    return StateFolder(settings.data_dir)


def _interrupt(*_: Any) -> NoReturn:
    """End the process as Ctrl-C does."""
    raise KeyboardInterrupt


def _serve(settings: Settings, folder: StateFolder) -> None:
    from kili_emulator.app import Platform, direct_connections, warm_up
    from kili_emulator.http.request_log import RequestLogError

    try:
        platform = Platform(settings)
    except (DataFolderError, RequestLogError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): "
            "stop the process that listens there, or give another --port or --host"
        ) from None
    with contextlib.closing(platform), direct_connections(platform.url):
        _open_worlds(platform)
        world = platform.registry.get(DEFAULT_WORLD)
        process = ServerProcess(os.getpid(), platform.url, _admin_key(world))
        with folder.announcement(asdict(process)), contextlib.suppress(KeyboardInterrupt):
            _print_introduction(process, world, settings)
            if settings.plugin_isolation == "inline" and platform.has_plugins:
                platform.after_first_answer(warm_up)
            gc.freeze()
            gc.set_threshold(*_GC_THRESHOLDS)
            gc.enable()
            platform.server.serve()
        with contextlib.suppress(KeyboardInterrupt):
            platform.finish_work(settings.stop_wait)


def _open_worlds(platform: Platform) -> None:
    from kili_emulator.domain.registry import WorldError
    from kili_emulator.errors import StorageError
    from kili_emulator.scenario import ScenarioError

    try:
        platform.open_worlds()
    except (ScenarioError, StorageError, WorldError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    settings = platform.settings
    if not settings.is_loopback and not settings.public_keys:
        for world in platform.registry.all():
            _refuse_documented_keys(world, settings)


def _refuse_documented_keys(world: World, settings: Settings) -> None:
    """Refuse to serve other machines with the documented keys: anyone could run code here."""
    from kili_emulator.domain.api_key import scenario_key

    for key in world.view.api_keys.all():
        if key["key"] == scenario_key(key["name"], world.name):
            raise click.ClickException(
                f"the data in {display_path(settings.data_dir)} have the documented API keys, "
                f"which anyone who reaches {settings.host} could use: give another --data-dir, or "
                "allow it with --public-keys"
            )


def _admin_key(world: World) -> str:
    """Return the API key with which the commands control the server."""
    keys = world.view.api_keys.all()
    admins = [
        key
        for key in keys
        if world.view.users.require(key["userId"])["organizationRole"] == "ADMIN"
    ]
    return str((admins or keys)[0]["key"])


def _print_introduction(process: ServerProcess, world: World, settings: Settings) -> None:
    keys = world.view.api_keys.all()
    width = max(len(key["key"]) for key in keys)
    emails = {user["id"]: user["email"] for user in world.view.users.all()}
    exports = client_variables(process.url, process.key)
    echo("Kili Emulator is ready.", "")
    echo(f"  endpoint   {exports['KILI_API_ENDPOINT']}")
    for key in keys:
        echo(f"  API key    {key['key']:<{width}}   {emails[key['userId']]}")
    for project in world.view.projects.all():
        echo(f"  project    {project['id']}   {project['title']}")
    if world.scenario != settings.scenario:
        echo(f"  scenario   {world.scenario} (of the existing data; the setting has no effect)")
    echo("", "Paste this where your code runs:", "")
    print_exports({name: exports[name] for name in ("KILI_API_ENDPOINT", "KILI_API_KEY")})
    echo("", "Behind a proxy, also:", "")
    print_exports({"NO_PROXY": exports["NO_PROXY"]})
    echo("", "Ctrl-C, or `kili-emulator stop`, stops the emulator.")


def _detach(folder: StateFolder) -> None:
    """Start the server in a separate process that appends its output to the folder's log."""
    folder.make()
    try:
        private_files.make_file(folder.log)
        output = folder.log.open("ab")
    except OSError as error:
        raise click.ClickException(
            f"{display_path(folder.log)} cannot be written ({error.strerror}): give another "
            "--data-dir"
        ) from None
    arguments = [argument for argument in sys.argv[1:] if argument != "--detach"]
    if folder.ephemeral:
        arguments += [_STATE_OPTION, str(folder.path)]
    with output:
        log_start = output.tell()
        child = subprocess.Popen(
            [sys.executable, "-m", "kili_emulator", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    ready = _wait_for_child(folder, child)
    child_output = _read_output(folder.log, log_start)
    if ready is None:
        if folder.ephemeral:
            folder.remove()
        raise click.ClickException(f"the emulator did not start:\n{child_output.strip()}")
    echo(*child_output.rstrip("\n").split("\n"))
    echo(
        f"Running in the background as process {ready.pid}; its output goes to "
        f"{display_path(folder.log)}."
    )


def _read_output(log: Path, log_start: int) -> str:
    """Return the output of a child with the environment of this process.

    Args:
        log_start: the size of the log file before the start of the child, in bytes.
    """
    encoding = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    encoding = encoding or locale.getpreferredencoding(False)
    return log.read_bytes()[log_start:].decode(encoding, "backslashreplace")


def _wait_for_child(folder: StateFolder, child: subprocess.Popen[bytes]) -> ServerProcess | None:
    """Wait until the child is ready; ``None`` if it ended, or was ended after the time limit."""

    def probe() -> ServerProcess | bool | None:
        if child.poll() is not None:
            return False
        announcement = folder.running_process()
        process = ServerProcess(**announcement) if announcement else None
        # In a virtual environment of Windows, the child is a launcher, with a child of its own.
        is_child = process and (process.pid == child.pid or os.name == "nt")
        return process if process and is_child and process.is_ready() else None

    result = poll(probe, _START_SECONDS)
    if isinstance(result, ServerProcess):
        return result
    child.terminate()
    child.wait()
    return None


@click.command()
@data_dir_option
def stop(data_dir: Path | None) -> None:
    """Stop the emulator."""
    settings = settings_from_options({"data_dir": data_dir})
    folder, process = running_server(settings)
    wait_seconds = _request_stop(process, settings)

    def probe() -> bool | None:
        return None if folder.is_in_use() else True

    if not poll(probe, _SILENT_STOP_SECONDS):
        echo(f"Waiting up to {wait_seconds:g} s for running requests and plugins.")
    if not poll(probe, wait_seconds + _STOP_SECONDS):
        raise click.ClickException(f"process {process.pid} does not stop: kill it")
    echo("Stopped.")


def _request_stop(process: ServerProcess, settings: Settings) -> float:
    """Ask the emulator to stop; return how many seconds it waits for running work, at most."""
    try:
        return ControlPlane(HttpTransport(process.url, process.key)).shut_down()
    except UnreachableError as error:
        raise click.ClickException(str(error)) from None
    except RequestRefusedError:  # the world may have no administrator, whose key this needs
        os.kill(process.pid, signal.SIGTERM)
        return settings.stop_wait
