"""KP105 to KP108 and KP215 to KP218: a class ``PluginHandler`` that the platform can create."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.scopes import Binding
from kili_emulator.python_source.syntax import FunctionNode, positional_parameters
from kili_emulator.rules.handler_methods import HANDLER

CORE = (
    "kili.plugins.PluginCore",
    "kili.services.plugins.PluginCore",
    "kili.services.plugins.model.PluginCore",
)
_CORE_ARGUMENTS = ("kili", "project_id", "logger")

NO_CLASS = Rule(
    "KP105",
    "error",
    "main.py has no class PluginHandler",
    "The SDK searches for the class at the top level of the file, without running it. It does not "
    "find a class inside an `if`, a function or another class, and then uploads nothing.",
    "documented",
    "there is no class PluginHandler at the top level",
    "write `class PluginHandler(PluginCore):` at the top level",
)
NOT_A_CLASS = Rule(
    "KP106",
    "error",
    "PluginHandler is not a class",
    "The SDK searches for `class PluginHandler` itself. It ignores an import, a variable or a "
    "function with that name, and uploads nothing.",
    "documented",
    "PluginHandler is {kind}, but the SDK needs `class PluginHandler`",
    "write `class PluginHandler(PluginCore):`; if the present object is a class, inherit from it",
)
NOT_DERIVED = Rule(
    "KP107",
    "warning",
    "PluginHandler does not inherit from PluginCore",
    "PluginCore sets `self.kili`, `self.project_id` and `self.logger`.",
    "documented",
    "PluginHandler does not inherit from PluginCore",
    "write `class PluginHandler(PluginCore):`, with `from kili.plugins import PluginCore`",
)
TWICE = Rule(
    "KP108",
    "warning",
    "PluginHandler is defined more than once",
    "The SDK registers the handlers of the first class with that name. Python uses the last "
    "object that has the name.",
    "inferred",
    "PluginHandler is defined again in line {line}",
    "keep one of them",
)
CANNOT_BE_MADE = Rule(
    "KP215",
    "error",
    "PluginHandler cannot be created with a client, a project and a logger",
    "For each run the platform creates a PluginHandler with `kili`, `project_id` and `logger`. If "
    "the class does not accept these three arguments, each run fails.",
    "documented",
    "{problem}, but the platform creates PluginHandler with kili, project_id and logger",
    "write `def __init__(self, kili, project_id, logger)`, or remove __init__",
)
OTHER_NAMES = Rule(
    "KP216",
    "warning",
    "__init__ does not use the parameter names of PluginCore",
    "The documentation does not say whether the platform passes the arguments by name. If it "
    "does, each run fails.",
    "inferred",
    "__init__ has the parameters {names}; those of PluginCore are kili, project_id, logger",
    "write `def __init__(self, kili, project_id, logger)`",
)
UNSET = Rule(
    "KP217",
    "error",
    "The plugin uses an attribute of PluginCore that its __init__ does not set",
    "Your own __init__ must call that of PluginCore, which sets `self.kili`, `self.project_id` and "
    "`self.logger`.",
    "documented",
    "__init__ does not call super().__init__, so self.{name}, used in line {line}, is not set",
    "begin __init__ with `super().__init__(kili, project_id, logger)`",
)
NO_SUPER = Rule(
    "KP218",
    "warning",
    "__init__ does not call that of PluginCore",
    "Your own __init__ must call that of PluginCore, which may do more in another version of the "
    "SDK.",
    "documented",
    "__init__ does not call super().__init__",
    "begin __init__ with `super().__init__(kili, project_id, logger)`",
)

RULES = (
    NO_CLASS,
    NOT_A_CLASS,
    NOT_DERIVED,
    TWICE,
    CANNOT_BE_MADE,
    OTHER_NAMES,
    UNSET,
    NO_SUPER,
)


def check_class(plugin: Plugin) -> Iterator[Finding]:
    """Check that the SDK and Python find the same class, and that it inherits from PluginCore."""
    if not plugin.main:
        return
    bindings = plugin.main.scope.bindings.get(HANDLER, [])
    if plugin.handler is None:
        yield _missing_class(plugin.main, bindings)
        return
    path, line = plugin.main.path, plugin.handler.lineno
    rebindings = [each for each in bindings if each.node is not plugin.handler]
    if rebindings:
        yield TWICE.make_finding(path, line, line=getattr(rebindings[-1].node, "lineno", line))
    bases = list(plugin.names.bases(plugin.main, plugin.handler))
    if all(map(_is_foreign_base, bases)):
        yield NOT_DERIVED.make_finding(path, line)


def _is_foreign_base(base: str | None) -> bool:
    """Return whether a base class is certainly not PluginCore: built in or standard library."""
    top = (base or "").partition(".")[0]
    return top == "builtins" or top in sys.stdlib_module_names


def _missing_class(main: Module, bindings: list[Binding]) -> Finding:
    line = getattr(bindings[0].node, "lineno", 1) if bindings else 1
    if not bindings or isinstance(bindings[0].node, ast.ClassDef):
        return NO_CLASS.make_finding(main.path, line)
    kinds = {"import": "imported", "definition": "a function"}
    return NOT_A_CLASS.make_finding(main.path, line, kind=kinds.get(bindings[0].kind, "a variable"))


def check_constructor(plugin: Plugin) -> Iterator[Finding]:
    """Check that the platform can create the class, and that ``__init__`` sets all attributes."""
    if not plugin.main or not plugin.handler:
        return
    initializer = plugin.names.method(plugin.main, plugin.handler, "__init__")
    if initializer is None:
        if not plugin.handler.bases and not plugin.handler.decorator_list:
            problem = "PluginHandler has no __init__ and inherits none"
            yield CANNOT_BE_MADE.make_finding(
                plugin.main.path, plugin.handler.lineno, problem=problem
            )
        return
    if isinstance(initializer.node, ast.ClassDef) or initializer.node.decorator_list:
        return
    yield from _check_parameters(initializer.module, initializer.node)
    if not _calls_init(initializer.module, initializer.node):
        yield from _check_without_super(plugin, initializer.module, initializer.node)


def _check_parameters(module: Module, method: FunctionNode) -> Iterator[Finding]:
    arguments = method.args
    positional = positional_parameters(arguments)[1:]
    required = len(positional) - len(arguments.defaults)
    named = [
        each.arg
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    too_few = len(positional) < len(_CORE_ARGUMENTS) and not arguments.vararg
    if too_few or required > len(_CORE_ARGUMENTS) or named:
        problem = f"__init__ takes {ast.unparse(arguments)}"
        yield CANNOT_BE_MADE.make_finding(module.path, method.lineno, problem=problem)
        return
    names = tuple(each.arg for each in positional[: len(_CORE_ARGUMENTS)])
    if names != _CORE_ARGUMENTS[: len(names)]:
        yield OTHER_NAMES.make_finding(module.path, method.lineno, names=", ".join(names))


def _calls_init(module: Module, method: FunctionNode) -> bool:
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
        for call in module.calls(method)
    )


def _check_without_super(plugin: Plugin, module: Module, method: FunctionNode) -> Iterator[Finding]:
    """Check the attributes of a class whose ``__init__`` does not call that of the base class."""
    assert plugin.main
    assert plugin.handler
    set_, used = set(), []
    for each in plugin.names.ancestry(plugin.main, plugin.handler):
        for node in each.module.walk(each.node):
            if isinstance(node, ast.Attribute) and each.module.is_self(node.value):
                if isinstance(node.ctx, ast.Store):
                    set_.add(node.attr)
                elif node.attr in _CORE_ARGUMENTS:
                    used.append((node.attr, node.lineno))
    bases = list(plugin.names.bases(plugin.main, plugin.handler))
    missing = [each for each in used if each[0] not in set_]
    if missing and all(each in CORE for each in bases):
        name, line = missing[0]
        yield UNSET.make_finding(module.path, method.lineno, name=name, line=line)
    elif plugin.handler.bases:
        yield NO_SUPER.make_finding(module.path, method.lineno)
