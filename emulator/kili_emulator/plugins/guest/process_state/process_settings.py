"""The settings of a process that a plugin may change for all code in it: compare and restore them.

Workers under other interpreters load this module, so it imports only the standard library.
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
    cast,
)

ENVIRONMENT = "the environment"
FOLDER = "the working directory"
_PATH = "sys.path"
_SIGNALS = "handlers of signals"
_MAX_NAMES = 5

ABSENT = object()

# References that stay valid if a plugin replaces these attributes of ``os``.
_variables = os.environ
_current_folder = os.getcwd

# A kind and a name: ("the environment", "HOME"). The name is empty for a kind with one setting.
Setting = Tuple[str, str]  # noqa: UP006

Values = Dict[Setting, Any]  # noqa: UP006


class StateChange(NamedTuple):
    """A changed setting.

    Attributes:
        before: its earlier value; :data:`ABSENT` if there was none.
        now: its present value; :data:`ABSENT` if there is none.
        write: sets a value; removes the setting for :data:`ABSENT`.
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


# The kinds with one setting, each with the functions that read and write it.
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
    """Return the present settings.

    Args:
        signals: whether to include the handlers of signals, which only the main thread can change.
    """
    values = _environment().copy()
    for kind, (read, _) in _SINGLE_SETTINGS.items():
        values[kind, ""] = read()
    if signals:
        for each in signal.Signals:
            values[_SIGNALS, each.name] = signal.getsignal(each)
    return values


def _environment() -> Values:
    """Return the environment; decode its variables only if they have changed since the last call.

    Comparing them takes a microsecond, decoding them fifty, twice for each run.
    """
    global _last_environment  # noqa: PLW0603
    raw, values = _last_environment
    current = _undecoded().copy()
    if current != raw:
        values = {}
        for name in list(_variables):
            value = _variables.get(name)
            if value is not None:  # another thread may have unset it at this moment
                values[ENVIRONMENT, name] = value
        if _undecoded() == current:  # another thread has changed nothing meanwhile
            _last_environment = current, values
    return values


def _undecoded() -> Dict[Any, Any]:  # noqa: UP006
    variables: Any = _variables
    return cast("dict[Any, Any]", getattr(variables, "_data", variables))


# The undecoded variables, and the settings that were made from them.
_last_environment: Tuple[Dict[Any, Any], Values] = {}, {}  # noqa: UP006


def find_changes(before: Values) -> List[StateChange]:  # noqa: UP006
    """Return the settings that have changed since a snapshot."""
    after = take_snapshot(signals=any(kind == _SIGNALS for kind, _ in before))
    if after == before:
        return []
    return [
        StateChange(each, before.get(each, ABSENT), after.get(each, ABSENT), _writer(each))
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


def restore(changed: Iterable[StateChange]) -> None:
    """Restore the earlier values, as far as possible."""
    for each in changed:
        with contextlib.suppress(Exception):  # such as a working directory that was deleted
            each.write(each.before)


def reapply(changed: Iterable[StateChange]) -> None:
    """Make the same changes again, as far as possible."""
    for each in changed:
        with contextlib.suppress(Exception):
            each.write(_reapplied_path(each) if each.setting[0] == _PATH else each.now)


def _reapplied_path(change: StateChange) -> List[str]:  # noqa: UP006
    """Return the present ``sys.path`` with the same entries added and removed again."""
    kept = [each for each in sys.path if each in change.now or each not in change.before]
    new = [each for each in change.now if each not in change.before and each not in kept]
    return [*new, *kept] if change.now[:1] == new[:1] else [*kept, *new]


def describe(changed: Iterable[StateChange]) -> str:
    """Describe changes for people."""
    kinds: Dict[str, List[str]] = {}  # noqa: UP006
    for each in changed:
        kind, name = each.setting
        kinds.setdefault(kind, []).append(str(each.now) if kind == FOLDER else name)
    return ", ".join(
        kind + (f" ({list_names(names)})" if any(names) else "") for kind, names in kinds.items()
    )


def list_names(names: List[str]) -> str:  # noqa: UP006
    """Join names for people: the first five, and the number of the others."""
    more = len(names) - _MAX_NAMES
    return ", ".join(names[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
