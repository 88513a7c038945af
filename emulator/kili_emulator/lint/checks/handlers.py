"""KP201 to KP210: handlers that the platform finds and can call."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.syntax import (
    FUNCTIONS,
    FunctionNode,
    methods_of,
    nodes_in_scope,
    positional_parameters,
)
from kili_emulator.rules.handler_methods import HANDLER
from kili_emulator.rules.handlers import HANDLERS, ON_EVENT
from kili_emulator.spelling import closest

_HARMLESS_DECORATORS = ("typing.override", "typing_extensions.override", "typing.no_type_check")
_WITHOUT_SELF = {"builtins.staticmethod": "static", "builtins.classmethod": "a class method"}
_MIN_SIMILARITY = 0.8
_RANGES = "".join(
    f" Only the SDKs from {each.first_sdk} to {each.last_sdk} register {each.method}."
    for each in HANDLERS
    if each.last_sdk
)

NO_HANDLER = Rule(
    "KP201",
    "error",
    "PluginHandler has no handler",
    "The SDK reads the handlers from the body of PluginHandler. Without a handler the plugin would "
    "never run: the SDK from 26.2 on refuses to upload it, older versions upload it without "
    "effect.",
    "documented",
    "PluginHandler has none of the methods that the platform calls",
    "define one of {handlers} in it",
)
NOT_SEEN = Rule(
    "KP202",
    "warning",
    "A handler is not a `def` in the body of PluginHandler",
    "The SDK reads the handlers from the source, without running it. It does not register a "
    "handler that is inherited, assigned, or defined inside an `if`, and the platform does not "
    "call it.",
    "documented",
    "{name} is {binding}, where the SDK does not find it",
    "write `def {name}(...)` in the body of PluginHandler, and call the other function from there",
)
WRONG_PARAMETERS = Rule(
    "KP203",
    "error",
    "A handler does not accept the platform's arguments",
    "The platform passes arguments with the names that the SDK documents; the payload of a webhook "
    "has the same names. Any other parameter without a default makes the call a TypeError.",
    "inferred",
    "{name}({given}) does not accept the arguments {wanted}",
    "write `def {name}(self, {wanted})`",
)
ASYNC = Rule(
    "KP204",
    "error",
    "A handler is async",
    "The SDK does not register an `async def`, and nothing would await it.",
    "documented",
    "{name} is async: the SDK does not register it, and nothing awaits it",
    "write `def {name}`, and call `asyncio.run(...)` in it to await something",
)
WITHOUT_SELF = Rule(
    "KP205",
    "note",
    "A handler is a static or class method",
    "The platform can call such a method, but the method cannot use `self.kili`, "
    "`self.project_id` and `self.logger`.",
    "inferred",
    "{name} is {kind}, and cannot use self.kili",
    "write a plain method: `def {name}(self, {wanted})`",
)
GENERATOR = Rule(
    "KP206",
    "error",
    "A handler is a generator",
    "A call of a function with a `yield` only creates a generator. Nothing iterates over it, so "
    "the code of the handler never runs.",
    "inferred",
    "{name} contains a yield: a call of it does nothing",
    "remove the yield, or move it into a function that {name} iterates over",
)
MISSPELT = Rule(
    "KP207",
    "warning",
    "A name looks like a misspelled handler",
    "The platform calls only methods of PluginHandler with exactly the documented names. "
    "`onSubmit` is the name of the event; in the first plugins it was a free function.",
    "documented",
    "nothing calls {name}: {clue}",
    "rename it to {handler} in PluginHandler, or give it a less similar name",
)
UNREGISTERED = Rule(
    "KP208",
    "warning",
    "The installed SDK does not register a handler",
    f"The SDK registers the handlers of a plugin on upload.{_RANGES}",
    "documented",
    "the SDK {version} does not register {name}",
    "subscribe a method to the event with @on_kili_event, or upload with another SDK",
)
BOTH = Rule(
    "KP209",
    "error",
    "PluginHandler has on_event and other handlers",
    "on_event needs an event matcher on upload. The SDK refuses a plugin that has both handlers "
    "and an event matcher.",
    "documented",
    "PluginHandler has on_event and {others}, but a plugin can have only one of the two kinds",
    "split it into two plugins",
)
OLD_ON_EVENT = Rule(
    "KP210",
    "warning",
    "on_event is overridden",
    "The SDK deprecates this from 26.2 on. on_event now gets the whole event; its former argument "
    'is under `payload["payload"]`.',
    "documented",
    "the SDK {version} deprecates overriding on_event, and passes another payload",
    "decorate methods with @on_kili_event, and annotate their event",
)

RULES = (
    NO_HANDLER,
    NOT_SEEN,
    WRONG_PARAMETERS,
    ASYNC,
    WITHOUT_SELF,
    GENERATOR,
    MISSPELT,
    UNREGISTERED,
    BOTH,
    OLD_ON_EVENT,
)


def check_handlers(plugin: Plugin) -> Iterator[Finding]:
    """Check that the SDK registers the handlers of the plugin."""
    if not plugin.main or not plugin.handler:
        return
    path, surface = plugin.main.path, plugin.source.surface
    defined = _defined_handlers(plugin)
    registered = _registered_handlers(plugin)
    unseen = list(_check_unseen(plugin, defined))
    has_handler_list = surface.handlers is not None  # else the platform calls any handler
    is_called = (
        defined.keys() & registered or plugin.typed_methods or (unseen and not has_handler_list)
    )
    if not is_called:
        handlers = ", ".join(each for each in plugin.source.handlers if each in registered)
        yield NO_HANDLER.make_finding(path, plugin.handler.lineno, handlers=handlers)
    for name, method in defined.items():
        if name not in registered:
            yield UNREGISTERED.make_finding(path, method.lineno, name=name, version=surface.version)
        elif name == ON_EVENT.method:
            yield from _check_on_event(plugin, method, defined.keys() - {ON_EVENT.method})
    if has_handler_list:
        yield from unseen
    yield from _check_misspelt(plugin, defined)


def _defined_handlers(plugin: Plugin) -> dict[str, FunctionNode]:
    """Return the handlers in the body of PluginHandler, by name."""
    methods = {each.name: each for each in plugin.handler_methods}
    return {name: each for name, each in methods.items() if name in plugin.source.handlers}


def _registered_handlers(plugin: Plugin) -> set[str]:
    """Return the handlers that the installed SDK registers; all, if it registers none by name."""
    surface = plugin.source.surface
    if surface.handlers is None:
        return set(plugin.source.handlers) - {ON_EVENT.method}
    upload = surface.methods.get("upload_plugin")
    takes_events = upload is not None and "event_matcher" in upload.parameters
    return {*surface.handlers, *([ON_EVENT.method] if takes_events else [])}


def _check_on_event(
    plugin: Plugin, method: FunctionNode, others: Collection[str]
) -> Iterator[Finding]:
    assert plugin.main
    surface = plugin.source.surface
    if others:
        yield BOTH.make_finding(plugin.main.path, method.lineno, others=", ".join(sorted(others)))
    elif surface.typed_events and not plugin.typed_methods:
        yield OLD_ON_EVENT.make_finding(plugin.main.path, method.lineno, version=surface.version)


def _check_unseen(plugin: Plugin, names: Collection[str]) -> Iterator[Finding]:
    """Find handlers that Python finds in the class, but the SDK does not."""
    assert plugin.main
    assert plugin.handler
    body = plugin.handler.body
    for node in nodes_in_scope(body):
        if isinstance(node, FUNCTIONS) and node not in body:
            found, binding = node.name, "defined inside another statement"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found, binding = node.id, "assigned"
        else:
            continue
        if found in plugin.source.handlers and found not in names:
            yield NOT_SEEN.make_finding(plugin.main.path, node.lineno, name=found, binding=binding)
    for base in plugin.names.ancestry(plugin.main, plugin.handler)[1:]:
        assert isinstance(base.node, ast.ClassDef)
        for method in methods_of(base.node):
            if method.name in plugin.source.handlers and method.name not in names:
                binding = f"inherited from {base.node.name}"
                yield NOT_SEEN.make_finding(
                    base.module.path, method.lineno, name=method.name, binding=binding
                )


def _check_misspelt(plugin: Plugin, names: Collection[str]) -> Iterator[Finding]:
    assert plugin.main
    functions = [each for each in plugin.main.tree.body if isinstance(each, FUNCTIONS)]
    used = _used_names(plugin)
    typed = plugin.typed_methods
    for each in [*plugin.handler_methods, *functions]:
        if each.name in used or each in typed:
            continue
        if each.name in plugin.source.handlers and each not in functions:
            continue
        handler = _find_similar_handler(each.name, plugin.source.handlers)
        clue = f"it looks like the handler {handler}"
        if handler == each.name:
            clue = f"it is outside {HANDLER}"
        if handler and handler not in names:
            yield MISSPELT.make_finding(
                plugin.main.path, each.lineno, name=each.name, handler=handler, clue=clue
            )


def _used_names(plugin: Plugin) -> set[str]:
    """Return all names that the plugin reads."""
    found = set()
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
    return found


def _find_similar_handler(name: str, handlers: Collection[str]) -> str | None:
    """Return the handler whose name is similar."""
    handlers_by_plain_name = {each.replace("_", ""): each for each in handlers}
    normalized = name.replace("_", "").lower()
    if not normalized.startswith("on"):
        return None
    prefix_matches = [
        handler for text, handler in handlers_by_plain_name.items() if normalized.startswith(text)
    ]
    if name.count("_") > 1:
        prefix_matches += [handler for handler in handlers if handler.startswith(f"{name}_")]
    if prefix_matches:
        return max(prefix_matches, key=len)
    close = closest(normalized, handlers_by_plain_name, _MIN_SIMILARITY)
    return handlers_by_plain_name[close] if close else None


def check_signatures(plugin: Plugin) -> Iterator[Finding]:
    """Check that the platform can call each handler."""
    for method in _defined_handlers(plugin).values():
        yield from _check_method(plugin, method)


def _check_method(plugin: Plugin, method: FunctionNode) -> Iterator[Finding]:
    assert plugin.main
    path, line, name = plugin.main.path, method.lineno, method.name
    wanted = plugin.source.handlers[name]
    details = {"name": name, "wanted": ", ".join(wanted)}
    origins = [plugin.names.origin(plugin.main, each) for each in method.decorator_list]
    kinds = [_WITHOUT_SELF[each] for each in origins if each in _WITHOUT_SELF]
    if isinstance(method, ast.AsyncFunctionDef):
        yield ASYNC.make_finding(path, line, **details)
        return
    if any(each not in (*_WITHOUT_SELF, *_HARMLESS_DECORATORS) for each in origins):
        return  # an unknown decorator may change the parameters
    is_static = "static" in kinds
    if not fits(method.args, wanted, without_first=not is_static):
        given = ast.unparse(method.args)
        yield WRONG_PARAMETERS.make_finding(path, line, given=given, **details)
    elif kinds:
        yield WITHOUT_SELF.make_finding(path, line, kind=kinds[0], **details)
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in nodes_in_scope(method.body)):
        yield GENERATOR.make_finding(path, line, **details)


def fits(arguments: ast.arguments, given: Collection[str], *, without_first: bool) -> bool:
    """Return whether a function accepts exactly these arguments, passed by name.

    Args:
        without_first: the first parameter is ``self`` or ``cls``.
    """
    positional = positional_parameters(arguments)
    if without_first and not positional and not arguments.vararg:
        return False
    optional = {each.arg for each in positional[len(positional) - len(arguments.defaults) :]}
    optional |= {
        each.arg
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    if without_first:
        positional = positional[1:]
    by_position = {each.arg for each in positional if each in arguments.posonlyargs}
    named = {each.arg for each in (*positional, *arguments.kwonlyargs)} - by_position
    required = (named | by_position) - optional
    unknown = set(given) - named
    return required <= set(given) - by_position and (not unknown or arguments.kwarg is not None)
