"""KP211 to KP214: methods that are subscribed to events with ``@on_kili_event``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.lint.scopes import FunctionNode
from kili_emulator.rules.event_names import patterns_of

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
    "{name}: {event} is no event that is sent to plugins",
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
            yield BESIDE_HANDLERS.make_finding(
                path, line, name=method.name, others=", ".join(others)
            )
        what = _malformed(plugin, method)
        if what:
            yield MALFORMED.make_finding(path, line, name=method.name, what=what)
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
        yield UNREADABLE.make_finding(main.path, method.lineno, name=method.name, what=what)
        return
    for part in plugin.bound_names.parts(annotation):
        name = plugin.bound_names.event(part)
        if name is None:
            what = _unreadable(main, part)
            yield UNREADABLE.make_finding(main.path, method.lineno, name=method.name, what=what)
        elif not patterns_of(name):
            yield NEVER_SENT.make_finding(main.path, method.lineno, name=method.name, event=name)


def _unreadable(main: Module, part: ast.expr) -> str:
    if isinstance(part, ast.Name):
        bindings = main.scope.bindings.get(part.id, [])
        if bindings and all(each.never_run for each in bindings):
            return f"{part.id} is imported for type checkers only"
    return f"{ast.unparse(part)} is no name of kili_events"


def subscribed_patterns(plugin: Plugin, method: FunctionNode) -> list[str]:
    """The patterns of events that a subscribed method gets."""
    annotated = [*method.args.posonlyargs, *method.args.args][1:2]
    if not annotated or annotated[0].annotation is None:
        return []
    names = map(plugin.bound_names.event, plugin.bound_names.parts(annotated[0].annotation))
    return [pattern for name in names if name for pattern in patterns_of(name)]
