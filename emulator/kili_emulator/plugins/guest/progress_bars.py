"""Progress bars, which the SDK draws for many of its calls, are not drawn for plugins.

A bar is no line that a plugin printed: it belongs neither on the emulator's terminal nor in a run's
log (those recorded from the platform hold none, contract/plugin.md#the-plugins-client). The SDK's
own switch (``disable_tqdm``) does not reach all of its bars, and a plugin may draw some itself.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import functools
import importlib
import io
import sys
from typing import Any, Callable  # noqa: UP035  (loaded by old interpreters, too)

_HIDES = "kili_emulator_hides"
_FILE = 5  # the place of ``file`` among the arguments, after ``self``


def hide_bars(hides: Callable[[], bool]) -> None:
    """Have tqdm draw the bars of plugins nowhere; besides that, they count as ever.

    Args:
        hides: whether the code that is running is a plugin's.
    """
    try:
        bar: Any = importlib.import_module("tqdm.std").tqdm
    except ImportError:
        return
    begin = bar.__init__
    if hasattr(begin, _HIDES):
        return

    @functools.wraps(begin)
    def begin_hidden(*arguments: Any, **options: Any) -> None:
        before, after = arguments[:_FILE], arguments[_FILE + 1 :]
        given = arguments[_FILE] if len(arguments) > _FILE else options.pop("file", None)
        if hides() and (given is None or given in (sys.stdout, sys.stderr)):
            given = _nowhere
        if len(arguments) > _FILE:
            begin(*before, given, *after, **options)
        else:
            begin(*before, file=given, **options)

    setattr(begin_hidden, _HIDES, True)
    bar.__init__ = begin_hidden


class _Nowhere(io.TextIOBase):
    """A stream that keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


_nowhere = _Nowhere()
