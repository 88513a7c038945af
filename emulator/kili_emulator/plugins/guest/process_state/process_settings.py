"""What a plugin shares with all that is in its process, and may change for all of it.

Loaded by workers under other interpreters, too: nothing but the standard library is needed.
"""

from __future__ import annotations

import contextlib
import locale
import os
import signal
import socket
import sys
from typing import (  # noqa: UP035  (loaded by old interpreters, too)
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    NamedTuple,
    Tuple,
)

ENVIRONMENT = "the environment"
FOLDER = "the working directory"
_PATH = "sys.path"
_SIGNALS = "handlers of signals"
_MAX_NAMES = 5

ABSENT = object()

# As they are before a plugin may replace them.
_variables = os.environ
_current_folder = os.getcwd

# What it is, and which one of it: (the environment, HOME).
Setting = Tuple[str, str]  # noqa: UP006

Values = Dict[Setting, Any]  # noqa: UP006


class Change(NamedTuple):
    """Something that is not as it was.

    Attributes:
        before: what it was; :data:`ABSENT` if it was not there.
        now: what it is.
        write: gives it a value, or takes it away.
    """

    setting: Setting
    before: Any
    now: Any
    write: Callable[[Any], Any]


def _folder() -> str | None:
    try:
        return _current_folder()
    except OSError:  # it was deleted
        return None


# What there is one of: (how it is read, how it is written).
_SINGLE_SETTINGS: Dict[str, Tuple[Callable[[], Any], Callable[[Any], Any]]] = {  # noqa: UP006
    FOLDER: (_folder, os.chdir),
    _PATH: (lambda: list(sys.path), lambda value: sys.path.__setitem__(slice(None), value)),
    "the locale": (
        lambda: locale.setlocale(locale.LC_ALL),
        lambda value: locale.setlocale(locale.LC_ALL, value),
    ),
    "the recursion limit": (sys.getrecursionlimit, sys.setrecursionlimit),
    "the time-out of sockets": (socket.getdefaulttimeout, socket.setdefaulttimeout),
}


def take_snapshot(*, signals: bool = False) -> Values:
    """How things are.

    Args:
        signals: their handlers, too, which only the main thread can change.
    """
    values: Values = {}
    for name in list(_variables):
        value = _variables.get(name)
        if value is not None:  # or somebody unset it at that very moment
            values[ENVIRONMENT, name] = value
    for kind, (read, _) in _SINGLE_SETTINGS.items():
        values[kind, ""] = read()
    if signals:
        for each in signal.Signals:
            values[_SIGNALS, each.name] = signal.getsignal(each)
    return values


def find_changes(before: Values) -> List[Change]:  # noqa: UP006
    """What is not as it was."""
    after = take_snapshot(signals=any(kind == _SIGNALS for kind, _ in before))
    if after == before:
        return []
    return [
        Change(each, before.get(each, ABSENT), after.get(each, ABSENT), _writer(each))
        for each in {**before, **after}
        if before.get(each, ABSENT) != after.get(each, ABSENT)
    ]


def _writer(setting: Setting) -> Callable[[Any], Any]:
    kind, name = setting
    if kind == _SIGNALS:
        return lambda value: signal.signal(signal.Signals[name], value)
    if kind != ENVIRONMENT:
        return _SINGLE_SETTINGS[kind][1]
    return lambda value: (
        _variables.pop(name, None) if value is ABSENT else _variables.__setitem__(name, value)
    )


def restore(changed: Iterable[Change]) -> None:
    """Have things as they were, so far as that is possible."""
    for each in changed:
        with contextlib.suppress(Exception):  # such as a folder that is there no more
            each.write(each.before)


def reapply(changed: Iterable[Change]) -> None:
    """Make the same changes once more."""
    for each in changed:
        with contextlib.suppress(Exception):
            each.write(_reapplied_path(each) if each.setting[0] == _PATH else each.now)


def _reapplied_path(change: Change) -> List[str]:  # noqa: UP006
    """``sys.path`` as it is now, with the same entries added to it and taken out of it."""
    kept = [each for each in sys.path if each in change.now or each not in change.before]
    new = [each for each in change.now if each not in change.before and each not in kept]
    return [*new, *kept] if change.now[:1] == new[:1] else [*kept, *new]


def describe(changed: Iterable[Change]) -> str:
    """What was changed, for people."""
    kinds: Dict[str, List[str]] = {}  # noqa: UP006
    for each in changed:
        kind, name = each.setting
        kinds.setdefault(kind, []).append(str(each.now) if kind == FOLDER else name)
    return ", ".join(
        kind + (f" ({list_names(names)})" if any(names) else "") for kind, names in kinds.items()
    )


def list_names(names: List[str]) -> str:  # noqa: UP006
    """The first of some names."""
    more = len(names) - _MAX_NAMES
    return ", ".join(names[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
