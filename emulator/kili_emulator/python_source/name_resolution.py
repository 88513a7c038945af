"""Follow names across the files of a program to their definitions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kili_emulator.python_source.module import Module
from kili_emulator.python_source.scopes import Binding, Scope
from kili_emulator.python_source.syntax import (
    FUNCTIONS,
    FunctionNode,
    methods_of,
    split_attributes,
)

_BUILTINS = {*dir(builtins), "exit", "quit"}
_MAX_DEPTH = 12


@dataclass(frozen=True)
class Definition:
    """A function or class of the program, with its module."""

    module: Module
    node: FunctionNode | ast.ClassDef


class NameResolver:
    """Find origins: dotted names such as ``os.path.join``, ``builtins.open``, ``main.helper``.

    Args:
        modules: dotted name → module of the program.
    """

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._deepest = max((each.count(".") + 1 for each in modules), default=0)
        self._origins: dict[ast.AST, str | None] = {}

    def origin(self, module: Module, node: ast.AST) -> str | None:
        """Return the dotted name of the object that an expression stands for.

        Returns:
            ``None`` where the source does not determine the object: a name is bound to several
            objects, or two names are bound to each other.
        """
        if node not in self._origins:
            self._origins[node] = None
            self._origins[node] = self._find(module, node)
        return self._origins[node]

    def _find(self, module: Module, node: ast.AST) -> str | None:
        if isinstance(node, ast.Attribute):
            root, attributes = split_attributes(node)
            base = self.origin(module, root)
            return self.canonical(".".join([base, *attributes])) if base else None
        if not isinstance(node, ast.Name):
            return None
        found = module.scope_of(node).find(node.id)
        if found is None:
            return self._unbound_origin(module, node.id)
        return self._common_origin(module, found[0], node.id, found[1])

    def _unbound_origin(self, module: Module, name: str) -> str | None:
        for star in module.stars:
            source = module.absolute(star)
            if source not in self._modules:
                return None
            if name in self._modules[source].scope.bindings:
                return self.canonical(f"{source}.{name}")
        return f"builtins.{name}" if name in _BUILTINS else None

    def _common_origin(
        self, module: Module, scope: Scope, name: str, bindings: list[Binding], depth: int = 0
    ) -> str | None:
        """Return the origin of a name if all its bindings have the same one."""
        origins = {self._binding_origin(module, scope, name, each, depth) for each in bindings}
        return origins.pop() if len(origins) == 1 else None

    def _binding_origin(
        self, module: Module, scope: Scope, name: str, binding: Binding, depth: int
    ) -> str | None:
        if binding.origin:
            return self.canonical(module.absolute(binding.origin), depth + 1)
        if isinstance(binding.value, ast.Name | ast.Attribute) and binding.kind == "value":
            return self.origin(module, binding.value)
        home = _qualified_scope(module, scope)
        return None if home is None else f"{home}.{name}"

    def canonical(self, dotted: str, depth: int = 0) -> str | None:
        """Return a dotted name with the program's own names replaced by their origins."""
        if depth > _MAX_DEPTH:
            return None
        own, rest = self._split(dotted)
        if own is None or not rest or rest[0] not in own.scope.bindings:
            return dotted
        bindings = own.scope.bindings[rest[0]]
        first = self._common_origin(own, own.scope, rest[0], bindings, depth + 1)
        found = ".".join([first, *rest[1:]]) if first else None
        return self.canonical(found, depth + 1) if found and found != dotted else found

    def _split(self, dotted: str) -> tuple[Module | None, list[str]]:
        """Split a dotted name into the program's module at its start and the remaining parts."""
        parts = dotted.split(".")
        for count in range(min(len(parts), self._deepest), 0, -1):
            module = self._modules.get(".".join(parts[:count]))
            if module:
                return module, parts[count:]
        return None, parts

    def value(self, dotted: str) -> tuple[Module, ast.expr] | None:
        """Return the value of a module-level variable that is assigned exactly once."""
        module, rest = self._split(dotted)
        if module is None or len(rest) != 1:
            return None
        bindings = module.scope.bindings.get(rest[0], [])
        values = [each.value for each in bindings if each.kind == "value"]
        return (module, values[0]) if len(bindings) == 1 and values and values[0] else None

    def definition(self, dotted: str | None) -> Definition | None:
        """Return the function, class or method of the program with this dotted name."""
        module, rest = self._split(dotted or "")
        body: list[ast.stmt] = module.tree.body if module else []
        found: Definition | None = None
        for name in rest:
            nodes = [
                each
                for each in body
                if isinstance(each, (*FUNCTIONS, ast.ClassDef)) and each.name == name
            ]
            if not module or not nodes:
                return None
            found = Definition(module, nodes[-1])
            body = nodes[-1].body if isinstance(nodes[-1], ast.ClassDef) else []
        return found

    def constructor_of(self, module: Module, node: ast.expr) -> str | None:
        """Return the origin of the class or function whose call made the value of an expression."""
        if isinstance(node, ast.Await):
            node = node.value
        if isinstance(node, ast.Call):
            return self.origin(module, node.func)
        if isinstance(node, ast.Name):
            found = module.scope_of(node).find(node.id)
            makers = {self._constructor_in(module, each) for each in found[1]} if found else set()
            return makers.pop() if len(makers) == 1 else None
        return None

    def _constructor_in(self, module: Module, binding: Binding) -> str | None:
        if binding.kind in ("value", "with") and isinstance(binding.value, ast.Call):
            return self.origin(module, binding.value.func)
        return None

    def bases(self, module: Module, node: ast.ClassDef) -> Iterator[str | None]:
        """Yield the origins of the foreign base classes, also those of the program's own bases."""
        for each in self.ancestry(module, node):
            assert isinstance(each.node, ast.ClassDef)
            for base in each.node.bases:
                origin = self.origin(each.module, base)
                if self.definition(origin) is None:
                    yield origin

    def ancestry(self, module: Module, node: ast.ClassDef) -> list[Definition]:
        """Return a class and its bases that the program defines, the nearest first."""
        found = [Definition(module, node)]
        for each in found:
            assert isinstance(each.node, ast.ClassDef)
            for base in each.node.bases:
                own = self.definition(self.origin(each.module, base))
                if own and isinstance(own.node, ast.ClassDef) and own not in found:
                    found.append(own)
        return found

    def method(self, module: Module, node: ast.ClassDef, name: str) -> Definition | None:
        """Return the method of a class, or of its bases that the program defines."""
        for each in self.ancestry(module, node):
            assert isinstance(each.node, ast.ClassDef)
            for method in methods_of(each.node):
                if method.name == name:
                    return Definition(each.module, method)
        return None


def _qualified_scope(module: Module, scope: Scope) -> str | None:
    """Return the dotted name of a module or of a class in it; other scopes have none."""
    if isinstance(scope.node, ast.Module):
        return module.name
    if isinstance(scope.node, ast.ClassDef) and scope.parent:
        outer = _qualified_scope(module, scope.parent)
        return None if outer is None else f"{outer}.{scope.node.name}"
    return None
