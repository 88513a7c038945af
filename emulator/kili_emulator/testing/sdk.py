"""Shorten the pauses of an SDK for tests: an explicit, reversible opt-in.

The SDK sleeps 15 seconds before each check of a plugin's status and one second after some batches.
It also limits its number of calls per minute: under a frozen clock, it would wait for ever. The
module imports only the standard library, so that it can be loaded next to any SDK.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
import types
from typing import Any, Iterator  # noqa: UP035  (old interpreters load this too)

_SLEEPING_MODULES = (
    "kili.services.plugins.upload",
    "kili.core.utils.pagination",
    "kili.utils.pagination",
)
_CLIENT_MODULES = ("kili.core.graphql.graphql_client", "kili.graphql.graphql_client")
_POLL_SECONDS = 0.05


class _NoLimiter:
    def try_acquire(self, *_: Any, **__: Any) -> bool:
        return True

    def ratelimit(self, *_: Any, **__: Any) -> contextlib.AbstractContextManager[None]:
        """The context manager that SDKs up to 2.15x enter for each call."""
        return contextlib.nullcontext()


class _QuickTime(types.ModuleType):
    """The ``time`` module, with sleeps cut short."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(min(seconds, _POLL_SECONDS))


@contextlib.contextmanager
def fast_sdk() -> Iterator[None]:
    """Shorten the sleeps of the SDK and lift its rate limit during a ``with`` block."""
    patches = []
    try:
        for module in _import_available(_SLEEPING_MODULES):
            if hasattr(module, "time"):
                patches.append((module, "time", module.time))
                module.time = _QuickTime("time")  # type: ignore[attr-defined]
            if hasattr(module, "sleep"):
                patches.append((module, "sleep", module.sleep))
                module.sleep = _QuickTime.sleep  # type: ignore[attr-defined]
        for module in _import_available(_CLIENT_MODULES):
            if hasattr(module, "_limiter"):
                patches.append((module, "_limiter", module._limiter))
                module._limiter = _NoLimiter()  # type: ignore[attr-defined]
        yield
    finally:
        for module, name, original in reversed(patches):
            setattr(module, name, original)


def _import_available(names: tuple[str, ...]) -> Iterator[types.ModuleType]:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            yield sys.modules[name]
