"""The handlers that the source of a plugin defines, and those that an SDK can subscribe to.

Clients search the source for handlers before they deploy the plugin (contract/plugin.md#upload).
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
    """The methods of a class.

    Attributes:
        names: the names of the methods in order, and the names that the class body assigns.
        is_complete: whether the class inherits methods only from the SDK's own class, judged by the
            names of its bases.
    """

    names: list[str]
    is_complete: bool


def handler_class(module: ast.Module) -> ast.ClassDef | None:
    """Return the first class ``PluginHandler`` of ``main.py``, which is also the SDK's choice."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == HANDLER:
            return node
    return None


def methods_of(source: str) -> Methods | None:
    """Return the methods of ``PluginHandler`` in a ``main.py``.

    Returns:
        the methods; ``None`` if the source has no such class, or is not Python.
    """
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
    """Return the method that may be a misspelled handler, if there is one.

    Args:
        method: the name of the handler.
        methods: the methods of the plugin.
        handlers: the names of all handlers; none of them is a misspelling of another.
    """
    names = [each for each in (methods.names if methods else []) if each not in handlers]
    return closest(method, names, 0.7)


class UnsupportedClient(NamedTuple):
    """A client that cannot subscribe to a handler.

    Attributes:
        is_outdated: whether the client is too old; false if it is too new.
        other: the nearest version of the SDK that can subscribe to the handler.
    """

    is_outdated: bool
    other: str


def unsupported_client(handler: str, client: str | None) -> UnsupportedClient | None:
    """Return why a client cannot subscribe to a handler; ``None`` if it can.

    Args:
        handler: the handler type.
        client: the version of the SDK; an unknown version can subscribe to all handlers.
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
