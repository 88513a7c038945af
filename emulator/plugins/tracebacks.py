"""Tracebacks as a plugin's author wants them: from the plugin's first line on.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from types import FrameType

_EMULATOR = str(Path(__file__).parent)


def explain(error: BaseException, folder: Path) -> str:
    """The traceback of an error, without the emulator's frames, with paths inside the plugin.

    Args:
        folder: where the plugin's version is unpacked.
    """
    explained = traceback.TracebackException.from_exception(error)
    link: traceback.TracebackException | None = explained
    while link:
        link.stack = _plugin_frames(link.stack, folder)
        link = link.__cause__ or link.__context__
    return "".join(explained.format()).rstrip().replace(f"{folder}{os.sep}", "")


def _plugin_frames(stack: traceback.StackSummary, folder: Path) -> traceback.StackSummary:
    """The frames from the plugin's first on, without those that import its modules."""
    own = [number for number, frame in enumerate(stack) if frame.filename.startswith(str(folder))]
    kept = [
        frame
        for frame in (stack[own[0] :] if own else [])
        if not frame.filename.startswith((_EMULATOR, "<frozen importlib"))
    ]
    return traceback.StackSummary.from_list(kept)


def where(frame: FrameType, folder: Path) -> str:
    """The traceback that an error would have here, shown as that of one."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame))
    stack.reverse()
    lines = traceback.format_list(_plugin_frames(stack, folder) or stack)
    return "".join(lines).rstrip().replace(f"{folder}{os.sep}", "")
