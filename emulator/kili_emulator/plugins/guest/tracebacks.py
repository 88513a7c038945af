"""Format tracebacks for a plugin's author: from the first frame of the plugin on.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import importlib
import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Iterator  # noqa: UP035  (loaded by old interpreters, too)

# The prefix of the package of a version, which ends with the version's name. Inline, all modules
# of the version are in the package; in a process, only those whose plain names are taken.
PACKAGE = "kili_plugin_"

_EMULATOR = str(Path(__file__).parents[1])
_MAIN = Path("main.py")


@dataclass(frozen=True)
class CodeLocation:
    """The location of a version's files.

    Attributes:
        folder: where the version is unpacked; made absolute, as the file names of code are.
        main: the file on disk that its ``main.py`` was read from, if it is known. The version's
            code then has the names of these files, where debuggers and coverage.py find it.
    """

    folder: Path
    main: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.folder.absolute())

    @property
    def package(self) -> str:
        """The name of the package that has the version's modules, if any package has them."""
        return f"{PACKAGE}{self.folder.name}"

    def strip_package(self, text: str) -> str:
        """Replace the package in the module names of a text, so that the author knows them."""
        return text.replace(f"{self.package}.", "").replace(f"'{self.package}'", "'plugin'")

    def code_name(self, path: str) -> str:
        """Return the file name for the code of an unpacked file."""
        if self.main is None:
            return path
        inner = Path(path).relative_to(self.folder)
        return str(self.main if inner == _MAIN else self.main.parent / inner)

    def unpacked_path(self, code_name: str) -> str | None:
        """Return the unpacked file of code with this file name; ``None`` for foreign code."""
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
    """Return the traceback of an error, without frames of the emulator.

    Paths are relative to the plugin's folder. Causes come first, as Python lists them.
    """
    exception = traceback.TracebackException.from_exception(error, lookup_lines=False)
    for each in _all_errors(exception):
        each.stack = _plugin_frames(each.stack, location)
    return _relative(location.strip_package("".join(exception.format())), location)


def _all_errors(exception: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """Iterate over an error, its causes and contexts, and the members of groups."""
    waiting = [exception]
    while waiting:
        each = waiting.pop()
        yield each
        others = (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ()))
        waiting += [other for other in others if other is not None]


def _plugin_frames(stack: traceback.StackSummary, location: CodeLocation) -> traceback.StackSummary:
    """Return the frames from the first one of the plugin on, without frames of the import system.

    If no frame is the plugin's, as for an error that a library raised and caught, all frames except
    the emulator's are kept. The source lines are those of the version that ran, even if the linked
    file was saved again.
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
    """Return the calls that led to a frame, outermost first."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
    stack.reverse()
    return stack


def format_stack(stack: traceback.StackSummary, location: CodeLocation) -> str:
    """Format a stack as the traceback of an error that was raised at its end."""
    return _relative(
        "".join(traceback.format_list(_plugin_frames(stack, location) or stack)), location
    )
