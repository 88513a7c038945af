"""Makes an SDK fast for tests: an explicit, reversible opt-in.

The SDK sleeps 15 seconds before each look at a plugin's status, one second after some batches,
and limits itself to a number of calls a minute, which under a frozen clock never ends. None of
this belongs in a test. Nothing but the standard library is needed here, so that the file can be
loaded next to any generation of the SDK.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
import types
from typing import Any, Iterator  # noqa: UP035  (loaded by old interpreters, too)

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
        """What SDKs up to 2.15x enter for each call."""
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
    """Lift the SDK's sleeps and its rate limit for the time of a ``with`` block."""
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
