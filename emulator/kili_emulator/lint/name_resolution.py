"""What a name in a plugin stands for, across its files."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kili_emulator.lint.module import Module, methods_of
from kili_emulator.lint.scopes import FUNCTIONS, Binding, FunctionNode, Scope

_BUILTINS = {*dir(builtins), "exit", "quit"}
_MAX_DEPTH = 12


def split_attributes(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """What attributes are taken of, and their names."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, names[::-1]


@dataclass(frozen=True)
class Definition:
    """A function or class of the plugin."""

    module: Module
    node: FunctionNode | ast.ClassDef


class NameResolver:
    """Finds origins: dotted names such as ``os.path.join``, ``builtins.open``, ``main.helper``.

    Args:
        modules: the plugin's, by what they are imported as.
    """

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._deepest = max((each.count(".") + 1 for each in modules), default=0)
        self._origins: dict[ast.AST, str | None] = {}

    def origin(self, module: Module, node: ast.AST) -> str | None:
        """The dotted name of what an expression stands for.

        Returns:
            ``None`` where that cannot be told for certain, as of names that are bound to several
            things, or to one another.
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
        """What all places that bind a name bind it to."""
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
        """A dotted name with the plugin's own names in it followed to what they stand for."""
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
        """The module of the plugin that a dotted name begins with, and what follows."""
        parts = dotted.split(".")
        for count in range(min(len(parts), self._deepest), 0, -1):
            module = self._modules.get(".".join(parts[:count]))
            if module:
                return module, parts[count:]
        return None, parts

    def value(self, dotted: str) -> tuple[Module, ast.expr] | None:
        """What is assigned to a variable at the level of a module, if that is only done once."""
        module, rest = self._split(dotted)
        if module is None or len(rest) != 1:
            return None
        bindings = module.scope.bindings.get(rest[0], [])
        values = [each.value for each in bindings if each.kind == "value"]
        return (module, values[0]) if len(bindings) == 1 and values and values[0] else None

    def definition(self, dotted: str | None) -> Definition | None:
        """The function, class or method of the plugin that has a dotted name."""
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
        """The origin of what was called to make the value of an expression."""
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
        """The origins of what a class inherits from, of the plugin's own classes theirs."""
        for each in node.bases:
            origin = self.origin(module, each)
            own = self.definition(origin)
            if own and isinstance(own.node, ast.ClassDef) and own.node is not node:
                yield from self.bases(own.module, own.node)
            elif not own:
                yield origin

    def ancestry(self, module: Module, node: ast.ClassDef) -> list[Definition]:
        """A class and those of the plugin's own that it inherits from, the nearest first."""
        found = [Definition(module, node)]
        for each in found:
            assert isinstance(each.node, ast.ClassDef)
            for base in each.node.bases:
                own = self.definition(self.origin(each.module, base))
                if own and isinstance(own.node, ast.ClassDef) and own not in found:
                    found.append(own)
        return found

    def method(self, module: Module, node: ast.ClassDef, name: str) -> Definition | None:
        """The method that a class has under a name, if it is the plugin's own."""
        for each in self.ancestry(module, node):
            assert isinstance(each.node, ast.ClassDef)
            for method in methods_of(each.node):
                if method.name == name:
                    return Definition(each.module, method)
        return None


def _qualified_scope(module: Module, scope: Scope) -> str | None:
    """The dotted name of a scope whose names can be told apart: of modules, and classes in them."""
    if isinstance(scope.node, ast.Module):
        return module.name
    if isinstance(scope.node, ast.ClassDef) and scope.parent:
        outer = _qualified_scope(module, scope.parent)
        return None if outer is None else f"{outer}.{scope.node.name}"
    return None
