"""Find the expressions of a plugin that are the SDK's client, starting from ``self.kili``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Literal

from kili_emulator.python_source.call_graph import CallGraph
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import Definition, NameResolver
from kili_emulator.python_source.scopes import Binding
from kili_emulator.python_source.syntax import (
    FunctionNode,
    all_parameters,
    methods_of,
    positional_parameters,
    split_attributes,
)

CLIENT = "kili.client.Kili"
_ROUNDS = 5
_LONGEST = 9  # attributes in a row, such as ``self.a.b``

# client: the SDK's client. plugin: the PluginHandler, which has it.
Role = Literal["client", "plugin"]


class ClientTracker:
    """Follow the client through assignments, arguments and attributes.

    Args:
        modules: the modules that run on the platform.
        main: the module with the ``PluginHandler``.
        handler: the class ``PluginHandler``.
    """

    def __init__(
        self,
        names: NameResolver,
        calls: CallGraph,
        modules: Sequence[Module],
        main: Module | None,
        handler: ast.ClassDef | None,
    ) -> None:
        self._names = names
        self._calls = calls
        self._modules = modules
        self._handlers = names.ancestry(main, handler) if main and handler else []
        self._parameters: dict[ast.AST, Role] = {}
        self._attributes: dict[tuple[ast.ClassDef, str], Role] = {}
        self._roles: dict[ast.AST, Role | None] = {}
        self._seed_handlers()
        for _ in range(_ROUNDS):
            before = len(self._parameters), len(self._attributes)
            for module in modules:
                self._follow(module)
            self._roles.clear()
            if before == (len(self._parameters), len(self._attributes)):
                break

    def _seed_handlers(self) -> None:
        for each in self._handlers:
            assert isinstance(each.node, ast.ClassDef)
            self._attributes[each.node, "kili"] = "client"
            for method in methods_of(each.node):
                arguments = positional_parameters(method.args)
                if method.name == "__init__" and len(arguments) > 1:
                    self._parameters[arguments[1]] = "client"
                if arguments:
                    self._parameters[arguments[0]] = "plugin"

    def _follow(self, module: Module) -> None:
        for node in module.walk():
            if isinstance(node, ast.Call):
                self._follow_call(module, node)
            elif isinstance(node, ast.Assign):
                self._follow_assignment(module, node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for each in all_parameters(node.args):
                    if each.annotation and self._names.origin(module, each.annotation) == CLIENT:
                        self._parameters[each] = "client"

    def _follow_call(self, module: Module, call: ast.Call) -> None:
        callee = self._calls.resolve_function(module, call.func)
        if callee is None or isinstance(callee.node, ast.ClassDef):
            return
        positional = positional_parameters(callee.node.args)
        if callee.module.class_of(callee.node) and _is_bound(callee.node):
            positional = positional[1:]
        passed = list(zip(positional, call.args, strict=False))
        by_name = {each.arg: each for each in all_parameters(callee.node.args)}
        passed += [(by_name[each.arg], each.value) for each in call.keywords if each.arg in by_name]
        for parameter, value in passed:
            role = self.role(module, value)
            if role:
                self._parameters[parameter] = role

    def _follow_assignment(self, module: Module, node: ast.Assign) -> None:
        role = self.role(module, node.value)
        owner = module.class_of(node)
        if not role or not owner:
            return
        for target in node.targets:
            if isinstance(target, ast.Attribute) and module.is_self(target.value):
                self._attributes[owner, target.attr] = role

    def role(self, module: Module, node: ast.AST) -> Role | None:
        """Return the role of an expression, if it certainly has one."""
        if node not in self._roles:
            self._roles[node] = None
            self._roles[node] = self._find_role(module, node)
        return self._roles[node]

    def _find_role(self, module: Module, node: ast.AST) -> Role | None:
        if isinstance(node, ast.Name):
            found = module.scope_of(node).find(node.id)
            roles = {self._binding_role(module, each) for each in found[1]} if found else set()
            return roles.pop() if len(roles) == 1 else None
        if isinstance(node, ast.Call):
            return "client" if self._names.origin(module, node.func) == CLIENT else None
        if isinstance(node, ast.Attribute) and len(split_attributes(node)[1]) <= _LONGEST:
            return self._attribute_role(module, node)
        return None

    def _binding_role(self, module: Module, binding: Binding) -> Role | None:
        if binding.kind == "parameter":
            return self._parameters.get(binding.node)
        if binding.kind == "value" and binding.value:
            return self.role(module, binding.value)
        return None

    def _attribute_role(self, module: Module, node: ast.Attribute) -> Role | None:
        if self.role(module, node.value) == "plugin":
            roles = {self._class_role(each, node.attr) for each in self._handlers} - {None}
            return roles.pop() if len(roles) == 1 else None
        owner = module.class_of(node)
        is_own = owner and module.is_self(node.value)
        return self._attributes.get((owner, node.attr)) if owner and is_own else None

    def _class_role(self, definition: Definition, name: str) -> Role | None:
        assert isinstance(definition.node, ast.ClassDef)
        return self._attributes.get((definition.node, name))

    def uses(self, module: Module, root: ast.AST | None = None) -> Iterator[ast.Attribute]:
        """Yield the attributes of the client below a node (default: in the module)."""
        for node in module.walk(root):
            if isinstance(node, ast.Attribute) and self.role(module, node.value) == "client":
                yield node

    def calls(self, module: Module, root: ast.AST | None = None) -> Iterator[tuple[str, ast.Call]]:
        """Yield the calls of the client below a node (default: in the module), with the methods."""
        for call in module.calls(root):
            function = call.func
            if isinstance(function, ast.Attribute) and (
                self.role(module, function.value) == "client"
            ):
                yield function.attr, call


def _is_bound(method: FunctionNode) -> bool:
    """Return whether a method gets its object or class as the first argument."""
    names = {each.id for each in method.decorator_list if isinstance(each, ast.Name)}
    return "staticmethod" not in names
