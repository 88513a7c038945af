"""KP50x: values that a plugin keeps from one run to the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.call_graph import attribute_values
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import Definition
from kili_emulator.python_source.syntax import (
    FUNCTIONS,
    decorator_target,
    last_name,
    nodes_in_scope,
)

_WHY = (
    "The platform creates a new PluginHandler for each run. How long the module stays loaded, and "
    "in how many processes, is not public: the next run may find the values of a run, or not. "
)
_KEEP = "store it on the platform, in the metadata of an asset or a project"
_MUTABLE_TYPES = (
    "builtins.bytearray",
    "builtins.dict",
    "builtins.list",
    "builtins.set",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.deque",
    "queue.Queue",
    "queue.SimpleQueue",
)
_DISPLAYS = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Set, ast.SetComp)
_CHANGING = (
    *("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop"),
    *("popitem", "popleft", "put", "put_nowait", "remove", "setdefault", "sort", "update"),
)
_CACHES = ("functools.cache", "functools.lru_cache")

GLOBAL = Rule(
    "KP501",
    "warning",
    "A handler assigns a global variable",
    _WHY,
    "inferred",
    "a run assigns the global {name}, and the next run may find its value or not",
    _KEEP,
)
MODULE_VALUE = Rule(
    "KP502",
    "warning",
    "A handler changes a value of the module",
    _WHY,
    "inferred",
    "a run changes {name}, and the next run may find the change or not",
    f"create the value in the handler, or {_KEEP}",
)
CLASS_VALUE = Rule(
    "KP503",
    "warning",
    "A handler changes a value of its class",
    _WHY + "All objects of a class share the values in its body.",
    "inferred",
    "{name} belongs to the class: a run changes it, and the next run may find the change or not",
    f"create the value in __init__, or {_KEEP}",
)
CACHE = Rule(
    "KP504",
    "note",
    "A function caches its results",
    _WHY + "In a later run a result may be out of date, or belong to another project.",
    "inferred",
    "{name} caches its results beyond the run",
    "remove the decorator, or store the results in an attribute of self",
)

RULES = (GLOBAL, MODULE_VALUE, CLASS_VALUE, CACHE)


def check_state(plugin: Plugin) -> Iterator[Finding]:
    """Find values that a run changes, and that may outlive it."""
    for function in plugin.handler_functions:
        for node in function.module.walk(function.node):
            if isinstance(node, ast.Global):
                yield from _check_global(function, node)
            for changed in _changed(node):
                yield from _check_change(plugin, function.module, node, changed)


def _check_global(function: Definition, node: ast.Global) -> Iterator[Finding]:
    stored = {
        each.id
        for each in ast.walk(function.node)
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
    for name in node.names:
        if name in stored:
            yield GLOBAL.make_finding(function.module.path, node.lineno, name=name)


def _changed(node: ast.AST) -> list[ast.expr]:
    """Return the expressions whose value or attribute a node changes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.value] if node.func.attr in _CHANGING else []
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return [node.value]
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name | ast.Attribute):
        return [node.target]
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return [node]
    return []


def _check_change(
    plugin: Plugin, module: Module, node: ast.AST, changed: ast.expr
) -> Iterator[Finding]:
    line, name = getattr(node, "lineno", 1), ast.unparse(changed)
    owner = _class_of_attribute(plugin, module, changed)
    is_store = node is changed  # an assignment replaces the value instead of changing it
    if owner:
        if is_store or _is_mutable_of_class(plugin, owner, last_name(changed)):
            yield CLASS_VALUE.make_finding(module.path, line, name=name)
    elif isinstance(changed, ast.Attribute) and module.is_self(changed.value):
        if not is_store and _is_shared_attribute(plugin, module, changed):
            yield CLASS_VALUE.make_finding(module.path, line, name=name)
    elif not is_store and _is_mutable_of_module(plugin, module, changed):
        yield MODULE_VALUE.make_finding(module.path, line, name=name)


def _class_of_attribute(plugin: Plugin, module: Module, node: ast.expr) -> Definition | None:
    """Return the plugin's own class of which an expression is an attribute."""
    if not isinstance(node, ast.Attribute):
        return None
    base = node.value
    found = plugin.names.definition(plugin.names.origin(module, base))
    if found and isinstance(found.node, ast.ClassDef):
        return found
    of_type = (
        isinstance(base, ast.Call)
        and plugin.names.origin(module, base.func) == "builtins.type"
        and len(base.args) == 1
        and module.is_self(base.args[0])
    )
    of_class = (
        isinstance(base, ast.Attribute) and base.attr == "__class__" and module.is_self(base.value)
    )
    owner = module.class_of(node)
    return Definition(module, owner) if owner and (of_type or of_class) else None


def _class_values(plugin: Plugin, owner: Definition, name: str) -> list[tuple[Module, ast.expr]]:
    """Return the values that the bodies of a class and its bases assign to a name."""
    assert isinstance(owner.node, ast.ClassDef)
    return [
        (each.module, node.value)
        for each in plugin.names.ancestry(owner.module, owner.node)
        for node in nodes_in_scope(getattr(each.node, "body", []))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]


def _is_mutable_of_class(plugin: Plugin, owner: Definition, name: str) -> bool:
    values = _class_values(plugin, owner, name)
    return any(_is_mutable(plugin, module, value) for module, value in values)


def _is_shared_attribute(plugin: Plugin, module: Module, node: ast.Attribute) -> bool:
    """Return whether an attribute of ``self`` is a class value, because no method assigns it."""
    owner = module.class_of(node)
    if owner is None or not _is_mutable_of_class(plugin, Definition(module, owner), node.attr):
        return False
    return not any(
        attribute_values(each.node, node.attr)
        for each in plugin.names.ancestry(module, owner)
        if isinstance(each.node, ast.ClassDef)
    )


def _is_mutable_of_module(plugin: Plugin, module: Module, node: ast.expr) -> bool:
    origin = plugin.names.origin(module, node)
    found = plugin.names.value(origin) if origin else None
    return found is not None and _is_mutable(plugin, *found)


def _is_mutable(plugin: Plugin, module: Module, value: ast.expr) -> bool:
    if isinstance(value, _DISPLAYS):
        return True
    return isinstance(value, ast.Call) and plugin.names.origin(module, value.func) in _MUTABLE_TYPES


def check_caches(plugin: Plugin) -> Iterator[Finding]:
    """Find functions that cache their results."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, FUNCTIONS):
                continue
            for decorator in node.decorator_list:
                target = decorator_target(decorator)
                if plugin.names.origin(module, target) in _CACHES:
                    yield CACHE.make_finding(module.path, decorator.lineno, name=node.name)
