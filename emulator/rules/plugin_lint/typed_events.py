"""KP211 to KP214: methods that are subscribed to events with ``@on_kili_event``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from emulator.rules import subjects
from emulator.rules.plugin_lint.module import Module
from emulator.rules.plugin_lint.names import Names
from emulator.rules.plugin_lint.plugin import Plugin
from emulator.rules.plugin_lint.rule import Finding, Rule
from emulator.rules.plugin_lint.scopes import FunctionNode

_EVENTS = "kili_events"
_UNIONS = ("typing.Union", "typing_extensions.Union")
_ANY = "AnyEvent"
_DEEPEST = 12

BESIDE_HANDLERS = Rule(
    "KP211",
    "error",
    "@on_kili_event stands beside handlers",
    "A plugin has handlers or gets events, not both: the SDK refuses to upload it. on_event, which "
    "calls the subscribed methods in PluginCore, must not be overridden.",
    "documented",
    "{name} is subscribed to events, and PluginHandler has {others}, too",
    "make two plugins of it; an on_event of your own is not needed",
)
MALFORMED = Rule(
    "KP212",
    "error",
    "A method with @on_kili_event is not plain",
    "The SDK wants the decorator without arguments, as the only one, on a method that takes self "
    "and the event, and is not async. It refuses to upload anything else.",
    "documented",
    "{name} {what}",
    "write `@on_kili_event` alone, above `def {name}(self, event: ...)`",
)
UNREADABLE = Rule(
    "KP213",
    "error",
    "The annotation of an event does not say which events",
    "The SDK reads the subscription from the annotation, without running the plugin: names that "
    "are imported from kili_events at the top of the file, and unions of them. It refuses to "
    "upload anything else.",
    "documented",
    "{name}: {what}",
    "annotate the event with names of kili_events, such as AssetSkippedEvent or AssetWorkflowEvent",
)
NEVER_SENT = Rule(
    "KP214",
    "error",
    "An event is never sent to plugins",
    "Events that the platform keeps to itself, and events of no project, do not reach plugins. The "
    "SDK refuses to upload a plugin that is subscribed to one, or to one that does not exist.",
    "documented",
    "{name}: {event} {what}",
    "subscribe to another event",
)

RULES = (BESIDE_HANDLERS, MALFORMED, UNREADABLE, NEVER_SENT)


def check_typed_events(plugin: Plugin) -> Iterator[Finding]:
    """Whether the SDK accepts the subscribed methods."""
    if not plugin.main:
        return
    others = [each.name for each in plugin.handler_methods if each.name in plugin.source.handlers]
    for method in plugin.typed_methods:
        path, line = plugin.main.path, method.lineno
        if others:
            yield BESIDE_HANDLERS.found(path, line, name=method.name, others=", ".join(others))
        what = _malformed(plugin, method)
        if what:
            yield MALFORMED.found(path, line, name=method.name, what=what)
            continue
        yield from _check_annotation(plugin, plugin.main, method)


def _malformed(plugin: Plugin, method: FunctionNode) -> str | None:
    arguments = method.args
    if isinstance(plugin.typed_decorator(method), ast.Call):
        return "gives arguments to @on_kili_event"
    if len(method.decorator_list) > 1:
        return "has other decorators beside @on_kili_event"
    if isinstance(method, ast.AsyncFunctionDef):
        return "is async"
    is_plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs)
    if len([*arguments.posonlyargs, *arguments.args]) != 2 or not is_plain:
        return f"takes {ast.unparse(arguments) or 'nothing'}, and not self and the event"
    return None


def _check_annotation(plugin: Plugin, main: Module, method: FunctionNode) -> Iterator[Finding]:
    annotation = [*method.args.posonlyargs, *method.args.args][1].annotation
    if annotation is None:
        what = "the event has no annotation"
        yield UNREADABLE.found(main.path, method.lineno, name=method.name, what=what)
        return
    for part in parts(plugin.names, main, annotation):
        name = event_name(plugin.names, main, part)
        if name is None:
            what = _unreadable(main, part)
            yield UNREADABLE.found(main.path, method.lineno, name=method.name, what=what)
        elif _never_sent(plugin, name):
            told = {"name": method.name, "event": name, "what": _never_sent(plugin, name)}
            yield NEVER_SENT.found(main.path, method.lineno, **told)


def _never_sent(plugin: Plugin, name: str) -> str | None:
    """Why an event does not come, if that is so."""
    events = plugin.source.surface.events
    if not events or name == _ANY:
        return None
    if name not in events:
        return "is no event"
    return "is never sent to plugins" if subjects.never_matches(events[name]) else None


def _unreadable(main: Module, part: ast.expr) -> str:
    if isinstance(part, ast.Name) and _is_inert(main, part):
        return f"{part.id} is imported for type checkers only"
    return f"{ast.unparse(part)} is no name of kili_events"


def parts(names: Names, module: Module, node: ast.expr, depth: int = 0) -> Iterator[ast.expr]:
    """What an annotation is a union of: itself, if it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            inner: ast.expr | None = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            inner = None
        found = [inner] if inner else []
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found = [node.left, node.right]
    elif isinstance(node, ast.Subscript) and names.origin(module, node.value) in _UNIONS:
        found = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    else:
        origin = names.origin(module, node) if isinstance(node, ast.Name) else None
        assigned = names.value(origin) if origin else None
        found = [assigned[1]] if assigned else []
    if not found or depth > _DEEPEST:
        yield node
    for each in found if depth <= _DEEPEST else []:
        yield from parts(names, module, each, depth + 1)


def event_name(names: Names, module: Module, node: ast.expr) -> str | None:
    """The name of ``kili_events`` that an expression is, if it is bound when the class is made."""
    if isinstance(node, ast.Name) and not module.scope.find(node.id):
        return node.id if _EVENTS in module.stars else None
    origin = names.origin(module, node) or ""
    top, _, _ = origin.partition(".")
    is_bound = not (isinstance(node, ast.Name) and _is_inert(module, node))
    return origin.rpartition(".")[2] if top == _EVENTS and is_bound else None


def _is_inert(module: Module, node: ast.Name) -> bool:
    bindings = module.scope.bindings.get(node.id, [])
    return bool(bindings) and all(each.inert for each in bindings)


def subscribed(plugin: Plugin, method: FunctionNode) -> list[str]:
    """The patterns of events that a subscribed method gets."""
    annotated = [*method.args.posonlyargs, *method.args.args][1:2]
    if not plugin.main or not annotated or annotated[0].annotation is None:
        return []
    found = []
    for part in parts(plugin.names, plugin.main, annotated[0].annotation):
        name = event_name(plugin.names, plugin.main, part)
        if name == _ANY:
            found += sorted({f"{each.partition('.')[0]}.*" for each in subjects.SENT_TO_PLUGINS})
        elif name and name in plugin.source.surface.events:
            found.append(plugin.source.surface.events[name])
    return found
