"""Relative imports in ``main.py`` and the modules beside it.

Kili's own end-to-end test deploys a ``main.py`` with ``from .sub_folder.helpers import f``
(contract §12.2). In a worker these modules keep their plain names, by which child processes find
them too: they belong to no package, and Python refuses their relative imports. Here such an import
is made an absolute one, so that both ways lead to the same module.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import builtins
import importlib
import os
from types import ModuleType
from typing import Any

_ROOT = "plugin"


def install(folder: str) -> None:
    """Allow the modules of a plugin's folder relative imports up to the folder itself."""
    builtins.__import__ = _Importer(folder, builtins.__import__)
    importlib.import_module = _import_module(importlib.import_module)


class _Importer:
    def __init__(self, folder: str, original: Any) -> None:
        self._inside = folder + os.sep
        self._original = original
        self._root = ModuleType(_ROOT)
        self._root.__path__ = [folder]

    def __call__(
        self,
        name: str,
        globals: Any = None,  # noqa: A002
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        if not (level and self._reaches_the_folder(globals or {}, level)):
            return self._original(name, globals, locals, fromlist, level)
        if name:
            return self._original(name, globals, locals, fromlist, 0)
        for each in fromlist or ():
            self._add_to_root(each)
        return self._root

    def _reaches_the_folder(self, importing: Any, level: int) -> bool:
        """Whether a relative import of one of the plugin's modules begins at its folder."""
        if not str(importing.get("__file__") or "").startswith(self._inside):
            return False
        package = importing.get("__package__") or ""
        return level == (package.count(".") + 2 if package else 1)

    def _add_to_root(self, name: str) -> None:
        """Import a module for ``from . import name``; one that is not there is no error yet."""
        try:
            self._root.__dict__[name] = self._original(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise


def _import_module(original: Any) -> Any:
    def import_module(name: str, package: Any = None) -> ModuleType:
        is_from_top = package == "" and name.startswith(".") and not name.startswith("..")
        found: ModuleType = original(name[1:] if is_from_top else name, package)
        return found

    return import_module
