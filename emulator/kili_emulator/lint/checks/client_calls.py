"""KP90x: uses of the SDK that do not match the installed SDK."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kili_emulator.lint.client_tracking import CLIENT
from kili_emulator.lint.installed_sdk import Method
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.guards import conditions, is_caught
from kili_emulator.python_source.imports import IMPORT_ERRORS
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import ImportNode, absolute_imports, last_name
from kili_emulator.spelling import closest

_TYPES = "kili.types"
_CLIENTS = (CLIENT, "kili.client_domain.Kili", "kili.Kili")
_KEY_NAMES = ("api_key", "apikey", "kili_api_key", "kili_key")
_KEY = re.compile(r"(X-API-Key: )?[\w.-]{8,}", re.I)
_HEADER = re.compile(r"X-API-Key: ", re.I)
_VARIABLE = re.compile(r"[A-Z_]+")

NO_METHOD = Rule(
    "KP901",
    "error",
    "The SDK has no such method",
    "The client of a plugin is that of the SDK. The lint compares with the SDK that is installed "
    "here; the platform may have another one.",
    "inferred",
    "the client of the SDK {version} has no {name}{similar}",
    "use a method that it has",
)
DEPRECATED = Rule(
    "KP902",
    "warning",
    "A method is deprecated",
    "The SDK warns at each call, and a later version will remove the method.",
    "documented",
    "{name} is deprecated in the SDK {version}",
    "follow the advice of the SDK: {advice}",
)
DEPRECATED_ARGUMENT = Rule(
    "KP903",
    "warning",
    "An argument is deprecated",
    "The SDK ignores the argument or warns, and a later version will remove the argument.",
    "documented",
    "the argument {argument} of {name} is deprecated in the SDK {version}",
    "follow the advice of the SDK: {advice}",
)
WRONG_ARGUMENTS = Rule(
    "KP904",
    "error",
    "A call does not match the parameters of a method",
    "An unknown or missing argument makes the call a TypeError. The lint compares with the SDK "
    "that is installed here.",
    "inferred",
    "{name} of the SDK {version} {problem}",
    "use its parameters: {parameters}",
)
KILI_TYPES = Rule(
    "KP905",
    "warning",
    "kili.types is imported",
    "SDKs from 25.2 on do not have this module, and some older SDKs fail to import it. The "
    "emulator gives plugins a substitute if the installed SDK has none; the platform may not.",
    "documented",
    "new SDKs do not have kili.types",
    "annotate with dict, the type of a label",
)
NOT_IN_SDK = Rule(
    "KP906",
    "error",
    "The SDK has no such name",
    "The import fails, and so does the build of the plugin. The lint tries the import with the SDK "
    "that is installed here.",
    "inferred",
    "the SDK {version} has no {name}",
    "import it from its present module, or do without it",
)
OWN_CLIENT = Rule(
    "KP907",
    "warning",
    "The plugin creates a client",
    "The plugin gets a client with its own API key as `self.kili`. A second client needs a key in "
    "the environment or the source. The platform does not attribute its calls to the plugin, so "
    "they may call the plugin again.",
    "documented",
    "{call} creates a second client besides self.kili",
    "use self.kili, and pass it to the functions that need it",
)
KEY = Rule(
    "KP908",
    "warning",
    "The source contains an API key",
    "Everyone who can read the plugin, on the platform or in your repository, can use the key with "
    "all your rights.",
    "chosen",
    "the source contains an API key",
    "use self.kili, which has the plugin's own key, and revoke this key",
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
    """Check that the client has the attributes that the plugin uses."""
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
            yield DEPRECATED.make_finding(
                module.path, node.lineno, advice=method.deprecated, **known
            )
        if not method and name not in own and not _may_have_attribute(plugin, module, node):
            close = closest(name, surface.methods)
            similar = f" (it has {close})" if close else ""
            yield NO_METHOD.make_finding(module.path, node.lineno, similar=similar, **known)


def _may_have_attribute(plugin: Plugin, module: Module, node: ast.Attribute) -> bool:
    """Return whether the client may have an attribute, or the plugin handles its absence."""
    attributes = plugin.source.surface.attributes
    if attributes is None or node.attr in attributes or node.attr.startswith("_"):
        return True
    return is_caught(module, node, ("AttributeError",)) or any(
        isinstance(each, ast.Call) and last_name(each.func) == "hasattr"
        for test in conditions(module, node)
        for each in ast.walk(test)
    )


def check_arguments(plugin: Plugin) -> Iterator[Finding]:
    """Check the arguments of calls of the client."""
    surface = plugin.source.surface
    for module in plugin.reachable_modules:
        for name, call in plugin.clients.calls(module):
            method = surface.methods.get(name)
            if method is None:
                continue
            known = {"name": name, "version": surface.version}
            problem = _describe_misfit(method, call)
            if problem and not is_caught(module, call, ("TypeError",)):
                parameters = ", ".join(method.parameters) or "none"
                yield WRONG_ARGUMENTS.make_finding(
                    module.path, call.lineno, problem=problem, parameters=parameters, **known
                )
            for argument in call.keywords:
                advice = method.deprecated_parameters.get(argument.arg or "")
                if advice:
                    yield DEPRECATED_ARGUMENT.make_finding(
                        module.path, call.lineno, argument=argument.arg, advice=advice, **known
                    )


def _describe_misfit(method: Method, call: ast.Call) -> str | None:
    """Return why a call of a method certainly fails, if it does."""
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
        return f"takes {len(positional)} positional arguments, but the call passes {len(call.args)}"
    given = {*positional[: len(call.args)], *named}
    twice = [each for each in named if each in positional[: len(call.args)]]
    if twice:
        return f"gets the argument {twice[0]} twice"
    missing = [each for each in method.required if each not in given]
    return f"needs the argument {missing[0]}" if missing else None


def check_sdk_imports(plugin: Plugin) -> Iterator[Finding]:
    """Check that the SDK has the names that the plugin imports from it."""
    surface = plugin.source.surface
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, ImportNode):
                continue
            if is_caught(module, node, IMPORT_ERRORS):
                continue
            for source, name in absolute_imports(node):
                whole = f"{source}.{name}" if name else source
                if _TYPES in (source, whole):
                    yield KILI_TYPES.make_finding(module.path, node.lineno)
                elif (source, name) in surface.missing:
                    known = {"name": whole, "version": surface.version}
                    yield NOT_IN_SDK.make_finding(module.path, node.lineno, **known)


def check_own_clients(plugin: Plugin) -> Iterator[Finding]:
    """Find clients that the plugin creates in a run; KP405 reports those at import."""
    known = {site.node for site in plugin.import_sites}
    for module, call, origin in plugin.resolved_calls():
        if origin in _CLIENTS and call not in known:
            yield OWN_CLIENT.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def check_keys(plugin: Plugin) -> Iterator[Finding]:
    """Find API keys in all files: those that do not run are uploaded as well."""
    for module in plugin.modules.values():
        for node in ast.walk(module.tree):
            for value in _keys(node):
                yield KEY.make_finding(module.path, value.lineno)


def _keys(node: ast.AST) -> list[ast.Constant]:
    """Return the texts in a node that are API keys."""
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
    """Return whether a value may be an API key, and not the name of an environment variable."""
    if not isinstance(value, str) or _VARIABLE.fullmatch(value):
        return False
    return _KEY.fullmatch(value) is not None
