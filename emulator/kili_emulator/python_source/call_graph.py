"""Find the code of a program that runs when it is imported, or when a function is called."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import Definition, NameResolver
from kili_emulator.python_source.syntax import FUNCTIONS, methods_of, module_of, self_of

_DYNAMIC = ("importlib.import_module", "builtins.__import__")


@dataclass(frozen=True)
class SourceNode:
    """A node with its module."""

    module: Module
    node: ast.AST


def find_reachable_modules(
    modules: Mapping[str, Module], names: NameResolver, main: Module
) -> list[Module]:
    """Return the main module, then the modules that it imports directly or indirectly.

    Returns all modules if one of them imports a module by a computed name.
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
    """Yield the prefixes of a dotted name, up to a number of parts: ``a``, ``a.b`` of ``a.b.c``."""
    return itertools.accumulate(name.split(".", deepest)[:deepest], "{}.{}".format)


def _imported(module: Module, names: NameResolver) -> set[str] | None:
    """Return the dotted names that a module imports; ``None`` if it computes one of them."""
    found: set[str] = set()
    for node in module.walk():
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = module.absolute(module_of(node))
            found |= {source, *(f"{source}.{each.name}".lstrip(".") for each in node.names)}
        elif isinstance(node, ast.Call) and names.origin(module, node.func) in _DYNAMIC:
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                return None
            found.add(module.absolute(first.value))
    return found


class CallGraph:
    """Find the functions of a program that its code calls, or passes on to be called."""

    def __init__(self, names: NameResolver) -> None:
        self._names = names

    def resolve_function(self, module: Module, node: ast.expr) -> Definition | None:
        """Return the function that an expression stands for; for a class, its ``__init__``."""
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
        """Return the class of the value of an expression, if the program defines the class."""
        owner = module.class_of(node)
        if owner and module.is_self(node):
            return Definition(module, owner)
        if isinstance(node, ast.Attribute) and owner:
            values = attribute_values(owner, node.attr)
            constructors = {self._names.constructor_of(module, each) for each in values}
        else:
            constructors = {self._names.constructor_of(module, node)}
        found = self._names.definition(constructors.pop()) if len(constructors) == 1 else None
        return found if found and isinstance(found.node, ast.ClassDef) else None

    def reach(self, start: Definition) -> dict[Definition, tuple[SourceNode, ...]]:
        """Return a function and all functions that it reaches, with the references on the way."""
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
    """Return the expressions that the methods of a class assign to an attribute of ``self``."""
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
    """Yield the nodes that run when modules are imported, also those in called functions."""
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
    """Yield nodes and their descendants that run at once, not the bodies of functions."""
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
