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


def hide_bars(should_hide: Callable[[], bool]) -> None:
    """Have tqdm draw the bars of plugins nowhere; besides that, they count as ever.

    Args:
        should_hide: whether the code that is running is a plugin's.
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
    """A stream that keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


_null_stream = _NullStream()
