"""Shorten the pauses of an SDK for tests: an explicit, reversible opt-in.

The SDK sleeps 15 seconds before each check of a plugin's status and one second after some batches.
It also limits its calls per minute; under a frozen clock, the wait for the next call never ends. It
sends failed requests again after pauses of seconds (``retries``). Each client also builds the
schema of its server anew, which takes 0.3 seconds. Tests need none of this.

This module imports only the standard library and its neighbour, so that both can be loaded beside
any SDK.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import json
import sys
import time
import types
from typing import (  # noqa: UP035  (old interpreters load this too)
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    Tuple,
)

from .retries import retry_pauses  # noqa: TID252  (the folder may have another name there)

_UPLOAD_MODULE = "kili.services.plugins.upload"
_SLEEPING_MODULES = (
    _UPLOAD_MODULE,
    "kili.core.utils.pagination",
    "kili.utils.pagination",
)
_CLIENT_MODULES = ("kili.core.graphql.graphql_client", "kili.graphql.graphql_client")
_POLL_SECONDS = 0.05


class _NoLimiter:
    def try_acquire(self, *_: Any, **__: Any) -> bool:
        return True

    def ratelimit(self, *_: Any, **__: Any) -> contextlib.AbstractContextManager[None]:
        """Return the context manager that SDKs up to 2.15x enter for each call."""
        return contextlib.nullcontext()


class _QuickTime(types.ModuleType):
    """The ``time`` module, with sleeps cut short."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(min(seconds, _POLL_SECONDS))


_ABSENT = object()
Replacement = Tuple[Any, str, Any]  # noqa: UP006


@contextlib.contextmanager
def fast_sdk() -> Iterator[None]:
    """Shorten the pauses of the SDK and lift its rate limit during a ``with`` block.

    Clients that are made in the block share schemas, as in :func:`shared_schemas`.
    """
    replacements = [*_schema_builders(), *_sleeps(), *_plugin_executions(), *_limiters()]
    with _replaced([*replacements, *retry_pauses(_import_available, _QuickTime("time"))]):
        yield


@contextlib.contextmanager
def shared_schemas() -> Iterator[None]:
    """Let clients that are made in a ``with`` block share the schemas that are alike.

    Each client still fetches the schema, and validates its documents against it.
    """
    with _replaced(_schema_builders()):
        yield


class _SchemaBuilder:
    """A function that makes a schema, or its syntax tree, out of a description: once for each.

    Args:
        function: the function of ``gql.client``, whose results nobody changes.
        key_of: the text by which to tell descriptions apart.
    """

    results: Dict[Tuple[str, str], Any] = {}  # noqa: UP006, RUF012  (of the whole process)

    def __init__(self, function: Callable[[Any], Any], key_of: Callable[[Any], str]) -> None:
        self._function = function
        self._key_of = key_of

    def __call__(self, description: Any) -> Any:
        key = (self._function.__name__, self._key_of(description))
        if key not in self.results:
            self.results[key] = self._function(description)
        return self.results[key]


_KEYS: Dict[str, Callable[[Any], str]] = {  # noqa: UP006
    "parse": str,
    "build_ast_schema": lambda document: str(document.loc.source.body),
    "build_client_schema": json.dumps,
}


def _schema_builders() -> Iterator[Replacement]:
    for module in _import_available(("gql.client",)):
        for name, key_of in _KEYS.items():
            function = getattr(module, name, None)
            if function is not None and not isinstance(function, _SchemaBuilder):
                yield module, name, _SchemaBuilder(function, key_of)


def _sleeps() -> Iterator[Replacement]:
    for module in _import_available(_SLEEPING_MODULES):
        if hasattr(module, "time"):
            yield module, "time", _QuickTime("time")
        if hasattr(module, "sleep"):
            yield module, "sleep", _QuickTime.sleep


def _plugin_executions() -> Iterator[Replacement]:
    """Yield a replacement for the built-in ``exec`` in the module that executes uploaded plugins.

    SDKs up to 2.127 execute a plugin with the variables of that module, so that ``import time`` in
    a plugin would undo :func:`_sleeps`.
    """
    for module in _import_available((_UPLOAD_MODULE,)):
        if hasattr(module, "time"):
            yield module, "exec", _execute_and_keep_time


def _execute_and_keep_time(source: str, variables: Dict[str, Any]) -> None:  # noqa: UP006
    kept = variables["time"]
    try:
        builtins.exec(source, variables)
    finally:
        variables["time"] = kept


def _limiters() -> Iterator[Replacement]:
    for module in _import_available(_CLIENT_MODULES):
        if hasattr(module, "_limiter"):
            yield module, "_limiter", _NoLimiter()


@contextlib.contextmanager
def _replaced(replacements: Iterable[Replacement]) -> Iterator[None]:
    """Put other values into modules for the time of a ``with`` block."""
    originals = []
    try:
        for module, name, value in replacements:
            originals.append((module, name, vars(module).get(name, _ABSENT)))
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in reversed(originals):
            if value is _ABSENT:
                delattr(module, name)
            else:
                setattr(module, name, value)


def _import_available(names: tuple[str, ...]) -> Iterator[types.ModuleType]:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            yield sys.modules[name]
