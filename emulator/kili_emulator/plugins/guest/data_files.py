"""Which file of its own folder a plugin looked for, and did not find: clients upload none of data.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator, Optional  # noqa: UP035  (loaded by old interpreters, too)


def missing_file(error: BaseException, folder: Path) -> Optional[str]:  # noqa: UP045
    """The path that was not found, as seen from the folder; ``None`` if it was none of the folder.

    A relative path counts, too: it is meant to lead somewhere from the plugin's own folder.
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
    """An error, and those that it was raised from or while handling."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_command(error: OSError) -> bool:
    """Whether what was not found is a program that was to be started."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == subprocess.__file__
