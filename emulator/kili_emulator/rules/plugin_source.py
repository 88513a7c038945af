"""The subscriptions of a plugin, read from its source (contract/plugin.md#upload).

Clients read the subscriptions from ``main.py`` when they upload a plugin, without running it: the
handlers that ``PluginHandler`` defines, and from 26.2 on the events in the decorators of its
methods.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kili_emulator import messages
from kili_emulator.rules.event_names import patterns_of
from kili_emulator.rules.handler_methods import handler_class, unsupported_client
from kili_emulator.rules.handlers import BY_METHOD, ON_EVENT
from kili_emulator.rules.subjects import gets_envelope

_DECORATOR = "on_kili_event"
_DECORATORS = (f"kili.plugins.{_DECORATOR}", f"kili.services.plugins.events.{_DECORATOR}")
_UNIONS = ("typing.Union", "typing_extensions.Union")
_EVENTS = "kili_events."
_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")

_Method = ast.FunctionDef | ast.AsyncFunctionDef


class SourceError(Exception):
    """A client would not upload this source; the message is for the author of the plugin."""


@dataclass(frozen=True)
class SourceTriggers:
    """The subscriptions that a client sends for a source.

    Attributes:
        handler_types: the handler types; ``None`` if the source defines no handler.
        event_matcher: the event patterns; ``None`` if the plugin subscribes to none.
    """

    handler_types: list[str] | None = None
    event_matcher: list[str] | None = None


def read_triggers(
    source: str, event_matcher: Sequence[str] = (), client: str | None = None
) -> SourceTriggers:
    """Read the subscriptions from the source of a ``main.py``.

    Args:
        event_matcher: the patterns that the author of the plugin gives for ``on_event``.
        client: the version of the SDK, which decides to which handlers it can subscribe. From 26.2
            on the SDK refuses a plugin without subscriptions; earlier versions send it, because it
            may inherit its handlers. An unknown version can subscribe to all handlers, and refuses.

    Raises:
        SourceError: a client would refuse the source.
        SyntaxError: the source is not Python.
        ValueError: the source is not Python.
    """
    module = ast.parse(source)
    handler = handler_class(module)
    if handler is None:
        raise SourceError(messages.BUILD_NO_HANDLER_CLASS)
    methods = [each.name for each in handler.body if isinstance(each, ast.FunctionDef)]
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
        raise SourceError(messages.BUILD_NO_HANDLER_METHOD)
    return SourceTriggers(types or None, list(event_matcher) or None)


def _subscribed_patterns(module: ast.Module, handler: ast.ClassDef) -> set[str]:
    """Return the patterns of the events to which decorated methods subscribe."""
    names = BoundNames.bound_before(module, handler)
    patterns: set[str] = set()
    for method in handler.body:
        if isinstance(method, _Method) and any(map(names.is_decorator, method.decorator_list)):
            patterns.update(_method_patterns(method, names))
    return patterns


def _method_patterns(method: _Method, names: BoundNames) -> Iterator[str]:
    def source_error(text: str, **details: str) -> SourceError:
        return SourceError(text.format(method=method.name, **details))

    is_plain = isinstance(method, ast.FunctionDef) and len(method.decorator_list) == 1
    if not is_plain or isinstance(method.decorator_list[0], ast.Call):
        raise source_error(messages.BUILD_SUBSCRIPTION_INVALID)
    arguments = method.args
    positional = [*arguments.posonlyargs, *arguments.args]
    annotation = positional[1].annotation if len(positional) == 2 else None
    if annotation is None or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        raise source_error(messages.BUILD_SUBSCRIPTION_WITHOUT_EVENT)
    for part in names.parts(annotation):
        annotation_text = ast.unparse(part)
        name = names.event(part)
        if name is None:
            raise source_error(messages.BUILD_EVENT_UNKNOWN, name=annotation_text)
        found = patterns_of(name)
        if not found:
            raise source_error(messages.BUILD_EVENT_NOT_SENT, name=annotation_text)
        yield from found


@dataclass
class BoundNames:
    """The names of a module that are bound when one of its classes is defined.

    Attributes:
        imported: local name → the full name of the imported object.
        aliases: local name → the expression that was assigned to the name.
        stars: the modules that were imported with ``*``.
    """

    imported: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @classmethod
    def bound_before(cls, module: ast.Module, node: ast.ClassDef) -> BoundNames:
        names = cls()
        for each in _executed_statements(module.body):
            if each.lineno >= node.lineno:
                break
            names._bind(each)
        return names

    def _bind(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                if each.name == "*":
                    self.stars.append(node.module or "")
                else:
                    self._import(each.asname or each.name, f"{node.module}.{each.name}")
        elif isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                self._import(each.asname or top, each.name if each.asname else top)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._assign(node.target, node.value)

    def _import(self, name: str, full: str) -> None:
        self.imported[name] = full
        self.aliases.pop(name, None)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.aliases[target.id] = value
            self.imported.pop(target.id, None)

    def is_decorator(self, node: ast.expr) -> bool:
        """Return whether a decorator, with or without arguments, subscribes a method to events."""
        target = node.func if isinstance(node, ast.Call) else node
        return any(each in _DECORATORS for each in self._full_names(target))

    def event(self, node: ast.expr) -> str | None:
        """Return the name of the ``kili_events`` class that an expression names, if any."""
        found = [each for each in self._full_names(node) if each.startswith(_EVENTS)]
        return found[0].rpartition(".")[2] if found else None

    def parts(self, node: ast.expr, visited_aliases: tuple[str, ...] = ()) -> Iterator[ast.expr]:
        """Yield the parts of an annotation; unions, quoted annotations and aliases are resolved."""
        for each in self._members(node, visited_aliases):
            if each is node:
                yield node
            else:
                seen = (
                    (*visited_aliases, node.id) if isinstance(node, ast.Name) else visited_aliases
                )
                yield from self.parts(each, seen)

    def _members(self, node: ast.expr, visited_aliases: tuple[str, ...]) -> list[ast.expr]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return _expression(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return [node.left, node.right]
        if isinstance(node, ast.Subscript) and any(
            each in _UNIONS for each in self._full_names(node.value)
        ):
            return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if (
            isinstance(node, ast.Name)
            and node.id in self.aliases
            and node.id not in visited_aliases
        ):
            return [self.aliases[node.id]]
        return [node]

    def _full_names(self, node: ast.expr) -> list[str]:
        """Return the possible full names of the object that an expression names."""
        if isinstance(node, ast.Attribute):
            return [f"{each}.{node.attr}" for each in self._full_names(node.value)]
        if not isinstance(node, ast.Name) or node.id in self.aliases:
            return []
        if node.id in self.imported:
            return [self.imported[node.id]]
        return [f"{each}.{node.id}" for each in self.stars]


def _expression(text: ast.Constant) -> list[ast.expr]:
    """Parse a quoted annotation; return the text itself if it is not an expression."""
    try:
        return [ast.parse(str(text.value), mode="eval").body]
    except (SyntaxError, ValueError):
        return [text]


def _executed_statements(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported, in their order."""
    for each in statements:
        yield each
        if isinstance(each, _Method | ast.ClassDef):
            continue
        is_checking = isinstance(each, ast.If) and ast.unparse(each.test) in _CHECKING
        for member in ("body", "handlers", "orelse", "finalbody"):
            nested = getattr(each, member, [])
            if member == "body" and is_checking:
                continue
            if member == "handlers":
                nested = [statement for handler in nested for statement in handler.body]
            yield from _executed_statements(nested)
