"""KP81x and KP82x: calls by which a plugin calls itself, or harms itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.call_graph import SourceNode
from kili_emulator.lint.caused_events import caused_events
from kili_emulator.lint.guards import conditions
from kili_emulator.lint.literal_values import texts
from kili_emulator.lint.module import Module
from kili_emulator.lint.name_resolution import Definition
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.lint.scopes import FUNCTIONS
from kili_emulator.lint.typed_events import subscribed_patterns
from kili_emulator.rules import subjects
from kili_emulator.rules.handlers import BY_METHOD, ON_EVENT

# What a plugin can tell its own doing by.
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
    'do it on a condition that does not hold the second time: compare label["authorId"], or what '
    "is there already"
)

CALLS_ITSELF = Rule(
    "KP811",
    "warning",
    "A handler does what calls it again",
    "A label that a plugin submits, or an asset that it sends back, may call the plugin again, and "
    "so on without an end. Whether the platform leaves out what a plugin itself has caused is not "
    "public; the emulator does so.",
    "chosen",
    "{method} in {handler} causes what {handler} is called for",
    _GUARD,
)
CAUSES_EVENT = Rule(
    "KP812",
    "warning",
    "A method causes the event that it gets",
    "The event may call the plugin again, and so on without an end. Whether the platform leaves "
    "out what a plugin itself has caused is not public; the emulator does so.",
    "chosen",
    "{method} in {handler} causes {event}, which {handler} gets",
    "do it on a condition that does not hold the second time: compare the event's userId, or what "
    "is there already",
)
PROJECT = Rule(
    "KP821",
    "warning",
    "A plugin deletes or archives its project",
    "The project is gone for everybody, and with it what calls the plugin.",
    "documented",
    "{method} takes away the project that the plugin runs on",
    "leave that to people, or to a script",
)
PLUGIN = Rule(
    "KP822",
    "warning",
    "A plugin changes plugins",
    "A plugin that deletes, deactivates or updates itself takes away its own logs or its own code "
    "while it runs. What becomes of the run is not public.",
    "inferred",
    "{method} changes plugins while one runs",
    "leave that to people, or to a script",
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
    """Which handlers cause what they are called for."""
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
    """The patterns of what a method gets; of on_event, what its code names."""
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
    """The calls of the client that a function leads to, with the places that lead there."""
    for each, call_path in plugin.calls.reach(start).items():
        for name, call in plugin.clients.calls(each.module, each.node):
            yield (*call_path, SourceNode(each.module, call)), name, call


def _is_guarded(plugin: Plugin, call_path: tuple[SourceNode, ...]) -> bool:
    """Whether a condition on the way looks at who did something, or at what there is already."""
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
    """Whether a node is a function of the plugin that asks the platform something."""
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
    """The nodes of a test, and of what the names in it were assigned."""
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
    """Which calls take away what the plugin lives on."""
    for module in plugin.reachable_modules:
        for name, call in plugin.clients.calls(module):
            if name in _PROJECT_METHODS and _is_own_project(module, call):
                yield PROJECT.make_finding(module.path, call.lineno, method=name)
            if name in _PLUGIN_METHODS:
                yield PLUGIN.make_finding(module.path, call.lineno, method=name)


def _is_own_project(module: Module, call: ast.Call) -> bool:
    """Whether a call names the plugin's project, by ``self.project_id`` or a name for it."""
    project_arguments = [
        *call.args[:1],
        *(each.value for each in call.keywords if each.arg == "project_id"),
    ]
    return any(
        isinstance(node, ast.Attribute) and node.attr == "project_id"
        for each in project_arguments
        for node in _nodes_with_values(module, each)
    )
