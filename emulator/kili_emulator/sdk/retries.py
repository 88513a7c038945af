"""Shorten the pauses between the attempts of an SDK, for ``fast_sdk``.

An SDK sends a failed request again after a pause, and gives up after a number of attempts or a
time. The pauses become short, and count in full for that time: so the SDK makes as many attempts
as it would make without ``fast_sdk``, and raises the same error at the end.

This module imports only the standard library, so that it can be loaded beside any SDK.
"""

from __future__ import annotations

import functools
import types
from typing import (  # noqa: UP035  (old interpreters load this too)
    Any,
    Callable,
    Iterable,
    Iterator,
    Tuple,
)

# Modules that retry by tenacity, by urllib3, or in a loop with a sleep.
_RETRYING_MODULES = (
    "kili.core.graphql.graphql_client",
    "kili.services.asset_import.base",
    "kili.use_cases.asset.media_downloader",
    "kili.use_cases.project.project",
    "kili.use_cases.cloud_storage",
    "kili.entrypoints.mutations.asset",
    "kili.queries.asset.helpers",
    "kili.utils.bucket",
)
_TRANSPORT_MODULES = ("gql.transport.requests",)
_LOOPING_MODULES = ("kili.graphql.graphql_client", "kili.graphql_client")
_PAUSE_SECONDS = 0.01

Replacement = Tuple[Any, str, Any]  # noqa: UP006  (an object, an attribute, its other value)
ImportAvailable = Callable[[Tuple[str, ...]], Iterable[types.ModuleType]]  # noqa: UP006


def retry_pauses(import_available: ImportAvailable, quick_time: Any) -> Iterator[Replacement]:
    """Yield what shortens the pauses.

    Args:
        import_available: imports those of some modules that the SDK has.
        quick_time: the module ``time``, with sleeps cut short.
    """
    for module in import_available(_RETRYING_MODULES):
        retrying = getattr(module, "Retrying", None)
        if retrying is not None and not isinstance(retrying, functools.partial):
            yield module, "Retrying", functools.partial(_make_retrying, retrying)
        for decorated in _retried_functions(module):
            if not isinstance(decorated.retry.wait, _ShortWait):
                yield decorated.retry, "wait", _ShortWait(decorated.retry.wait)
    for module in import_available(_TRANSPORT_MODULES):
        if hasattr(module, "Retry") and not hasattr(module.Retry, "is_short"):
            yield module, "Retry", _short_urllib3_retry(module.Retry)
    for module in import_available(_LOOPING_MODULES):
        if hasattr(module, "time"):
            yield module, "time", quick_time


class _ShortWait:
    """The wait of tenacity between two attempts: short, but it counts in full.

    Args:
        wait: returns the seconds that the SDK would wait.
    """

    def __init__(self, wait: Callable[[Any], float]) -> None:
        self._wait = wait

    def __call__(self, retry_state: Any) -> float:
        seconds = self._wait(retry_state)
        pause = min(seconds, _PAUSE_SECONDS)
        retry_state.start_time -= seconds - pause  # the time limit of the attempts includes them
        return pause


def _make_retrying(retrying: Callable[..., Any], **options: Any) -> Any:
    if "wait" in options:
        options["wait"] = _ShortWait(options["wait"])
    return retrying(**options)


def _retried_functions(module: types.ModuleType) -> Iterator[Any]:
    """Yield the functions and methods of a module that tenacity decorates."""
    own_classes = [each for each in vars(module).values() if isinstance(each, type)]
    for owner in (module, *own_classes):
        for function in list(vars(owner).values()):
            if hasattr(getattr(function, "retry", None), "wait"):
                yield function


def _short_urllib3_retry(retry: Any) -> Any:
    """Return the class of urllib3 with short pauses; their number is limited, not their time."""

    class ShortRetry(retry):  # type: ignore[misc]
        is_short = True

        def get_backoff_time(self) -> float:
            return min(float(super().get_backoff_time()), _PAUSE_SECONDS)

        def get_retry_after(self, response: Any) -> Any:
            seconds = super().get_retry_after(response)
            return seconds and min(seconds, _PAUSE_SECONDS)

    return ShortRetry
