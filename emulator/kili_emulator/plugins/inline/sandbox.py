"""Import the code of a plugin under a package name of its own.

Two plugins may both have a ``main.py`` and a ``helpers`` package. Each version's modules are in
:data:`sys.modules` below one unique package, so that relative imports work in ``main.py`` too
(contract/plugin.md#imports). They have their own ``__builtins__``: its ``__import__`` maps the
plugin's module names to the package, and its ``print`` writes to the log of the current run. This
module does not change ``sys.path``. If a plugin adds one of its own folders there, the folder
counts for its own imports only. All this keeps plugins apart from each other; it does not confine
them.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import linecache
import os
import sys
from collections.abc import MutableSequence, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NoReturn

from kili_emulator.plugins import logs
from kili_emulator.plugins.debugging import breakpoints
from kili_emulator.plugins.guest import coverage_measurement
from kili_emulator.plugins.guest.kili_types import kili_types
from kili_emulator.plugins.guest.tracebacks import PACKAGE, CodeLocation
from kili_emulator.plugins.inline import plugin_threads

_LOCATION = "plugin_location"


def import_main(version_id: str, location: CodeLocation) -> ModuleType:
    """Import ``main.py`` of an unpacked plugin version; drop its modules of an earlier import.

    Raises:
        BaseException: any exception of the plugin's code.
    """
    package = PACKAGE + version_id
    drop_modules(version_id)
    _install()
    root = ModuleType(package)
    root.__path__ = [str(location.folder)]
    root.__dict__[_LOCATION] = location
    sys.modules[package] = root
    return importlib.import_module(f"{package}.main")


def drop_modules(version_id: str) -> None:
    """Remove the modules of a version from :data:`sys.modules`."""
    package = PACKAGE + version_id
    for name in [each for each in list(sys.modules) if each.split(".")[0] == package]:
        sys.modules.pop(name, None)


def _location_of(module: str) -> CodeLocation:
    location: CodeLocation = sys.modules[module.partition(".")[0]].__dict__[_LOCATION]
    return location


def _install() -> None:
    """Prepare this interpreter for plugins, once."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
        plugin_threads.install()


class _Finder(MetaPathFinder):
    """The finder of the modules below a plugin's package; it gives them :class:`_Loader`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(PACKAGE):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """A loader that runs a module with the plugin's own builtins, and writes no byte code."""

    def exec_module(self, module: ModuleType) -> None:
        package = module.__name__.split(".")[0]
        module.__dict__["__builtins__"] = _builtins(package)
        super().exec_module(module)

    def source_to_code(  # type: ignore[override]  # which typeshed has as a static method
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        """Compile a file under the file name by which debuggers find it."""
        name = _location_of(self.name).code_name(str(path))
        linecache.checkcache(name)
        if name != str(path):
            coverage_measurement.announce(name)
        return super().source_to_code(data, name)

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no byte code: the folder holds only the uploaded files."""


def _builtins(package: str) -> dict[str, Any]:
    root = sys.modules[package]
    existing: dict[str, Any] | None = root.__dict__.get("plugin_builtins")
    if existing is None:
        existing = {
            **builtins.__dict__,
            "__import__": _Importer(package, root.__path__),
            "print": _print,
            "input": _input,
            "breakpoint": breakpoints.stop,
            "exit": _exit,
            "quit": _exit,
        }
        root.__dict__["plugin_builtins"] = existing
    return existing


class _Importer:
    """``__import__`` of a plugin.

    Args:
        folders: the folders of the plugin's modules: first the one where it is unpacked, then
            the folders in it that the plugin has added to ``sys.path``.
    """

    def __init__(self, package: str, folders: MutableSequence[str]) -> None:
        self._package = package
        self._folders = folders

    def __call__(
        self,
        name: str,
        globals: dict[str, Any] | None = None,  # noqa: A002
        locals: dict[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        fromlist = fromlist or ()
        if level > 0:
            return builtins.__import__(name, globals, locals, fromlist, level)
        if self._is_plugin_module(name.partition(".")[0]):
            module = builtins.__import__(f"{self._package}.{name}", globals, locals, fromlist)
            top = f"{self._package}.{name.partition('.')[0]}"
            return module if fromlist else sys.modules[top]
        if name == "kili.types" or (name == "kili" and "types" in fromlist):
            return _kili_types(name, fromlist)
        if name.partition(".")[0] == "importlib":
            return self._importlib(builtins.__import__(name, globals, locals, fromlist))
        return builtins.__import__(name, globals, locals, fromlist, level)

    def _is_plugin_module(self, top: str) -> bool:
        prefix = f"{self._folders[0]}{os.sep}"
        entries: list[Any] = [*sys.path]
        texts = [each for each in entries if isinstance(each, str)]  # Python skips others, too
        self._folders += [
            each for each in texts if each.startswith(prefix) and each not in self._folders
        ]
        folders = map(Path, self._folders)
        return any((each / f"{top}.py").is_file() or (each / top).is_dir() for each in folders)

    def _importlib(self, imported: ModuleType) -> ModuleType:
        """Return ``importlib`` with an ``import_module`` that finds the plugin's own modules."""
        if imported.__name__ != "importlib":  # a submodule of importlib
            return imported
        wrapped = ModuleType("importlib")
        wrapped.__dict__.update(imported.__dict__)
        wrapped.__dict__["import_module"] = self._import_module
        return wrapped

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        is_own = not name.startswith(".") and self._is_plugin_module(name.partition(".")[0])
        return importlib.import_module(f"{self._package}.{name}" if is_own else name, package)


def _kili_types(name: str, fromlist: Sequence[str]) -> ModuleType:
    types = kili_types()
    if name == "kili.types" and fromlist:
        return types
    top = ModuleType("kili")
    top.__dict__.update(importlib.import_module("kili").__dict__)
    top.__dict__["types"] = types
    return top


def _print(*values: Any, sep: str | None = " ", end: str | None = "\n", **options: Any) -> None:
    """Print to the run's log, unless ``file`` is another file than a standard stream."""
    log = logs.current.get()
    file = options.get("file")
    if log is None or file not in (None, sys.stdout, sys.stderr):
        builtins.print(*values, sep=sep, end=end, **options)  # noqa: T201
        return
    text = (" " if sep is None else sep).join(map(str, values))
    log.write(text + ("\n" if end is None else end))


def _input(*_: Any) -> NoReturn:
    raise EOFError("a plugin has no terminal to read from")


def _exit(code: Any = None) -> NoReturn:
    raise SystemExit(code)
