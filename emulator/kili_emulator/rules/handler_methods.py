"""The handlers that a plugin's source defines, and those that a version of the SDK asks for.

Clients look for them in the source before they deploy it (contract/plugin.md#upload).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from kili_emulator.rules.handlers import BY_TYPE
from kili_emulator.spelling import closest

# The class of main.py whose methods the platform calls.
HANDLER = "PluginHandler"


class Methods(NamedTuple):
    """What a class defines.

    Attributes:
        names: its methods, in order, and whatever else can be called by a name.
        is_complete: there are no others but those of the SDK's own class, as far as one can see.
    """

    names: list[str]
    is_complete: bool


def handler_class(module: ast.Module) -> ast.ClassDef | None:
    """The class whose methods are called: the first of its name in ``main.py``, as for the SDK."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == HANDLER:
            return node
    return None


def methods_of(source: str) -> Methods | None:
    """What the class ``PluginHandler`` of a ``main.py`` defines; ``None`` where there is none."""
    try:
        handler = handler_class(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if handler is None:
        return None
    names = [name for each in handler.body for name in _names(each)]
    is_plain = not handler.decorator_list and not handler.keywords
    return Methods(names, is_plain and all(_is_base(each) for each in handler.bases))


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [each.id for each in statement.targets if isinstance(each, ast.Name)]
    return []


def _is_base(base: ast.expr) -> bool:
    name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", None)
    return name == "PluginCore"


def misspelled(method: str, methods: Methods | None, handlers: Iterable[str]) -> str | None:
    """The method whose name comes so close to a handler's that this may be meant; if there is one.

    Args:
        handlers: the names of all handlers: none of them is meant to be another.
    """
    names = [each for each in (methods.names if methods else []) if each not in handlers]
    return closest(method, names, 0.7)


class UnsupportedClient(NamedTuple):
    """A client that cannot ask for a handler.

    Attributes:
        is_outdated: it is older than those that can, and not newer.
        other: the version of the SDK next to it that can.
    """

    is_outdated: bool
    other: str


def unsupported_client(handler: str, client: str | None) -> UnsupportedClient | None:
    """Whether and how a client cannot ask for a handler.

    Args:
        handler: its type.
        client: the version of the SDK; one that is not known can.
    """
    first, last = BY_TYPE[handler].first_sdk, BY_TYPE[handler].last_sdk
    try:
        version = Version(client or "")
    except InvalidVersion:
        return None
    if first and version < Version(first):
        return UnsupportedClient(True, first)
    if last and version.release[:2] > Version(last).release[:2]:
        return UnsupportedClient(False, last)
    return None
