"""What of a plugin runs, and when: at its import, or when a handler is called."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kili_emulator.lint.module import Module, methods_of, self_of
from kili_emulator.lint.name_resolution import Definition, NameResolver
from kili_emulator.lint.scopes import FUNCTIONS

_DYNAMIC = ("importlib.import_module", "builtins.__import__")


@dataclass(frozen=True)
class SourceNode:
    """A place in a source."""

    module: Module
    node: ast.AST


def find_reachable_modules(
    modules: Mapping[str, Module], names: NameResolver, main: Module
) -> list[Module]:
    """The modules that importing and running the main one imports, itself the first.

    All are, if it imports modules whose names only come up when it runs.
    """
    reached = [main]
    deepest = max(name.count(".") + 1 for name in modules)
    for module in reached:
        found = _imported(module, names)
        if found is None:
            return [main, *(each for each in modules.values() if each is not main)]
        wanted = {each for name in found for each in _dotted_prefixes(name, deepest)}
        reached += [
            each for name, each in modules.items() if name in wanted and each not in reached
        ]
    return reached


def _dotted_prefixes(name: str, deepest: int) -> Iterator[str]:
    """What a dotted name begins with, up to a number of parts: ``a`` and ``a.b`` of ``a.b.c``."""
    return itertools.accumulate(name.split(".", deepest)[:deepest], "{}.{}".format)


def _imported(module: Module, names: NameResolver) -> set[str] | None:
    """What may be modules among what a module imports; ``None`` where that is decided late."""
    found: set[str] = set()
    for node in module.walk():
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = module.absolute("." * node.level + (node.module or ""))
            found |= {source, *(f"{source}.{each.name}".lstrip(".") for each in node.names)}
        elif isinstance(node, ast.Call) and names.origin(module, node.func) in _DYNAMIC:
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                return None
            found.add(module.absolute(first.value))
    return found


class CallGraph:
    """Finds the functions of the plugin that its code calls, or hands on to be called."""

    def __init__(self, names: NameResolver) -> None:
        self._names = names

    def resolve_function(self, module: Module, node: ast.expr) -> Definition | None:
        """The function that an expression stands for; of a class, the one that makes an object."""
        callee = self._names.definition(self._names.origin(module, node))
        if callee is None and isinstance(node, ast.Attribute):
            holder = self._class_of_value(module, node.value)
            callee = holder and self._method_named(holder, node.attr)
        if callee and isinstance(callee.node, ast.ClassDef):
            return self._method_named(callee, "__init__")
        return callee

    def _method_named(self, holder: Definition, name: str) -> Definition | None:
        assert isinstance(holder.node, ast.ClassDef)
        return self._names.method(holder.module, holder.node, name)

    def _class_of_value(self, module: Module, node: ast.expr) -> Definition | None:
        """The class of the plugin's own that the value of an expression is of."""
        owner = module.class_of(node)
        if isinstance(node, ast.Name) and owner:
            method = module.function_of(node)
            if method and method in owner.body and node.id == self_of(method):
                return Definition(module, owner)
        if isinstance(node, ast.Attribute) and owner:
            values = attribute_values(owner, node.attr)
            constructors = {self._names.constructor_of(module, each) for each in values}
        else:
            constructors = {self._names.constructor_of(module, node)}
        found = self._names.definition(constructors.pop()) if len(constructors) == 1 else None
        return found if found and isinstance(found.node, ast.ClassDef) else None

    def reach(self, start: Definition) -> dict[Definition, tuple[SourceNode, ...]]:
        """A function and all those that it leads to, with the places that lead there."""
        reached: dict[Definition, tuple[SourceNode, ...]] = {start: ()}
        waiting = [start]
        while waiting:
            each = waiting.pop()
            for node in each.module.walk(each.node):
                if not isinstance(node, ast.Name | ast.Attribute):
                    continue
                called = self.resolve_function(each.module, node)
                if called and called not in reached:
                    reached[called] = (*reached[each], SourceNode(each.module, node))
                    waiting.append(called)
        return reached


def attribute_values(owner: ast.ClassDef, name: str) -> list[ast.expr]:
    """What the methods of a class assign to an attribute of its objects."""
    return [
        node.value
        for method in methods_of(owner)
        for node in ast.walk(method)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and target.attr == name
        and isinstance(target.value, ast.Name)
        and target.value.id == self_of(method)
    ]


def run_at_import(modules: Iterable[Module], calls: CallGraph) -> Iterator[SourceNode]:
    """All nodes that run when modules are imported; functions that they call included."""
    called: set[Definition] = set()
    for module in modules:
        waiting = [SourceNode(module, node) for node in _executed(module, module.tree.body)]
        while waiting:
            site = waiting.pop(0)
            yield site
            if not isinstance(site.node, ast.Call):
                continue
            found = calls.resolve_function(site.module, site.node.func)
            if found and found not in called:
                called.add(found)
                body = _executed(found.module, found.node.body)
                waiting += [SourceNode(found.module, node) for node in body]


def _executed(module: Module, nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes and those below them that run right away: not the bodies of functions."""
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        if module.is_never_run(node):
            continue
        yield node
        children: Iterable[ast.AST] = ast.iter_child_nodes(node)
        if isinstance(node, FUNCTIONS):
            children = [*node.decorator_list, *_defaults(node.args)]
        elif isinstance(node, ast.Lambda):
            children = _defaults(node.args)
        waiting += [*children][::-1]


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *filter(None, arguments.kw_defaults)]
