"""The fast SDK of this process, while at least one emulator wants it.

:func:`kili_emulator.sdk.pauses.fast_sdk` needs the SDK, whose import takes over a second.
Therefore an emulator that starts before the SDK is imported changes it right after its import.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from kili_emulator.sdk.pauses import fast_sdk

_MODULE = "kili.client"


class _FastSdk(MetaPathFinder):
    """Changes the SDK for the first user, or at its import; restores it after the last user.

    The users may end in any order.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._users = 0
        self._exit = contextlib.ExitStack()
        self._is_applied = False

    def begin(self) -> None:
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            if _MODULE in sys.modules:
                self.apply()
            else:
                sys.meta_path.insert(0, self)

    def end(self) -> None:
        if sys.is_finalizing():  # a script did not stop its emulator; nobody uses the SDK any more
            return
        with self._lock:
            self._users -= 1
            if self._users:
                return
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            self._is_applied = False
            self._exit.close()

    def apply(self) -> None:
        """Change the SDK, if there is a user."""
        with self._lock:
            if self._users and not self._is_applied:
                self._exit.enter_context(fast_sdk())
                self._is_applied = True

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the SDK as the other finders do, with a loader that changes it."""
        if name != _MODULE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _ChangingLoader(spec.loader)
                return spec
        return None


class _ChangingLoader(Loader):
    """Loads the SDK, then changes it.

    Args:
        loader: the loader that does the loading, and that the module shows.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _FAST_SDK.apply()


_FAST_SDK = _FastSdk()


@contextlib.contextmanager
def fast_sdk_of_process() -> Iterator[None]:
    """Keep the SDK of this process fast during a ``with`` block."""
    _FAST_SDK.begin()
    try:
        yield
    finally:
        _FAST_SDK.end()
