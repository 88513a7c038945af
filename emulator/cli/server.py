"""Commands that start and stop the server."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from emulator.app import Platform, direct_connections, warm_up
from emulator.cli.process import (
    ServerProcess,
    announce,
    data_dir_option,
    find,
    running,
    settings_from,
    wait_until_ready,
    withdraw,
)
from emulator.config import DEFAULT_WORLD, Settings
from emulator.domain.world import World
from emulator.scenario import ScenarioError

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 takes any free one.  [default: 5454]")
@data_dir_option
@click.option("--ephemeral", is_flag=True, default=None, help="Keep everything in memory.")
@click.option("--scenario", help="What a new world holds: a name or a file.  [default: default]")
@click.option("--seed", type=int, help="Make ids and random draws repeatable.")
@click.option(
    "--sync-wait",
    type=float,
    help="Seconds an answer waits, at most, for the plugin runs it caused.  [default: 30]",
)
@click.option("--plugin-timeout", type=float, help="Seconds a handler may take.  [default: 60]")
@click.option(
    "--allow-host", multiple=True, help="Further name under which clients reach the server."
)
@click.option(
    "--public-keys",
    is_flag=True,
    default=None,
    help="Keep the documented API keys although other machines can reach the server.",
)
@click.option(
    "--detach", is_flag=True, help="Return once the server is ready, and leave it running."
)
def start(detach: bool, **options: Any) -> None:
    """Start the emulator."""
    options["allow_host"] = options["allow_host"] or None
    settings = settings_from(options)
    already = find(settings)
    if already and already.is_ready():
        raise click.ClickException(
            f"an emulator runs on {settings.data_dir} already, at {already.url}: "
            "stop it with `kili-emulator stop`, or give another --data-dir"
        )
    if detach:
        _detach(settings)
    else:
        _serve(settings)


def _serve(settings: Settings) -> None:
    try:
        platform = Platform(settings)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): "
            "stop what listens there, or give another --port"
        ) from None
    try:
        with direct_connections():
            _open(platform)
            world = platform.registry.get(DEFAULT_WORLD)
            process = ServerProcess(os.getpid(), platform.url, _keys(world)["admin"])
            announce(settings, process)
            _introduce(process, world)
            warm_up()
            _serve_until_told(platform)
    finally:
        withdraw(settings)
        platform.close()
    click.echo("Stopped.")


def _open(platform: Platform) -> None:
    try:
        platform.open_worlds()
    except (ScenarioError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    except sqlite3.OperationalError as error:
        raise click.ClickException(
            f"{platform.settings.data_dir} cannot be used ({error}): another process may be at "
            "work on it; give another --data-dir"
        ) from None


def _serve_until_told(platform: Platform) -> None:
    def stop(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        platform.server.serve()
    except KeyboardInterrupt:
        click.echo("\nStopping.")


def _keys(world: World) -> dict[str, str]:
    return {key["name"]: key["key"] for key in world.view.api_keys.all()}


def _introduce(process: ServerProcess, world: World) -> None:
    keys = _keys(world)
    width = max(map(len, keys.values()))
    emails = {user["id"]: user["email"] for user in world.view.users.all()}
    click.echo("Kili Emulator is ready.\n")
    click.echo(f"  endpoint   {process.exports('')['KILI_API_ENDPOINT']}")
    for key in world.view.api_keys.all():
        click.echo(f"  API key    {key['key']:<{width}}   {emails[key['userId']]}")
    for project in world.view.projects.all():
        click.echo(f"  project    {project['id']}   {project['title']}")
    click.echo("\nPaste this where your code runs:\n")
    exports = process.exports(keys["admin"])
    _print_exports({name: exports[name] for name in ("KILI_API_ENDPOINT", "KILI_API_KEY")})
    click.echo("\nBehind a proxy, also:\n")
    _print_exports({"NO_PROXY": exports["NO_PROXY"]})
    click.echo("\nCtrl-C stops the emulator.")


def _print_exports(exports: Mapping[str, str]) -> None:
    for name, value in exports.items():
        click.echo(f"export {name}={value}")


def _detach(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = settings.data_dir / "server.log"
    arguments = [argument for argument in sys.argv[1:] if argument != "--detach"]
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "emulator", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ready = _await_child(settings, child)
    if ready is None:
        raise click.ClickException(f"the emulator did not start:\n{log.read_text().strip()}")
    click.echo(log.read_text(), nl=False)
    click.echo(f"Left running as process {ready.pid}; its output goes to {log}.")


def _await_child(settings: Settings, child: subprocess.Popen[bytes]) -> ServerProcess | None:
    pause = threading.Event()
    for _ in range(round(_START_SECONDS * 10)):
        process = find(settings)
        if process and process.pid == child.pid and process.is_ready():
            return process
        if child.poll() is not None:
            return None
        pause.wait(0.1)
    child.terminate()
    return None


@click.command()
@data_dir_option
def stop(data_dir: Path | None) -> None:
    """Stop the emulator."""
    settings = settings_from({"data_dir": data_dir})
    process = running(settings)
    os.kill(process.pid, signal.SIGTERM)
    pause = threading.Event()
    for _ in range(round(_STOP_SECONDS * 10)):
        if find(settings) is None:
            click.echo("Stopped.")
            return
        pause.wait(0.1)
    raise click.ClickException(f"process {process.pid} does not stop; kill it")


@click.command()
@data_dir_option
@click.option("--timeout", type=float, default=30.0, show_default=True, help="Seconds to wait.")
def wait(data_dir: Path | None, timeout: float) -> None:
    """Wait until the emulator is ready."""
    process = wait_until_ready(settings_from({"data_dir": data_dir}), timeout)
    click.echo(f"Ready at {process.url}.")


@click.command()
@data_dir_option
@click.option("--world", default=DEFAULT_WORLD, show_default=True, help="The world to use.")
@click.option("--user", default="admin", show_default=True, help="Whose API key to use.")
def env(data_dir: Path | None, world: str, user: str) -> None:
    """Print the variables that a client needs: eval "$(kili-emulator env)"."""
    process = running(settings_from({"data_dir": data_dir}))
    worlds = {each["name"]: each for each in process.request("GET", "/worlds")}
    if world not in worlds:
        raise click.ClickException(f"there is no world {world!r} (there are: {', '.join(worlds)})")
    keys = worlds[world]["keys"]
    if user not in keys:
        raise click.ClickException(f"nobody is called {user!r} (there are: {', '.join(keys)})")
    _print_exports(process.exports(keys[user]))
