"""The failed plugin runs of a failed test as bundles: files that repeat a run elsewhere."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from kili_emulator.errors import KiliError

if TYPE_CHECKING:
    from kili_emulator.app import Emulator

_BUNDLES = 10
_NAME_LENGTH = 100


def write_bundles(emulator: Emulator, folder: Path, test: str) -> list[str]:
    """Write a bundle for each of the last failed runs, and return a line about each.

    Args:
        folder: is created if it does not exist; bundles of an earlier test run are replaced.
        test: the node id of the test, which names the files.
    """
    lines = []
    for number, run in enumerate(emulator.runs.list(failed=True)[-_BUNDLES:], 1):
        path = folder / f"{file_name(test)}-{number}.zip"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            emulator.runs.bundle(run["id"], path)
        except (KiliError, OSError) as error:  # a run of a webhook, a folder that is a file
            lines.append(f"run {run['id']}: no bundle: {error}")
        else:
            lines.append(f"run {run['id']}: repeat it with `kili-emulator bundle run {path}`")
    return lines


def file_name(test: str) -> str:
    """Return a file name for a node id, without ending; different ids have different names."""
    readable = test.replace("::", ".").replace("/", ".").replace("[", "-").replace("]", "")
    name = re.sub(r"[^\w.-]", "_", readable, flags=re.ASCII)
    if name == readable and len(name) <= _NAME_LENGTH:
        return name
    return f"{name[:_NAME_LENGTH]}-{zlib.crc32(test.encode()):08x}"
