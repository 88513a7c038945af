"""Note the files that the SDK in this process uploads as plugins.

Then the code of a plugin has the names of the user's files, in debuggers and in coverage.py.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kili_emulator.plugins.build.local_sources import LOCAL_SOURCES

_MODULE = "kili.services.plugins.upload"
# The attribute with the path; SDKs up to 2.125 upload single files.
_PATHS = ("plugin_path", "file_path")


@contextlib.contextmanager
def noted_uploads() -> Iterator[None]:
    """Note what clients upload during a ``with`` block."""
    uploader: Any = importlib.import_module(_MODULE).PluginUploader
    original = uploader.__init__

    @functools.wraps(original)
    def initialize(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        path = next((vars(self)[each] for each in _PATHS if each in vars(self)), None)
        if path is not None:
            LOCAL_SOURCES.note(Path(path))

    uploader.__init__ = initialize
    try:
        yield
    finally:
        uploader.__init__ = original
