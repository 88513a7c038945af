"""Draw the ids that the SDK makes itself from a seed.

The SDK makes the ids of new assets (``cuid``), and the external ids of assets that have none
(``uuid4``), from the time, the process and chance. In a block of :func:`drawn_from`, they are drawn
from an *origin* instead: a text such as a seed. Ids of one origin are numbered; a new origin begins
at the first number.

This module imports only the standard library, so that it can be loaded beside any SDK.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import sys
import threading
from typing import Any, Callable, Dict, Iterator, List, Tuple  # noqa: UP035  (old interpreters)

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_IMPORT_MODULE = "kili.services.asset_import.base"
_DEFAULTS = "ASSET_FIELDS_DEFAULT_VALUE"  # of SDKs up to 2.125, which make one external id for all


class _Source:
    """A source of ids.

    Args:
        origin: returns the present origin.
    """

    def __init__(self, origin: Callable[[], str]) -> None:
        self._origin = origin
        self._last_origin = ""
        self._count = 0
        self._lock = threading.Lock()

    def restart(self) -> None:
        """Number the ids of the present origin from the beginning again."""
        with self._lock:
            self._count = 0

    def draw(self) -> bytes:
        """Return the 16 bytes of the next id."""
        with self._lock:
            origin = self._origin()
            if origin != self._last_origin:
                self._last_origin, self._count = origin, 0
            self._count += 1
            return _digest(f"{origin} {self._count}")


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class _Uuid:
    """A replacement for a ``UUID``, of which the SDK reads ``hex``."""

    def __init__(self, content: bytes) -> None:
        self.hex = content.hex()

    def __str__(self) -> str:
        return self.hex


_lock = threading.RLock()
_sources: List[_Source] = []  # noqa: UP006
_originals: Dict[Tuple[Any, str], Any] = {}  # noqa: UP006


@contextlib.contextmanager
def drawn_from(origin: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Draw the SDK's ids from an origin in a block; the innermost of several blocks counts.

    Args:
        origin: returns the present origin; called for each id.

    Yields:
        a function that numbers the ids of the present origin from the beginning again.
    """
    source = _Source(origin)
    with _lock:
        _sources.append(source)
    replace_ids()
    try:
        yield source.restart
    finally:
        with _lock:
            _sources.remove(source)
            if not _sources:
                _put_back()


@contextlib.contextmanager
def seeded_by(seed: int | None) -> Iterator[None]:
    """Draw the SDK's ids from a seed in a block; ``None`` leaves them alone."""
    if seed is None:
        yield
        return
    with drawn_from(lambda: f"seed {seed}"):
        yield


def replace_ids() -> None:
    """Replace the functions that make ids, in those modules of the SDK that are imported now.

    :func:`drawn_from` does this; call it again when the SDK is imported later in the block. The
    last block puts the functions back.
    """
    with _lock:
        if not _sources:
            return
        with contextlib.suppress(ImportError):
            # The method, as functions of this package are imported by name into other modules.
            _replace(importlib.import_module("cuid").CuidGenerator, "cuid", _cuid)
        module = sys.modules.get(_IMPORT_MODULE)
        if module is not None and hasattr(module, "uuid4"):
            _replace(module, "uuid4", lambda: _Uuid(_sources[-1].draw()))
        if module is not None and hasattr(module, _DEFAULTS):
            external_id = _digest(_DEFAULTS).hex()
            _replace(module, _DEFAULTS, {**getattr(module, _DEFAULTS), "external_id": external_id})


def _cuid(_: Any) -> str:
    number, digits = int.from_bytes(_sources[-1].draw(), "big"), ""
    for _index in range(24):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return "c" + digits


def _replace(owner: Any, name: str, value: Any) -> None:
    if (owner, name) not in _originals:
        _originals[owner, name] = vars(owner)[name]
        setattr(owner, name, value)


def _put_back() -> None:
    while _originals:
        (owner, name), value = _originals.popitem()
        setattr(owner, name, value)
