"""Let coverage.py count the lines of a plugin: in this process, and in a worker.

A plugin runs from a copy of its files. If the original files are known, the code has their names
(:class:`kili_emulator.plugins.guest.tracebacks.CodeLocation`), but its modules have the
``__file__`` of the copy, which coverage.py prefers.

Workers under other interpreters load this module, so it imports only the standard library;
coverage.py itself is imported if the emulator is being measured.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any

from kili_emulator.plugins.guest.tracebacks import CodeLocation


def announce(code_name: str) -> None:
    """Let coverage.py take the name of code as it is, rather than the ``__file__`` of its module.

    It decides once for each name of code, when it first sees such code. An empty program with that
    name, which has no ``__file__``, makes it decide before the module runs.
    """
    if "coverage" in sys.modules:
        exec(compile("", code_name, "exec"), {})


def configuration() -> str | None:
    """Return the configuration of the coverage.py that measures this process, as a text.

    Returns:
        ``None`` if nothing measures this process, or only a version before 7.10.
    """
    coverage = sys.modules.get("coverage")
    current = coverage.Coverage.current() if coverage else None
    serialize = getattr(getattr(current, "config", None), "serialize", None)
    return None if serialize is None else str(serialize())


class WorkerCoverage:
    """The measurement of one worker, whose data are saved beside those of the emulator's process.

    Args:
        config: the configuration of the emulator's process; ``None`` measures nothing.
    """

    def __init__(self, config: str | None) -> None:
        self._config = config
        self._coverage: Any = None

    def start(self, location: CodeLocation) -> None:
        """Measure the code of a version from its import on; do nothing without coverage.py."""
        if self._config is None:
            return
        try:
            coverage = importlib.import_module("coverage")
        except ImportError:  # the interpreter of the plugins has none
            return
        inherited = coverage.Coverage.current()  # of the process that forked this one
        if inherited:
            inherited.stop()
        if location.main is not None:
            sys.meta_path.insert(0, _Finder(location))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._coverage = coverage.Coverage(
                config_file=f":data:{self._config}", data_suffix=True, messages=False
            )
            self._coverage.start()

    def save(self) -> None:
        """Save what was measured until now: a worker is ended by a signal."""
        if self._coverage:
            with warnings.catch_warnings(), contextlib.suppress(Exception):
                warnings.simplefilter("ignore")
                self._coverage.save()


class _Finder(MetaPathFinder):
    """The finder of a version's modules, whose code gets the names of the original files."""

    def __init__(self, location: CodeLocation) -> None:
        self._location = location

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        if self._location.unpacked_path(spec.loader.path) != spec.loader.path:
            return None
        spec.loader = _Loader(fullname, spec.loader.path, self._location)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, location: CodeLocation) -> None:
        super().__init__(fullname, path)
        self._location = location

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        name = self._location.code_name(str(path))
        announce(name)
        return super().source_to_code(data, name)

    def get_code(self, fullname: str) -> Any:
        """Compile the file; byte code would have another name."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)
