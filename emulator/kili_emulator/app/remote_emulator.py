"""An emulator outside of this process, reached by its address and an API key."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from kili_emulator.app.direct_connections import direct_connections
from kili_emulator.app.emulator_front import EmulatorFront
from kili_emulator.client import ControlPlane, HttpTransport
from kili_emulator.client.addresses import base_url, require_emulator
from kili_emulator.config import DEFAULT_WORLD
from kili_emulator.sdk.process_speed import fast_sdk_of_process


class RemoteEmulator(EmulatorFront):
    """An emulator outside of this process; :meth:`kili_emulator.Emulator.connect` makes it.

    Args:
        transport: carries the requests to the emulator.
        world: the name of the world to use.
        fast_sdk: make the SDK of this process fast, until :meth:`stop`.
    """

    def __init__(
        self, transport: HttpTransport, world: str = DEFAULT_WORLD, *, fast_sdk: bool = True
    ) -> None:
        super().__init__(transport, world)
        self._url = transport.url
        self._exit.enter_context(prepared_process(transport.url, fast_sdk=fast_sdk))
        self._is_running = True

    @property
    def is_running(self) -> bool:
        """Whether the use of the emulator has not ended."""
        return self._is_running

    @property
    def url(self) -> str:
        if not self._is_running:
            raise RuntimeError(f"the use of the emulator at {self._url} has ended: connect again")
        return self._url

    def stop(self) -> None:
        """End the use of the emulator, which goes on; a second call does nothing."""
        self._is_running = False
        self._close()


@contextlib.contextmanager
def prepared_process(url: str, *, fast_sdk: bool) -> Iterator[None]:
    """Let the clients of this process reach an emulator without a proxy, and without pauses."""
    with contextlib.ExitStack() as undo:
        undo.enter_context(direct_connections(url))
        if fast_sdk:
            undo.enter_context(fast_sdk_of_process())
        yield


def connect(
    url: str | None = None,
    key: str | None = None,
    *,
    world: str | None = None,
    fast_sdk: bool = True,
) -> RemoteEmulator:
    """Connect to an emulator: see :meth:`kili_emulator.Emulator.connect`."""
    address = base_url(url or _from_environment("KILI_API_ENDPOINT", "url"))
    key = key or _from_environment("KILI_API_KEY", "key")
    require_emulator(address)
    transport = HttpTransport(address, key)
    own_world = ControlPlane(transport).worlds.own()["name"]
    if world is not None:
        ControlPlane(transport, world).worlds.show()
    return RemoteEmulator(transport, world or own_world, fast_sdk=fast_sdk)


def _from_environment(variable: str, argument: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise ValueError(
            f"there is no {argument}, and {variable} is not set: give connect() the {argument}, or "
            "set the variables that `kili-emulator env` prints"
        )
    return value
