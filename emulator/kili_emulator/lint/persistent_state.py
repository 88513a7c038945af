"""KP50x: what a plugin keeps from one run to the next, or tries to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.call_graph import attribute_values
from kili_emulator.lint.guards import last_name
from kili_emulator.lint.module import Module, self_of
from kili_emulator.lint.name_resolution import Definition
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.lint.scopes import FUNCTIONS, children_in_scope

_WHY = (
    "The platform makes a new PluginHandler for each run, and does not say how long the module "
    "stays loaded, or in how many processes: what one run has left there, the next may find, or "
    "not. "
)
_KEEP = "keep it on the platform: in the metadata of an asset or a project"
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
    "the global {name} is assigned in a run, and the next run may find it or not",
    _KEEP,
)
MODULE_VALUE = Rule(
    "KP502",
    "warning",
    "A handler changes a value of the module",
    _WHY,
    "inferred",
    "{name} is changed in a run, and the next run may find it so or not",
    f"make it in the handler, or {_KEEP}",
)
CLASS_VALUE = Rule(
    "KP503",
    "warning",
    "A handler changes a value of its class",
    _WHY + "A value in the body of the class is one for all its objects.",
    "inferred",
    "{name} belongs to the class: it is changed in a run, and the next run may find it so or not",
    f"make it in __init__, or {_KEEP}",
)
CACHE = Rule(
    "KP504",
    "warning",
    "A function remembers its results",
    _WHY + "A result that is right in one run may be out of date, or another project's, in a later "
    "one.",
    "inferred",
    "{name} remembers its results beyond the run",
    "take the decorator out, or remember the results in an attribute of self",
)

RULES = (GLOBAL, MODULE_VALUE, CLASS_VALUE, CACHE)


def check_state(plugin: Plugin) -> Iterator[Finding]:
    """What functions that handlers call change, beyond the run."""
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
    """The expressions whose value, or attribute, a node changes."""
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
    is_store = node is changed  # it gets another value, instead of being changed itself
    if owner:
        if is_store or _is_mutable_of_class(plugin, owner, last_name(changed)):
            yield CLASS_VALUE.make_finding(module.path, line, name=name)
    elif isinstance(changed, ast.Attribute) and _is_self(module, changed.value):
        if not is_store and _is_shared_attribute(plugin, module, changed):
            yield CLASS_VALUE.make_finding(module.path, line, name=name)
    elif not is_store and _is_mutable_of_module(plugin, module, changed):
        yield MODULE_VALUE.make_finding(module.path, line, name=name)


def _is_self(module: Module, node: ast.expr) -> bool:
    method = module.function_of(node)
    if method is None or not isinstance(module.parents.get(method), ast.ClassDef):
        return False
    return isinstance(node, ast.Name) and node.id == self_of(method)


def _class_of_attribute(plugin: Plugin, module: Module, node: ast.expr) -> Definition | None:
    """The class of the plugin's own that an attribute is taken of."""
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
        and _is_self(module, base.args[0])
    )
    of_class = (
        isinstance(base, ast.Attribute)
        and base.attr == "__class__"
        and _is_self(module, base.value)
    )
    owner = module.class_of(node)
    return Definition(module, owner) if owner and (of_type or of_class) else None


def _class_values(plugin: Plugin, owner: Definition, name: str) -> list[tuple[Module, ast.expr]]:
    """What the bodies of a class and those it inherits from assign to a name."""
    assert isinstance(owner.node, ast.ClassDef)
    return [
        (each.module, node.value)
        for each in plugin.names.ancestry(owner.module, owner.node)
        for node in children_in_scope(getattr(each.node, "body", []))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]


def _is_mutable_of_class(plugin: Plugin, owner: Definition, name: str) -> bool:
    values = _class_values(plugin, owner, name)
    return any(_is_mutable(plugin, module, value) for module, value in values)


def _is_shared_attribute(plugin: Plugin, module: Module, node: ast.Attribute) -> bool:
    """Whether an attribute of ``self`` is found in the class, as no method gives it a value."""
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
    """Which functions remember their results."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, FUNCTIONS):
                continue
            for decorator in node.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                if plugin.names.origin(module, target) in _CACHES:
                    yield CACHE.make_finding(module.path, decorator.lineno, name=node.name)
