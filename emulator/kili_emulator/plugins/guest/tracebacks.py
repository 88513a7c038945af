"""Tracebacks as a plugin's author wants them: from the plugin's first line on.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import importlib
import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Iterator  # noqa: UP035  (loaded by old interpreters, too)

# The modules of a version are below a package that is called this and its name: inline all of them,
# in a process of its own those whose plain names are taken.
PACKAGE = "kili_plugin_"

_EMULATOR = str(Path(__file__).parents[1])
_MAIN = Path("main.py")


@dataclass(frozen=True)
class CodeLocation:
    """Where the files of a version are.

    Attributes:
        folder: where it is unpacked; made absolute, as that of a file is.
        main: the file on disk that its ``main.py`` was read from, if its plugin is linked. The
            version's code goes by the names of the files there, where debuggers look for it.
    """

    folder: Path
    main: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.folder.absolute())

    @property
    def package(self) -> str:
        """The package that the version's modules are below, where they are below any."""
        return f"{PACKAGE}{self.folder.name}"

    def strip_package(self, text: str) -> str:
        """A text with the names of modules as the plugin's author knows them."""
        return text.replace(f"{self.package}.", "").replace(f"'{self.package}'", "'plugin'")

    def code_name(self, path: str) -> str:
        """What the code of an unpacked file is called."""
        if self.main is None:
            return path
        inner = Path(path).relative_to(self.folder)
        return str(self.main if inner == _MAIN else self.main.parent / inner)

    def unpacked_path(self, code_name: str) -> str | None:
        """The unpacked file that code is of; ``None`` if it is none of the version's."""
        path = Path(code_name)
        if self.main is None or path.is_relative_to(self.folder):
            return code_name if path.is_relative_to(self.folder) else None
        if path == self.main:
            return str(self.folder / _MAIN)
        if not path.is_relative_to(self.main.parent):
            return None
        inner = path.relative_to(self.main.parent)
        return str(self.folder / inner) if inner != _MAIN and self._has_file(inner) else None

    def _has_file(self, inner: Path) -> bool:
        return (self.folder / inner).is_file()


def format_error(error: BaseException, location: CodeLocation) -> str:
    """The traceback of an error, without the emulator's frames, with paths inside the plugin.

    Causes come first, as Python lists them.
    """
    exception = traceback.TracebackException.from_exception(error, lookup_lines=False)
    for each in _all_errors(exception):
        each.stack = _plugin_frames(each.stack, location)
    return _relative(location.strip_package("".join(exception.format())), location)


def _all_errors(exception: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """An error, those behind it, and those that groups hold."""
    waiting = [exception]
    while waiting:
        each = waiting.pop()
        yield each
        others = (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ()))
        waiting += [other for other in others if other is not None]


def _plugin_frames(stack: traceback.StackSummary, location: CodeLocation) -> traceback.StackSummary:
    """The frames from the plugin's first on, without those that import its modules.

    Where none is the plugin's, as of an error that a library raised and caught, all but the
    emulator's are kept. Their lines are those of the version that ran, whatever was saved since.
    """
    plugin_indexes = []
    for number, frame in enumerate(stack):
        unpacked_path = location.unpacked_path(frame.filename)
        if unpacked_path:
            frame.filename = unpacked_path
            plugin_indexes.append(number)
    first = plugin_indexes[0] if plugin_indexes else 0
    kept = [
        frame
        for frame in stack[first:]
        if not frame.filename.startswith((_EMULATOR, "<frozen importlib", importlib.__file__))
    ]
    return traceback.StackSummary.from_list(kept)


def _relative(text: str, location: CodeLocation) -> str:
    return text.rstrip().replace(f"{location.folder}{os.sep}", "")


def extract_stack(frame: FrameType) -> traceback.StackSummary:
    """The calls that led to a frame, outermost first."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
    stack.reverse()
    return stack


def format_stack(stack: traceback.StackSummary, location: CodeLocation) -> str:
    """The traceback that an error would have at the end of these calls, shown as that of one."""
    return _relative(
        "".join(traceback.format_list(_plugin_frames(stack, location) or stack)), location
    )
