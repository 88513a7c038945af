"""KP81x and KP82x: calls with which a plugin triggers itself, or damages itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.checks.caused_events import caused_events
from kili_emulator.lint.checks.typed_events import subscribed_patterns
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.call_graph import SourceNode
from kili_emulator.python_source.guards import conditions
from kili_emulator.python_source.literal_values import texts
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import Definition
from kili_emulator.python_source.syntax import FUNCTIONS
from kili_emulator.rules import subjects
from kili_emulator.rules.handlers import BY_METHOD, ON_EVENT

# Members of a label or event that show who made it.
_AUTHOR_MARKS = {
    "author",
    "authorid",
    "isserviceaccount",
    "model_name",
    "modelname",
    "user_id",
    "userid",
}
_GUARD = (
    'add a condition that is false the second time: compare label["authorId"], or check for the '
    "result of the first call"
)

CALLS_ITSELF = Rule(
    "KP811",
    "warning",
    "A handler causes the event that calls it",
    "A label that a plugin submits, or an asset that it sends back, may call the plugin again, "
    "without an end. Whether the platform ignores the events that a plugin causes is not public; "
    "the emulator ignores them.",
    "chosen",
    "{method} in {handler} causes the event that calls {handler}",
    _GUARD,
)
CAUSES_EVENT = Rule(
    "KP812",
    "warning",
    "A method causes the event that it gets",
    "The event may call the plugin again, without an end. Whether the platform ignores the events "
    "that a plugin causes is not public; the emulator ignores them.",
    "chosen",
    "{method} in {handler} causes {event}, which {handler} gets",
    "add a condition that is false the second time: compare the event's userId, or check for the "
    "result of the first call",
)
PROJECT = Rule(
    "KP821",
    "warning",
    "A plugin deletes or archives its project",
    "Nobody can use the project any more, and nothing calls the plugin.",
    "documented",
    "{method} removes the project on which the plugin runs",
    "let a person or a script do it",
)
PLUGIN = Rule(
    "KP822",
    "warning",
    "A plugin changes plugins",
    "A plugin that deletes, deactivates or updates itself removes its own logs or code while it "
    "runs. The effect on the run is not public.",
    "inferred",
    "{method} changes plugins during a run",
    "let a person or a script do it",
)

RULES = (CALLS_ITSELF, CAUSES_EVENT, PROJECT, PLUGIN)

_PROJECT_METHODS = ("archive_project", "delete_project")
_PLUGIN_METHODS = (
    "deactivate_plugin_on_project",
    "delete_plugin",
    "update_plugin",
    "upload_plugin",
)


def check_event_cycles(plugin: Plugin) -> Iterator[Finding]:
    """Find handlers that cause the events that call them."""
    if not plugin.main:
        return
    for method in plugin.handler_methods:
        handler = BY_METHOD.get(method.name)
        called_for = set(handler.events) if handler else set()
        patterns = _patterns(plugin, Definition(plugin.main, method))
        if not called_for and not patterns:
            continue
        for site, name, call in _calls_in(plugin, Definition(plugin.main, method)):
            events = caused_events(plugin, name, call)
            details = {"method": name, "handler": method.name}
            path, line = site[-1].module.path, call.lineno
            matched = [
                each for each in events if any(subjects.matches(one, each) for one in patterns)
            ]
            if called_for & set(events) and not _is_guarded(plugin, site):
                yield CALLS_ITSELF.make_finding(path, line, **details)
            elif matched and not _is_guarded(plugin, site):
                yield CAUSES_EVENT.make_finding(path, line, event=matched[0], **details)


def _patterns(plugin: Plugin, method: Definition) -> list[str]:
    """Return the event patterns of a method; for ``on_event``, the subjects in its code."""
    assert isinstance(method.node, FUNCTIONS)
    if method.node in plugin.typed_methods:
        return subscribed_patterns(plugin, method.node)
    if method.node.name != ON_EVENT.method:
        return []
    named = {
        str(text.value)
        for each in plugin.calls.reach(method)
        for text in texts(each.module, each.node)
    }
    return sorted(named & subjects.SENT_TO_PLUGINS)


def _calls_in(
    plugin: Plugin, start: Definition
) -> Iterator[tuple[tuple[SourceNode, ...], str, ast.Call]]:
    """Yield the calls of the client that a function reaches, with the references on the way."""
    for each, call_path in plugin.calls.reach(start).items():
        for name, call in plugin.clients.calls(each.module, each.node):
            yield (*call_path, SourceNode(each.module, call)), name, call


def _is_guarded(plugin: Plugin, call_path: tuple[SourceNode, ...]) -> bool:
    """Return whether a condition on the way checks the author, or the state of the platform."""
    return any(
        _is_guard(plugin, site.module, test)
        for site in call_path
        for test in conditions(site.module, site.node)
    )


def _is_guard(plugin: Plugin, module: Module, test: ast.expr) -> bool:
    for node in _nodes_with_values(module, test):
        if plugin.clients.role(module, node) == "client" or _calls_platform(plugin, module, node):
            return True
        if _AUTHOR_MARKS & set(_node_text(node).lower().split(".")):
            return True
    return False


def _calls_platform(plugin: Plugin, module: Module, node: ast.AST) -> bool:
    """Return whether a node is a function of the plugin that uses the client."""
    function = plugin.calls.resolve_function(module, node) if isinstance(node, ast.expr) else None
    return function is not None and any(
        True
        for each in plugin.calls.reach(function)
        for _ in plugin.clients.uses(each.module, each.node)
    )


def _node_text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.attr if isinstance(node, ast.Attribute) else ""


def _nodes_with_values(module: Module, test: ast.expr) -> Iterator[ast.AST]:
    """Yield the nodes of a test, and of the values of its variables."""
    waiting, seen = [test], {test}
    for each in waiting:
        for node in ast.walk(each):
            yield node
            found = module.scope_of(node).find(node.id) if isinstance(node, ast.Name) else None
            for binding in found[1] if found else []:
                if binding.value is not None and binding.value not in seen:
                    seen.add(binding.value)
                    waiting.append(binding.value)


def check_self_damage(plugin: Plugin) -> Iterator[Finding]:
    """Find calls that remove the plugin's project, or change plugins."""
    for module in plugin.reachable_modules:
        for name, call in plugin.clients.calls(module):
            if name in _PROJECT_METHODS and _is_own_project(module, call):
                yield PROJECT.make_finding(module.path, call.lineno, method=name)
            if name in _PLUGIN_METHODS:
                yield PLUGIN.make_finding(module.path, call.lineno, method=name)


def _is_own_project(module: Module, call: ast.Call) -> bool:
    """Return whether a call is about ``self.project_id``, also through a variable."""
    project_arguments = [
        *call.args[:1],
        *(each.value for each in call.keywords if each.arg == "project_id"),
    ]
    return any(
        isinstance(node, ast.Attribute) and node.attr == "project_id"
        for each in project_arguments
        for node in _nodes_with_values(module, each)
    )
