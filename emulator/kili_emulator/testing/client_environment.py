"""The environment in which code that makes its own client reaches the emulator."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kili_emulator.sdk.schema_cache import cleaned_home_cache

if TYPE_CHECKING:
    from kili_emulator.app import Emulator

_CLIENT_MODULE = "kili.core.graphql.graphql_client"
_CACHE_PARAMETER = "graphql_schema_cache_dir"


class KiliEnvironment:
    """The variables that are set while the fixture ``kili_env`` is in use.

    Args:
        emulator: the emulator that clients reach.

    Attributes:
        variables: the names and values of the variables.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.variables: Mapping[str, str] = {}

    def use(self, name: str) -> None:
        """Let clients that are made from now on have the API key of another user.

        Args:
            name: the name of a key of the scenario, such as ``labeler``.

        Raises:
            KeyError: the scenario has no key of this name.
        """
        self.variables = dict(self._emulator.environment(name))
        os.environ.update(self.variables)


@contextlib.contextmanager
def client_environment(emulator: Emulator, cache: Path) -> Iterator[KiliEnvironment]:
    """Set the variables of clients for a while, with the key of the administrator.

    Args:
        emulator: the emulator that clients reach.
        cache: the folder in which clients of this process keep the schema.
    """
    environment = KiliEnvironment(emulator)
    names = [key["name"] for key in emulator.world.view.api_keys.all()]
    with contextlib.ExitStack() as undo:
        undo.enter_context(_restored(["KILI_API_ENDPOINT", "KILI_API_KEY", "NO_PROXY"]))
        undo.enter_context(_schema_cache(cache))
        undo.enter_context(cleaned_home_cache(emulator.url))
        environment.use("admin" if "admin" in names else names[0])
        yield environment


@contextlib.contextmanager
def _restored(names: Sequence[str]) -> Iterator[None]:
    """Restore environment variables at the end of a ``with`` block."""
    before = {name: os.environ.get(name) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _schema_cache(folder: Path) -> Iterator[None]:
    """Let clients that get no folder for the schema keep it in this one.

    The SDK reads its home folder at its import, so that ``HOME`` has no effect any more. SDKs up to
    2.128 keep no schema.
    """
    try:
        function: Any = importlib.import_module(_CLIENT_MODULE).GraphQLClient.__init__
    except ImportError:
        yield
        return
    defaults: tuple[Any, ...] = function.__defaults__ or ()
    names = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not parameter.empty
    ]
    if _CACHE_PARAMETER not in names:
        yield
        return
    index = names.index(_CACHE_PARAMETER)
    changed = (*defaults[:index], folder, *defaults[index + 1 :])
    function.__defaults__ = changed
    try:
        yield
    finally:
        function.__defaults__ = defaults
