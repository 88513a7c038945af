"""The files on this machine from which plugins were uploaded, as far as they are known.

An upload has no paths. If the client runs in this process, what it uploads can be noted here. The
code of a version then has the names of these files, as long as their contents are the same: a
debugger stops in them, and coverage.py counts their lines.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

from kili_emulator.rules.plugin_source import MAIN

# Of a file that is uploaded again and again, only the last upload counts.
_KEPT = 100


class LocalSources:
    """The latest files and folders that were uploaded, newest first."""

    def __init__(self) -> None:
        self._paths: deque[Path] = deque(maxlen=_KEPT)

    def note(self, path: Path) -> None:
        """Note the file or folder of an upload."""
        path = path.absolute()
        if path in self._paths:
            self._paths.remove(path)
        self._paths.appendleft(path)

    def find_main(self, unpacked: Path) -> Path | None:
        """Return the file that became ``main.py`` of an unpacked version; ``None`` if unknown.

        Args:
            unpacked: the folder with the files of the version.
        """
        if not self._paths:
            return None
        files = {
            str(each.relative_to(unpacked)): each.read_bytes()
            for each in unpacked.rglob("*")
            if each.is_file()
        }
        return next((main for path in self._paths if (main := _main_of(path, files))), None)


def _main_of(path: Path, files: dict[str, bytes]) -> Path | None:
    """Return the file in a source that is ``main.py``, if all files are those of the source."""
    if path.is_file():
        is_same = files.keys() == {MAIN} and _has_content(path, files[MAIN])
        return path if is_same else None
    is_same = all(_has_content(path / name, content) for name, content in files.items())
    return path / MAIN if is_same else None


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:  # it was deleted meanwhile
        return False


LOCAL_SOURCES = LocalSources()
