"""KP90x: how the plugin uses the SDK that is installed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kili_emulator.lint.clients import CLIENT
from kili_emulator.lint.guards import conditions, is_caught, last_name
from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.lint.surface import Method
from kili_emulator.spelling import closest

_TYPES = "kili.types"
_CLIENTS = (CLIENT, "kili.client_domain.Kili", "kili.Kili")
_KEY_NAMES = ("api_key", "apikey", "kili_api_key", "kili_key")
_KEY = re.compile(r"(X-API-Key: )?[\w.-]{8,}", re.I)
_HEADER = re.compile(r"X-API-Key: ", re.I)
_VARIABLE = re.compile(r"[A-Z_]+")
_IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")

NO_METHOD = Rule(
    "KP901",
    "error",
    "The SDK has no such method",
    "The client that a plugin gets is one of the SDK. It is held against the SDK that is installed "
    "here; another one may be installed where the plugin runs.",
    "inferred",
    "the client of the SDK {version} has no {name}{similar}",
    "use a method that it has",
)
DEPRECATED = Rule(
    "KP902",
    "warning",
    "A method is deprecated",
    "The SDK warns of each call, and one of its next versions does without the method.",
    "documented",
    "{name} is deprecated in the SDK {version}",
    "follow what the SDK says: {said}",
)
DEPRECATED_ARGUMENT = Rule(
    "KP903",
    "warning",
    "An argument is deprecated",
    "The SDK ignores the argument or warns of it, and one of its next versions does without it.",
    "documented",
    "the argument {argument} of {name} is deprecated in the SDK {version}",
    "follow what the SDK says: {said}",
)
WRONG_ARGUMENTS = Rule(
    "KP904",
    "error",
    "A method cannot be called like this",
    "Arguments that a method does not have, or does without, make the call a TypeError. They are "
    "held against the SDK that is installed here.",
    "inferred",
    "{name} of the SDK {version} {what}",
    "give it the arguments that it has: {parameters}",
)
KILI_TYPES = Rule(
    "KP905",
    "warning",
    "kili.types is imported",
    "SDKs from 25.2 on do not have this module, and some before fail to import it. The emulator "
    "gives plugins a stand-in where the installed SDK has none; the platform may not.",
    "documented",
    "kili.types is not there in new SDKs",
    "annotate with dict, which a label is",
)
NOT_IN_SDK = Rule(
    "KP906",
    "error",
    "The SDK has no such name",
    "The import fails, and with it the build of the plugin. It is tried with the SDK that is "
    "installed here.",
    "inferred",
    "the SDK {version} has no {name}",
    "import it from where the SDK has it now, or do without it",
)
OWN_CLIENT = Rule(
    "KP907",
    "warning",
    "A client is made in the plugin",
    "The plugin gets a client with a key of its own as `self.kili`. Another one needs a key in the "
    "environment or the source, and what it does is somebody else's doing: it may call the plugin "
    "again.",
    "documented",
    "{call} makes a client beside self.kili",
    "use self.kili, and hand it to the functions that need it",
)
KEY = Rule(
    "KP908",
    "warning",
    "An API key is spelled out",
    "Whoever can read the plugin, on the platform or in your repository, can do with the key "
    "whatever you can.",
    "chosen",
    "an API key is spelled out here",
    "use self.kili, which has a key of the plugin's own; revoke the one that was here",
)

RULES = (
    NO_METHOD,
    DEPRECATED,
    DEPRECATED_ARGUMENT,
    WRONG_ARGUMENTS,
    KILI_TYPES,
    NOT_IN_SDK,
    OWN_CLIENT,
    KEY,
)


def check_methods(plugin: Plugin) -> Iterator[Finding]:
    """Whether the client has what the plugin takes of it."""
    surface = plugin.source.surface
    uses = [
        (module, node)
        for module in plugin.reachable_modules
        for node in plugin.clients.uses(module)
    ]
    own = {node.attr for _, node in uses if isinstance(node.ctx, ast.Store)}
    for module, node in uses:
        name, known = node.attr, {"name": node.attr, "version": surface.version}
        method = surface.methods.get(name)
        if method and method.deprecated:
            yield DEPRECATED.make_finding(module.path, node.lineno, said=method.deprecated, **known)
        if not method and name not in own and not _may_have_attribute(plugin, module, node):
            close = closest(name, surface.methods)
            similar = f" (it has {close})" if close else ""
            yield NO_METHOD.make_finding(module.path, node.lineno, similar=similar, **known)


def _may_have_attribute(plugin: Plugin, module: Module, node: ast.Attribute) -> bool:
    """Whether the client may have an attribute, or the plugin knows that it may not."""
    attributes = plugin.source.surface.attributes
    if attributes is None or node.attr in attributes or node.attr.startswith("_"):
        return True
    return is_caught(module, node, ("AttributeError",)) or any(
        isinstance(each, ast.Call) and last_name(each.func) == "hasattr"
        for test in conditions(module, node)
        for each in ast.walk(test)
    )


def check_arguments(plugin: Plugin) -> Iterator[Finding]:
    """Whether methods take the arguments that they are given."""
    surface = plugin.source.surface
    for module in plugin.reachable_modules:
        for name, call in plugin.clients.calls(module):
            method = surface.methods.get(name)
            if method is None:
                continue
            known = {"name": name, "version": surface.version}
            what = _describe_misfit(method, call)
            if what and not is_caught(module, call, ("TypeError",)):
                parameters = ", ".join(method.parameters) or "none"
                yield WRONG_ARGUMENTS.make_finding(
                    module.path, call.lineno, what=what, parameters=parameters, **known
                )
            for argument in call.keywords:
                said = method.deprecated_parameters.get(argument.arg or "")
                if said:
                    yield DEPRECATED_ARGUMENT.make_finding(
                        module.path, call.lineno, argument=argument.arg, said=said, **known
                    )


def _describe_misfit(method: Method, call: ast.Call) -> str | None:
    """Why a call of a method fails for certain, if it does."""
    named = [each.arg for each in call.keywords if each.arg]
    unknown = [each for each in named if each not in method.parameters]
    if unknown and not method.collects:
        return f"has no argument {unknown[0]}"
    is_open = any(isinstance(each, ast.Starred) for each in call.args) or any(
        each.arg is None for each in call.keywords
    )
    if is_open:
        return None
    positional = [each for each in method.parameters if each not in method.keyword_only]
    if len(call.args) > len(positional) and not method.collects_positional:
        return f"takes {len(positional)} arguments by position, and is given {len(call.args)}"
    given = {*positional[: len(call.args)], *named}
    twice = [each for each in named if each in positional[: len(call.args)]]
    if twice:
        return f"is given {twice[0]} twice"
    missing = [each for each in method.required if each not in given]
    return f"needs {missing[0]}" if missing else None


def check_sdk_imports(plugin: Plugin) -> Iterator[Finding]:
    """Whether the SDK has what the plugin imports from it."""
    surface = plugin.source.surface
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if is_caught(module, node, _IMPORT_ERRORS):
                continue
            for source, name in _imported(node):
                whole = f"{source}.{name}" if name else source
                if _TYPES in (source, whole):
                    yield KILI_TYPES.make_finding(module.path, node.lineno)
                elif (source, name) in surface.missing:
                    known = {"name": whole, "version": surface.version}
                    yield NOT_IN_SDK.make_finding(module.path, node.lineno, **known)


def _imported(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    if isinstance(node, ast.Import):
        return [(each.name, "") for each in node.names]
    return [] if node.level else [(node.module or "", each.name) for each in node.names]


def check_own_clients(plugin: Plugin) -> Iterator[Finding]:
    """Where the plugin makes clients; those that are made at its import are told already."""
    known = {site.node for site in plugin.import_sites}
    for module, call, origin in plugin.resolved_calls():
        if origin in _CLIENTS and call not in known:
            yield OWN_CLIENT.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def check_keys(plugin: Plugin) -> Iterator[Finding]:
    """Where the source has keys in it, in files that do not run, too: they are uploaded as well."""
    for module in plugin.modules.values():
        for node in ast.walk(module.tree):
            for value in _keys(node):
                yield KEY.make_finding(module.path, value.lineno)


def _keys(node: ast.AST) -> list[ast.Constant]:
    """The texts in a node itself that are keys."""
    found: list[ast.AST | None] = []
    if isinstance(node, ast.keyword) and (node.arg or "").lower() in _KEY_NAMES:
        found = [node.value]
    elif isinstance(node, ast.Assign):
        names = [last_name(each).lower() for each in node.targets]
        found = [node.value] if any(each in _KEY_NAMES for each in names) else []
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = [node] if _HEADER.match(node.value) else []
    return [each for each in found if isinstance(each, ast.Constant) and _is_key(each.value)]


def _is_key(value: object) -> bool:
    """Whether a value may be a key: no empty one, and no name of a variable that has it."""
    if not isinstance(value, str) or _VARIABLE.fullmatch(value):
        return False
    return _KEY.fullmatch(value) is not None
