"""Find the attributes of modules that a plugin has replaced, in modules that the emulator uses.

An attribute counts only if its new value was defined in the plugin's own code. Changes of other
code (a test that mocks ``requests``, a library that is being imported) do not count.

Workers under other interpreters load this module, so it imports only the standard library.
"""

from __future__ import annotations

import sys
from operator import is_
from typing import (  # noqa: UP035  (loaded by old interpreters, too)
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Tuple,
)

from kili_emulator.plugins.guest.process_state.process_settings import ABSENT, StateChange

KIND = "attributes of modules"

# The watched modules, each with the classes whose attributes, inherited ones too, are watched.
_WATCHED = {
    "builtins": (),
    "json": (),
    "kili": (),
    "kili.client": ("Kili",),
    "kili.core.graphql.graphql_client": ("GraphQLClient",),
    "kili.plugins": ("PluginCore",),
    "logging": ("Logger",),
    "os": (),
    "requests": (),
    "requests.adapters": ("HTTPAdapter",),
    "requests.api": (),
    "requests.sessions": ("Session",),
    "socket": ("socket",),
    "ssl": ("SSLContext",),
    "sys": (),
    "threading": ("Thread",),
    "time": (),
}

# Of each module or class: its name, itself, and its attributes.
Snapshot = List[Tuple[str, Any, Dict[str, Any]]]  # noqa: UP006


def take_snapshot() -> Snapshot:
    """Return the present attributes of the watched modules that are loaded."""
    return [(name, owner, vars(owner).copy()) for name, owner in _owners()]


def _owners() -> Iterator[Tuple[str, Any]]:  # noqa: UP006
    for name, classes in _WATCHED.items():
        module = sys.modules.get(name)
        if module is None:
            continue
        yield name, module
        for each in classes:
            owner_class = vars(module).get(each)
            for base in owner_class.__mro__[:-1] if isinstance(owner_class, type) else ():
                yield f"{name}.{each}", base


def find_changes(
    before: Snapshot, is_plugin_module_name: Callable[[str], bool]
) -> List[StateChange]:  # noqa: UP006
    """Return the attributes whose new value was defined by the plugin.

    Args:
        before: the earlier attributes, from :func:`take_snapshot`.
        is_plugin_module_name: returns whether a module of this name belongs to the plugin.
    """
    return [
        StateChange(
            (KIND, f"{name}.{attribute}"),
            old.get(attribute, ABSENT),
            now,
            _writer(owner, attribute),
        )
        for name, owner, old in before
        if not _is_same(vars(owner).copy(), old)
        for attribute, now in list(vars(owner).items())
        if now is not old.get(attribute, ABSENT) and is_defined_by(now, is_plugin_module_name)
    ]


def _is_same(now: Any, before: Dict[str, Any]) -> bool:  # noqa: UP006
    return len(now) == len(before) and all(map(is_, now.values(), before.values()))


def is_defined_by(value: Any, is_plugin_module_name: Callable[[str], bool]) -> bool:
    """Return whether a value, its class, or the function in it is defined in a plugin's module."""
    try:
        wrapped = getattr(value, "__func__", None), getattr(value, "func", None)
        modules = [getattr(each, "__module__", None) for each in (value, *wrapped, type(value))]
    except Exception:  # its __getattr__ raises
        modules = [type(value).__module__]
    return any(isinstance(each, str) and is_plugin_module_name(each) for each in modules)


def _writer(owner: Any, attribute: str) -> Callable[[Any], Any]:
    return lambda value: (
        delattr(owner, attribute) if value is ABSENT else setattr(owner, attribute, value)
    )
