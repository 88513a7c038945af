"""KP211 to KP214: methods that ``@on_kili_event`` subscribes to events."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import FunctionNode
from kili_emulator.rules.event_names import patterns_of
from kili_emulator.rules.plugin_source import event_annotation, takes_event

BESIDE_HANDLERS = Rule(
    "KP211",
    "error",
    "PluginHandler has @on_kili_event and handlers",
    "The SDK refuses to upload a plugin that has both handlers and subscriptions to events. "
    "on_event, which calls the subscribed methods in PluginCore, must not be overridden.",
    "documented",
    "{name} is subscribed to events, but PluginHandler also has {others}",
    "split it into two plugins; your own on_event is not needed",
)
MALFORMED = Rule(
    "KP212",
    "error",
    "A method with @on_kili_event is not plain",
    "The SDK requires the decorator without arguments, as the only decorator, on a method that "
    "takes self and the event and is not async. It refuses to upload anything else.",
    "documented",
    "{name} {problem}",
    "write `@on_kili_event` alone, above `def {name}(self, event: ...)`",
)
UNREADABLE = Rule(
    "KP213",
    "error",
    "The annotation of an event does not name events",
    "The SDK reads the subscription from the annotation, without running the plugin. It accepts "
    "names that are imported from kili_events at the top of the file, and unions of them, and "
    "refuses to upload anything else.",
    "documented",
    "{name}: {problem}",
    "annotate the event with names of kili_events, such as AssetSkippedEvent or AssetWorkflowEvent",
)
NEVER_SENT = Rule(
    "KP214",
    "error",
    "An event is never sent to plugins",
    "The platform does not send its internal events, and events without a project, to plugins. The "
    "SDK refuses to upload a plugin that is subscribed to such an event, or to an event that does "
    "not exist.",
    "documented",
    "{name}: {event} is not an event that is sent to plugins",
    "subscribe to another event",
)

RULES = (BESIDE_HANDLERS, MALFORMED, UNREADABLE, NEVER_SENT)


def check_typed_events(plugin: Plugin) -> Iterator[Finding]:
    """Check that the SDK accepts the subscribed methods."""
    if not plugin.main:
        return
    others = [each.name for each in plugin.handler_methods if each.name in plugin.source.handlers]
    for method in plugin.typed_methods:
        path, line = plugin.main.path, method.lineno
        if others:
            yield BESIDE_HANDLERS.make_finding(
                path, line, name=method.name, others=", ".join(others)
            )
        problem = _malformed(plugin, method)
        if problem:
            yield MALFORMED.make_finding(path, line, name=method.name, problem=problem)
            continue
        yield from _check_annotation(plugin, plugin.main, method)


def _malformed(plugin: Plugin, method: FunctionNode) -> str | None:
    if isinstance(plugin.subscriptions.decorator(method), ast.Call):
        return "passes arguments to @on_kili_event"
    if len(method.decorator_list) > 1:
        return "has other decorators besides @on_kili_event"
    if isinstance(method, ast.AsyncFunctionDef):
        return "is async"
    if not takes_event(method):
        return f"takes {ast.unparse(method.args) or 'nothing'} instead of self and the event"
    return None


def _check_annotation(plugin: Plugin, main: Module, method: FunctionNode) -> Iterator[Finding]:
    annotation = event_annotation(method)
    if annotation is None:
        problem = "the event has no annotation"
        yield UNREADABLE.make_finding(main.path, method.lineno, name=method.name, problem=problem)
        return
    for part in plugin.subscriptions.parts(annotation):
        name = plugin.subscriptions.event(part)
        if name is None:
            problem = _unreadable(main, part)
            yield UNREADABLE.make_finding(
                main.path, method.lineno, name=method.name, problem=problem
            )
        elif not patterns_of(name):
            yield NEVER_SENT.make_finding(main.path, method.lineno, name=method.name, event=name)


def _unreadable(main: Module, part: ast.expr) -> str:
    if isinstance(part, ast.Name):
        bindings = main.scope.bindings.get(part.id, [])
        if bindings and all(each.never_run for each in bindings):
            return f"{part.id} is imported for type checkers only"
    return f"{ast.unparse(part)} is not a name of kili_events"


def subscribed_patterns(plugin: Plugin, method: FunctionNode) -> list[str]:
    """Return the patterns of the events that a subscribed method gets."""
    annotation = event_annotation(method)
    if annotation is None:
        return []
    names = map(plugin.subscriptions.event, plugin.subscriptions.parts(annotation))
    return [pattern for name in names if name for pattern in patterns_of(name)]
