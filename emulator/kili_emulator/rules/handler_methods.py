"""The handlers that a plugin's source defines, and those that a version of the SDK registers.

Clients read the handlers from the source before they deploy it (contract/plugin.md#upload).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from kili_emulator.python_source.syntax import FUNCTIONS, last_name
from kili_emulator.rules.handlers import BY_TYPE
from kili_emulator.spelling import closest

# The class of main.py whose methods the platform calls.
HANDLER = "PluginHandler"
_SDK_CLASS = "PluginCore"


class Methods(NamedTuple):
    """The methods of a class.

    Attributes:
        names: methods and assigned names, in order.
        is_complete: the class inherits from the SDK's own class only, and nothing else can add
            methods.
    """

    names: list[str]
    is_complete: bool


def handler_class(module: ast.Module) -> ast.ClassDef | None:
    """Return the class whose methods the platform calls: the SDK takes the first of its name."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == HANDLER:
            return node
    return None


def read_methods(source: str) -> Methods | None:
    """Return the methods of ``PluginHandler`` in a ``main.py``; ``None`` without that class."""
    try:
        handler = handler_class(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if handler is None:
        return None
    names = [name for each in handler.body for name in _names(each)]
    is_plain = not handler.decorator_list and not handler.keywords
    return Methods(names, is_plain and all(last_name(each) == _SDK_CLASS for each in handler.bases))


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, FUNCTIONS):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [each.id for each in statement.targets if isinstance(each, ast.Name)]
    return []


def misspelled(method: str, methods: Methods | None, handlers: Iterable[str]) -> str | None:
    """Return the method whose name is nearly that of a handler, if there is one.

    Args:
        handlers: the names of all handlers; a method with one of these names is not misspelled.
    """
    names = [each for each in (methods.names if methods else []) if each not in handlers]
    return closest(method, names, 0.7)


class UnsupportedClient(NamedTuple):
    """A client that cannot register a handler.

    Attributes:
        is_outdated: the client is too old (and not too new).
        other: the nearest version of the SDK that can register the handler.
    """

    is_outdated: bool
    other: str


def unsupported_client(handler: str, client: str | None) -> UnsupportedClient | None:
    """Return why a client cannot register a handler; ``None`` if the client can.

    Args:
        handler: handler type, such as ``onSubmit``.
        client: version of the SDK; an unknown one can register all handlers.
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
