"""Allow relative imports in ``main.py`` and the modules beside it.

Kili's own end-to-end test deploys a ``main.py`` with ``from .sub_folder.helpers import f``
(contract/plugin.md#imports). In a worker, these modules keep their plain names, so that child
processes find them too. They belong to no package, and Python refuses their relative imports. This
module turns such an import into an absolute one, so that both forms load the same module. If
another module already has the plain name, as in ``from .types import Label``, the import uses a
name below the version's package instead.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from types import ModuleType
from typing import Any

from kili_emulator.plugins.guest.tracebacks import CodeLocation


def install(location: CodeLocation) -> None:
    """Allow relative imports, up to the plugin's folder, in the modules of that folder."""
    importer = _Importer(str(location.folder), location.package, builtins.__import__)
    builtins.__import__ = importer
    importlib.import_module = importer.import_module(importlib.import_module)


class _Importer:
    """``__import__`` of a worker.

    Args:
        folder: where the plugin's version is unpacked.
        package: the package for modules whose plain name is taken.
        original: ``__import__`` of Python.
    """

    def __init__(self, folder: str, package: str, original: Any) -> None:
        self._folder_prefix = folder + os.sep
        self._package = package
        self._original = original
        self._root = ModuleType(package)
        self._root.__path__ = [folder]
        sys.modules[package] = self._root

    def __call__(
        self,
        name: str,
        globals: Any = None,  # noqa: A002
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        if not (level and self._starts_at_folder(globals or {}, level)):
            return self._original(name, globals, locals, fromlist, level)
        if name:
            return self._original(self._absolute(name), globals, locals, fromlist, 0)
        for each in fromlist or ():
            self._add_to_root(each)
        return self._root

    def import_module(self, original: Any) -> Any:
        """Return an ``importlib.import_module`` that accepts an empty name as the package.

        Modules at the top of the plugin's folder have such a ``__package__``.
        """

        def import_module(name: str, package: Any = None) -> ModuleType:
            if package == "" and name[:1] == "." and name[1:2] != ".":
                name = self._absolute(name[1:])
            imported: ModuleType = original(name, package)
            return imported

        return import_module

    def _starts_at_folder(self, importing: Any, level: int) -> bool:
        """Return whether a relative import, in a module of the plugin, begins at its folder."""
        if not str(importing.get("__file__") or "").startswith(self._folder_prefix):
            return False
        parts = (importing.get("__package__") or "").split(".")
        parent_packages = [each for each in parts if each not in ("", self._package)]
        return level == len(parent_packages) + 1

    def _absolute(self, name: str) -> str:
        """Return the absolute name of a module of the folder."""
        top = name.partition(".")[0]
        loaded = sys.modules.get(top)
        is_name_taken = top in sys.builtin_module_names or (
            loaded and not self._is_plugin_module(loaded)
        )
        return f"{self._package}.{name}" if is_name_taken else name

    def _is_plugin_module(self, module: ModuleType) -> bool:
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        return any(str(each).startswith(self._folder_prefix) for each in places if each)

    def _add_to_root(self, name: str) -> None:
        """Import a module for ``from . import name``; a missing module is no error here."""
        absolute = self._absolute(name)
        try:
            self._original(absolute)
        except ModuleNotFoundError as error:
            if error.name != absolute:
                raise
        else:
            self._root.__dict__[name] = sys.modules[absolute]
