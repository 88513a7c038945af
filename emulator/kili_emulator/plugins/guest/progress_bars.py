"""Hide the progress bars that the SDK draws in the calls of plugins.

A progress bar belongs neither on the emulator's terminal nor in the log of a run: the logs that
were recorded from the platform have none (contract/plugin.md#the-plugins-client). The SDK's own
switch (``disable_tqdm``) does not hide all of its bars, and a plugin may draw bars itself.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import functools
import importlib
import io
import sys
from typing import Any, Callable  # noqa: UP035  (loaded by old interpreters, too)

_HIDES = "kili_emulator_hides"
_FILE = 5  # the index of ``file`` in the arguments, ``self`` included


def hide_bars(should_hide: Callable[[], bool]) -> None:
    """Make tqdm draw the bars of plugins nowhere; the bars still count.

    Args:
        should_hide: returns whether the running code belongs to a plugin.
    """
    try:
        bar: Any = importlib.import_module("tqdm.std").tqdm
    except ImportError:
        return
    original_init = bar.__init__
    if hasattr(original_init, _HIDES):
        return

    @functools.wraps(original_init)
    def init_hidden(*arguments: Any, **options: Any) -> None:
        before, after = arguments[:_FILE], arguments[_FILE + 1 :]
        target = arguments[_FILE] if len(arguments) > _FILE else options.pop("file", None)
        if should_hide() and (target is None or target in (sys.stdout, sys.stderr)):
            target = _null_stream
        if len(arguments) > _FILE:
            original_init(*before, target, *after, **options)
        else:
            original_init(*before, file=target, **options)

    setattr(init_hidden, _HIDES, True)
    bar.__init__ = init_hidden


class _NullStream(io.TextIOBase):
    """A stream that drops everything."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


_null_stream = _NullStream()
