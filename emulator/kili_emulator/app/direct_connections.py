"""Connections to emulators that pass by the proxies of this process."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from kili_emulator.config import no_proxy

_VARIABLE = "NO_PROXY"


class _Exclusion:
    """The exclusion of one emulator; ``before`` is the value of the variable without it."""

    def __init__(self, url: str, before: str | None) -> None:
        self.url = url
        self.before = before


_exclusions: list[_Exclusion] = []  # in the order of their begin
_lock = threading.Lock()


@contextlib.contextmanager
def direct_connections(url: str) -> Iterator[None]:
    """Exclude the emulator's address from the proxies of this process, for a while.

    Several exclusions may end in any order.
    """
    with _lock:
        exclusion = _Exclusion(url, os.environ.get(_VARIABLE))
        _exclusions.append(exclusion)
        os.environ[_VARIABLE] = no_proxy(url, exclusion.before or "")
    try:
        yield
    finally:
        with _lock:
            _end(exclusion)


def connected_urls() -> list[str]:
    """Return the addresses of the emulators that this process uses now."""
    with _lock:
        return [each.url for each in _exclusions]


def _end(exclusion: _Exclusion) -> None:
    """End an exclusion: restore the variable, or let the next exclusion restore it later."""
    index = _exclusions.index(exclusion)
    del _exclusions[index]
    if index < len(_exclusions):
        _exclusions[index].before = exclusion.before
    elif exclusion.before is None:
        os.environ.pop(_VARIABLE, None)
    else:
        os.environ[_VARIABLE] = exclusion.before
