"""The decision which emulator, and which of its worlds, a command addresses.

The address and the key of the options come first, then ``KILI_API_ENDPOINT`` with
``KILI_API_KEY``, then the emulator that runs on the data folder. ``--data-dir`` names the last one
explicitly. A key is sent only to a server that says that it is an emulator.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from kili_emulator.cli.options import data_dir_option
from kili_emulator.cli.server_process import (
    Server,
    ServerEndedError,
    find_ready_server,
    find_server_at,
    running_server,
    settings_from_options,
    was_stopped,
)
from kili_emulator.client import (
    AnswerTimeoutError,
    ControlPlane,
    HttpTransport,
    RequestRefusedError,
    UnreachableError,
)
from kili_emulator.client.addresses import base_url, require_emulator
from kili_emulator.config import DEFAULT_WORLD, Settings

C = TypeVar("C", bound=Callable[..., Any])

_ENDPOINT, _KEY = "KILI_API_ENDPOINT", "KILI_API_KEY"
_STOPPING = 503


@dataclass(frozen=True)
class Choice:
    """The options that choose an emulator and a world; ``None`` for those not given.

    Attributes:
        prefers_folder: prefer the emulator of the data folder to that of the environment.
    """

    endpoint: str | None = None
    key: str | None = None
    world: str | None = None
    data_dir: Path | None = None
    prefers_folder: bool = False


@dataclass(frozen=True)
class Address:
    """An emulator to address.

    Attributes:
        url: its address, without a path.
        key: the API key to use.
        origin: what named the emulator.
        local: the emulator with its folder, if it runs on the data folder.
        world_key: the API key whose world is meant, if it is not ``key``.
    """

    url: str
    key: str
    origin: str
    local: Server | None = None
    world_key: str | None = None


class AddressedServer:
    """The emulator that a command addresses; it is looked for at the first use.

    Args:
        choice: the options of the command.
    """

    def __init__(self, choice: Choice) -> None:
        self._choice = choice

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of the command.

        Raises:
            click.UsageError: a setting has an invalid value.
        """
        return settings_from_options({"data_dir": self._choice.data_dir})

    @functools.cached_property
    def address(self) -> Address:
        """The address of the emulator.

        Raises:
            click.ClickException: no emulator answers, or the key is missing.
        """
        return _find_address(self._choice, self.settings)

    @functools.cached_property
    def control(self) -> ControlPlane:
        """The control plane of the world that the command addresses.

        Raises:
            click.ClickException: as :attr:`address`.
            RequestRefusedError: the key is not one of an administrator.
        """
        address, world = self.address, self._choice.world
        transport = HttpTransport(address.url, address.key)
        if world is None and address.local is None:
            world = ControlPlane(transport).worlds.own()["name"]
        return ControlPlane(transport, world or _world_of_key(transport, address.world_key))

    @property
    def endpoint_option(self) -> str | None:
        """The option ``--endpoint``."""
        return self._choice.endpoint

    def key(self, name: str = "admin") -> str:
        """Return an API key of the world.

        Raises:
            click.ClickException: no key of the world has this name.
        """
        keys = self.control.worlds.show()["keys"]
        if name not in keys:
            raise click.ClickException(
                f"there is no API key named {name!r} (there are: {', '.join(keys)})"
            )
        return keys[name]

    @property
    def world_option(self) -> str | None:
        """The option ``--world``."""
        return self._choice.world

    def is_folder_without_emulator(self) -> bool:
        """Return whether the command means a data folder on which no emulator runs."""
        return _named_endpoint(self._choice) is None and find_ready_server(self.settings) is None

    def ready_url(self) -> str | None:
        """Return the address of the emulator if it answers; a key is not needed for it.

        Without the option ``--endpoint``, the emulator of the data folder comes first.

        Raises:
            click.ClickException: the option names another server.
        """
        if self._choice.endpoint:
            url = _parse(self._choice.endpoint, "--endpoint")
            with contextlib.suppress(UnreachableError):
                require_emulator(url)
                return url
            return None
        process = find_ready_server(self.settings)
        endpoint = os.environ.get(_ENDPOINT)
        if process is not None or self._choice.data_dir is not None or not endpoint:
            return process.url if process else None
        with contextlib.suppress(UnreachableError, RequestRefusedError, ValueError):
            require_emulator(base_url(endpoint))
            return base_url(endpoint)
        return None

    def was_stopped(self, error: Exception) -> bool:
        """Return whether an emulator that ended was stopped, rather than killed or crashed."""
        if isinstance(error, RequestRefusedError):
            return error.status == _STOPPING
        return self.address.local is not None and was_stopped(self.address.local)

    @contextlib.contextmanager
    def explained_errors(self) -> Iterator[None]:
        """Turn the errors of requests into errors of the command that name the emulator.

        Raises:
            click.ClickException: a request failed.
        """
        try:
            yield
        except AnswerTimeoutError as error:
            raise click.ClickException(str(error)) from None
        except UnreachableError:
            raise ServerEndedError(
                f"the emulator at {self.address.url} ended before it answered: start it again with "
                "`kili-emulator start`. If a plugin ended the emulator, `kili-emulator runs "
                "--failed` then lists the run as INTERRUPTED"
            ) from None
        except Exception as error:
            message = _refusal_message(error)
            if message is None:
                raise
            raise click.ClickException(f"{message}{self._place()}") from None

    def _place(self) -> str:
        """Return a line that says which emulator was addressed; none for that of a folder."""
        address = self.address
        return "" if address.local else f"\n(asked: {address.url}, named by {address.origin})"


def emulator_options(command: C) -> C:
    """Add the options that choose an emulator; the command gets it as the argument ``server``.

    A command of a group takes over the options of the group.
    """
    return _add_options(command, _EMULATOR_OPTIONS)


def server_options(command: C) -> C:
    """Add the options that choose an emulator and a world: see :func:`emulator_options`."""
    return _add_options(command, (*_EMULATOR_OPTIONS, _world_option))


def first_server_options(command: C) -> C:
    """Add the options of :func:`server_options` to a command that people use before all others.

    Such a command prefers the emulator of the data folder to that of the environment, which may
    still name the real platform.
    """
    return _add_options(command, (*_EMULATOR_OPTIONS, _world_option), prefers_folder=True)


_world_option = click.option(
    "--world", metavar="NAME", help="The world; by default, that of the API key, or default."
)
_EMULATOR_OPTIONS = (
    data_dir_option,
    click.option("--key", metavar="KEY", help=f"An administrator's API key, as in {_KEY}."),
    click.option(
        "--endpoint", metavar="URL", help=f"The address of the emulator, as in {_ENDPOINT}."
    ),
)


def _add_options(
    command: C, options: tuple[Callable[[Any], Any], ...], *, prefers_folder: bool = False
) -> C:
    @functools.wraps(command)
    def call(*arguments: Any, **values: Any) -> Any:
        given = {name: values.pop(name, None) for name in ("endpoint", "key", "world", "data_dir")}
        parent = click.get_current_context().parent
        inherited = parent.params if parent else {}
        chosen = {
            name: inherited.get(name) if value is None else value for name, value in given.items()
        }
        server = AddressedServer(Choice(**chosen, prefers_folder=prefers_folder))
        with server.explained_errors():
            return command(*arguments, server=server, **values)

    decorated: Any = call
    for option in options:
        decorated = option(decorated)
    added: C = decorated
    return added


def _find_address(choice: Choice, settings: Settings) -> Address:
    """Decide which emulator is meant, in the order of this module's docstring."""
    if named := _named_endpoint(choice):
        prefers_folder = choice.prefers_folder and not choice.endpoint
        if not (prefers_folder and find_ready_server(settings)):
            return _named_address(*named, choice.key, settings)
    local = running_server(settings)
    if choice.key:
        return Address(local.process.url, choice.key, "the data folder")
    return Address(local.process.url, local.process.key, "the data folder", local)


def _named_endpoint(choice: Choice) -> tuple[str, str] | None:
    """Return the endpoint that options or environment name, and what names it."""
    endpoint, key = os.environ.get(_ENDPOINT), choice.key or os.environ.get(_KEY)
    if choice.endpoint:
        return choice.endpoint, "--endpoint"
    return (endpoint, _ENDPOINT) if endpoint and key and choice.data_dir is None else None


def _named_address(
    endpoint: str, origin: str, option_key: str | None, settings: Settings
) -> Address:
    """Return the address of the emulator at an endpoint.

    If that emulator runs on the data folder, the key of the folder is used, which may do more than
    the one in the environment; the latter then chooses the world.

    Args:
        option_key: the option ``--key``, which comes before all other keys.
    """
    url = _parse(endpoint, origin)
    key = option_key or os.environ.get(_KEY)
    local = None if option_key else find_server_at(settings, url)
    if local is not None and local.process.is_ready():
        return Address(url, local.process.key, origin, local, world_key=key)
    if not key:
        raise click.UsageError(f"there is no API key for {url}: give --key, or set {_KEY}")
    _require_emulator(url, origin)
    return Address(url, key, origin)


def _parse(endpoint: str, origin: str) -> str:
    try:
        return base_url(endpoint)
    except ValueError as error:
        raise click.UsageError(f"{origin}: {error}") from None


def _require_emulator(url: str, origin: str) -> None:
    try:
        require_emulator(url)
    except (RequestRefusedError, UnreachableError) as error:
        remedy = "unset it" if origin == _ENDPOINT else "leave it out"
        raise click.ClickException(
            f"{error}\n(named by {origin}: change it; or {remedy} and use the emulator of a data "
            "folder)"
        ) from None


def _world_of_key(transport: HttpTransport, key: str | None) -> str:
    """Return the world of a key, or the default world if it is not a key of the emulator."""
    worlds = ControlPlane(transport).worlds.list() if key else []
    owners = [each["name"] for each in worlds if key in each["keys"].values()]
    return owners[0] if owners else DEFAULT_WORLD


def _refusal_message(error: Exception) -> str | None:
    """Return the text of a refused request; ``None`` if the error is another one."""
    # Imported here because they take longer to import than most commands run.
    from kili_emulator.domain.registry import WorldError
    from kili_emulator.errors import KiliError
    from kili_emulator.scenario import ScenarioError

    is_refusal = isinstance(error, KiliError | RequestRefusedError | ScenarioError | WorldError)
    return str(error) if is_refusal else None
