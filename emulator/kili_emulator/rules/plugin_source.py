"""Read from a plugin's source which handlers and events it asks for (contract/plugin.md#upload).

Clients read both from ``main.py`` on upload, without running the file: the handlers that
``PluginHandler`` defines, and from 26.2 on the events in the annotations of decorated methods.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kili_emulator import messages
from kili_emulator.python_source.bound_names import BoundNames
from kili_emulator.python_source.syntax import (
    FunctionNode,
    decorator_target,
    methods_of,
    positional_parameters,
)
from kili_emulator.rules.event_names import patterns_of
from kili_emulator.rules.handler_methods import handler_class, unsupported_client
from kili_emulator.rules.handlers import BY_METHOD, BY_TYPE, ON_EVENT
from kili_emulator.rules.subjects import gets_envelope

MAIN = "main.py"
"""The file of a plugin that defines ``PluginHandler``."""

_DECORATOR = "on_kili_event"
_DECORATORS = (f"kili.plugins.{_DECORATOR}", f"kili.services.plugins.events.{_DECORATOR}")
_UNIONS = ("typing.Union", "typing_extensions.Union")
_EVENTS = "kili_events."


class SourceError(Exception):
    """A client would not upload the source; the message is a line for the plugin's author."""


@dataclass(frozen=True)
class SourceTriggers:
    """The handlers and events that a client registers for a source.

    Attributes:
        handler_types: ``None`` if the source defines no handler.
        event_matcher: patterns of events; ``None`` if the source asks for no events.
    """

    handler_types: list[str] | None = None
    event_matcher: list[str] | None = None


def read_triggers(
    source: str, event_matcher: Sequence[str] = (), client: str | None = None
) -> SourceTriggers:
    """Return the handlers and events that the source of a ``main.py`` asks for.

    Args:
        event_matcher: the author's patterns for ``on_event``.
        client: the version of the SDK, which limits the handlers that it can register. From 26.2
            on the SDK refuses a plugin without handlers and events; older versions upload it, as
            it may inherit handlers. An unknown version registers all handlers, and refuses.

    Raises:
        SourceError: a client would refuse the source.
        SyntaxError: the source is not valid Python.
        ValueError: the source contains a null byte.
    """
    module = ast.parse(source)
    handler = handler_class(module)
    if handler is None:
        raise SourceError(messages.BUILD_NO_HANDLER_CLASS)
    methods = [each.name for each in methods_of(handler) if isinstance(each, ast.FunctionDef)]
    handlers_called = [
        BY_METHOD[each] for each in methods if each in BY_METHOD and each != ON_EVENT.method
    ]
    types = [each.type for each in handlers_called if not unsupported_client(each.type, client)]
    subscribed = _subscribed_patterns(module, handler)
    has_on_event = ON_EVENT.method in methods
    if subscribed:
        if types or has_on_event or event_matcher:
            raise SourceError(messages.BUILD_SUBSCRIPTIONS_MIXED)
        return SourceTriggers(None, sorted(subscribed))
    if has_on_event and not event_matcher:
        raise SourceError(messages.BUILD_NO_EVENT_MATCHER)
    if types and event_matcher:
        raise SourceError(messages.BUILD_HANDLERS_AND_MATCHER)
    if gets_envelope(client) and not types and not has_on_event:
        handlers = ", ".join(_supported_methods(client))
        text = messages.BUILD_NO_HANDLER_METHOD.format(handlers=handlers, last=ON_EVENT.method)
        raise SourceError(text)
    return SourceTriggers(types or None, list(event_matcher) or None)


def _supported_methods(client: str | None) -> list[str]:
    """Return the methods of the handlers that a client can register by their type."""
    return [each.method for each in BY_TYPE.values() if not unsupported_client(each.type, client)]


def _subscribed_patterns(module: ast.Module, handler: ast.ClassDef) -> set[str]:
    """Return the event patterns of all decorated methods."""
    subscriptions = Subscriptions.read(module, handler)
    patterns: set[str] = set()
    for method in methods_of(handler):
        if subscriptions.decorator(method):
            patterns.update(_method_patterns(method, subscriptions))
    return patterns


def _method_patterns(method: FunctionNode, subscriptions: Subscriptions) -> Iterator[str]:
    def source_error(text: str, **details: str) -> SourceError:
        return SourceError(text.format(method=method.name, **details))

    is_plain = isinstance(method, ast.FunctionDef) and len(method.decorator_list) == 1
    if not is_plain or isinstance(method.decorator_list[0], ast.Call):
        raise source_error(messages.BUILD_SUBSCRIPTION_INVALID)
    annotation = event_annotation(method)
    if annotation is None or not takes_event(method):
        raise source_error(messages.BUILD_SUBSCRIPTION_WITHOUT_EVENT)
    for part in subscriptions.parts(annotation):
        annotation_text = ast.unparse(part)
        name = subscriptions.event(part)
        if name is None:
            raise source_error(messages.BUILD_EVENT_UNKNOWN, name=annotation_text)
        found = patterns_of(name)
        if not found:
            raise source_error(messages.BUILD_EVENT_NOT_SENT, name=annotation_text)
        yield from found


def takes_event(method: FunctionNode) -> bool:
    """Return whether a method has the parameters ``self`` and the event, and no others."""
    arguments = method.args
    others = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    return len(positional_parameters(arguments)) == 2 and not others


def event_annotation(method: FunctionNode) -> ast.expr | None:
    """Return the annotation of the parameter after ``self``."""
    positional = positional_parameters(method.args)
    return positional[1].annotation if len(positional) > 1 else None


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions of a ``PluginHandler`` to events, as the SDK reads them.

    Attributes:
        names: the meaning of names where the class is defined.
    """

    names: BoundNames = field(default_factory=BoundNames)

    @classmethod
    def read(cls, module: ast.Module, handler: ast.ClassDef) -> Subscriptions:
        return cls(BoundNames.bound_before(module, handler))

    def decorator(self, method: FunctionNode) -> ast.expr | None:
        """Return the decorator that subscribes a method, with or without arguments."""
        for each in method.decorator_list:
            if any(name in _DECORATORS for name in self.names.full_names(decorator_target(each))):
                return each
        return None

    def event(self, node: ast.expr) -> str | None:
        """Return the name in ``kili_events`` that an expression stands for."""
        found = [each for each in self.names.full_names(node) if each.startswith(_EVENTS)]
        return found[0].rpartition(".")[2] if found else None

    def parts(self, node: ast.expr, visited_aliases: tuple[str, ...] = ()) -> Iterator[ast.expr]:
        """Yield the parts of an annotation: unions, quoted annotations and aliases are resolved."""
        for each in self._members(node, visited_aliases):
            if each is node:
                yield node
            else:
                seen = (
                    (*visited_aliases, node.id) if isinstance(node, ast.Name) else visited_aliases
                )
                yield from self.parts(each, seen)

    def _members(self, node: ast.expr, visited_aliases: tuple[str, ...]) -> list[ast.expr]:
        aliases = self.names.aliases
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return _expression(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return [node.left, node.right]
        if isinstance(node, ast.Subscript) and any(
            each in _UNIONS for each in self.names.full_names(node.value)
        ):
            return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(node, ast.Name) and node.id in aliases and node.id not in visited_aliases:
            return [aliases[node.id]]
        return [node]


def _expression(text: ast.Constant) -> list[ast.expr]:
    """Parse a quoted annotation; return the text itself if it is not an expression."""
    try:
        return [ast.parse(str(text.value), mode="eval").body]
    except (SyntaxError, ValueError):
        return [text]
