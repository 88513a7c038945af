"""Make the SDK clients that plugins get as ``self.kili``.

From 2.137 on, the SDK holds one lock for all clients of a process during every call. So a test's
``append_labels`` would hold the lock while the plugin that it triggers waits for it; one plugin's
call would block another plugin in the same way. Therefore each plugin client has its own lock, a
rate limiter that never waits, and its own request headers (:mod:`.sdk_context`). The SDK's modules
are not changed for other clients.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import threading
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any, Iterator  # noqa: UP035  (loaded by old interpreters, too)

from kili_emulator.plugins.guest import sdk_context

_LOG_CONTEXT = "LogContext"
_SHARED = ("_execute_lock", "_limiter", _LOG_CONTEXT)
_OLD_CHECKS = ("check_versions_match", "check_expiry_of_key_is_close")
_SKIP_CHECKS = "KILI_SDK_SKIP_CHECKS"

_client_lock = threading.Lock()


class _NoLimiter:
    """A replacement for the SDK's limit of calls per minute, without a limit."""

    def try_acquire(self, *_: Any, **__: Any) -> bool:
        return True

    def ratelimit(self, *_: Any, **__: Any) -> contextlib.AbstractContextManager[None]:
        """Return a context that does nothing; SDKs up to 2.15x enter it for each call."""
        return contextlib.nullcontext()


def client_options(endpoint: str, key: str, cache: Path) -> dict[str, Any]:
    """Return the arguments for a client of the installed SDK, without progress bars.

    Args:
        cache: the folder in which SDKs that keep the schema may keep it.
    """
    options: dict[str, Any] = {"api_key": key, "api_endpoint": endpoint}
    parameters = importlib.import_module("kili.client").Kili.__init__.__code__.co_varnames
    if "graphql_client_params" in parameters:
        options["graphql_client_params"] = {"graphql_schema_cache_dir": cache}
    if "disable_tqdm" in parameters:
        options["disable_tqdm"] = True
    return options


def make_client(endpoint: str, key: str, cache: Path) -> Any:
    """Make a client of the installed SDK with its own lock, limiter and request headers.

    Args:
        endpoint: the GraphQL URL.
        key: the API key of a run.
        cache: the folder in which the SDK may keep the schema; never the user's own cache.

    The SDK's checks at the start are skipped, as the key is valid: this takes a millisecond instead
    of a hundred. An environment variable switches them off, so that a client which another thread
    makes at the same moment skips them too.
    """
    module = importlib.import_module("kili.client")
    options = client_options(endpoint, key, cache)
    with _client_lock, _without_checks():
        previous = os.environ.get(_SKIP_CHECKS)
        os.environ[_SKIP_CHECKS] = "1"
        try:
            client = module.Kili(**options)
        finally:
            if previous is None:
                del os.environ[_SKIP_CHECKS]
            else:
                os.environ[_SKIP_CHECKS] = previous
    _isolate_client(client)
    return client


@contextlib.contextmanager
def _without_checks() -> Iterator[None]:
    """Skip the checks of SDKs before 2.129, which have no such variable."""
    auth = _find_old_auth()
    if auth is None:
        yield
        return
    original_checks = {name: getattr(auth, name) for name in _OLD_CHECKS if hasattr(auth, name)}
    for name in original_checks:
        setattr(auth, name, lambda *_, **__: None)
    try:
        yield
    finally:
        for name, check in original_checks.items():
            setattr(auth, name, check)


@functools.lru_cache(maxsize=1)
def _find_old_auth() -> Any:
    """Return the class with the checks of SDKs before 2.129; ``None`` in later ones."""
    try:
        return importlib.import_module("kili.authentication").KiliAuth
    except (ImportError, AttributeError):
        return None


def _isolate_client(client: Any) -> None:
    """Give the client's GraphQL client its own lock, limiter and context.

    Raises:
        RuntimeError: the SDK does not use its lock in a known way.
    """
    graphql_client = getattr(client, "graphql_client", None)
    if graphql_client is None:
        graphql_client = client.auth.client  # until 2.136
    replacements: dict[str, Any] = {"_execute_lock": threading.Lock(), "_limiter": _NoLimiter()}
    module = importlib.import_module(type(graphql_client).__module__)
    if hasattr(module, _LOG_CONTEXT):
        replacements[_LOG_CONTEXT] = sdk_context.make_context_factory()
    rebuilt = 0
    for name, method in vars(type(graphql_client)).items():
        function = getattr(method, "__wrapped__", method)
        if not isinstance(function, FunctionType) or not _is_shared(function):
            continue
        copy = _with_globals(function, replacements)
        if function is not method:
            copy = method.retry.wraps(copy)
        setattr(graphql_client, name, MethodType(copy, graphql_client))
        rebuilt += 1
    if not rebuilt and any(hasattr(module, each) for each in _SHARED):
        raise RuntimeError("this version of the kili SDK keeps its lock in an unknown place")


@functools.lru_cache(maxsize=256)
def _is_shared(function: FunctionType) -> bool:
    return _uses_shared(function.__code__)


def _uses_shared(code: CodeType) -> bool:
    """Return whether a function, or one defined in it, uses an object that all clients share."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return any(name in code.co_names for name in _SHARED) or any(map(_uses_shared, inner))


def _with_globals(function: FunctionType, changed: dict[str, Any]) -> FunctionType:
    """Return a copy of a function for which some global names have other values."""
    copy = FunctionType(
        function.__code__,
        {**function.__globals__, **changed},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
