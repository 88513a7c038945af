"""Find the missing file behind an error of a plugin: clients upload no data files.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator, Optional  # noqa: UP035  (loaded by old interpreters, too)


def find_missing_file(error: BaseException, folder: Path) -> Optional[str]:  # noqa: UP045
    """Return the path of a missing file of the plugin, relative to its folder.

    A relative path counts as a path in the plugin's folder.

    Returns:
        ``None`` if the error has another cause, or the file belongs outside the folder.
    """
    for each in _chain(error):
        if not isinstance(each, (FileNotFoundError, NotADirectoryError)) or _is_command(each):
            continue
        if isinstance(each.filename, (str, bytes, os.PathLike)):
            path = Path(os.fsdecode(each.filename))
            if folder in path.parents:
                return str(path.relative_to(folder))
            if not path.is_absolute():
                return str(path)
    return None


def _chain(error: Optional[BaseException]) -> Iterator[BaseException]:  # noqa: UP045
    """Iterate over an error and its causes: those it was raised from, or while handling."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_command(error: OSError) -> bool:
    """Return whether the missing file is a program that a call of ``subprocess`` should start."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == subprocess.__file__
