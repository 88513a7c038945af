"""Resolve the names of a module at one line, from the statements that run before it.

The SDK reads subscriptions to events like this (contract/plugin.md#upload): the last binding of a
name counts. ``name_resolution`` in contrast gives up on a name with several meanings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kili_emulator.python_source.syntax import (
    FUNCTIONS,
    ImportNode,
    bound_imports,
    imports_all,
    module_of,
)

_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")  # no others, as in the SDK


@dataclass
class BoundNames:
    """The meaning of a module's names at one line.

    Attributes:
        imported: local name → dotted name of the imported object.
        aliases: local name → assigned expression.
        stars: modules of ``from … import *``.
    """

    imported: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @classmethod
    def bound_before(cls, module: ast.Module, node: ast.stmt) -> BoundNames:
        """Collect the names that are bound above a statement at the top level of a module."""
        names = cls()
        for each in _executed_statements(module.body):
            if each.lineno >= node.lineno:
                break
            names._bind(each)
        return names

    def _bind(self, node: ast.stmt) -> None:
        if isinstance(node, ImportNode):
            self._import(node)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._assign(node.target, node.value)

    def _import(self, node: ImportNode) -> None:
        if isinstance(node, ast.ImportFrom) and imports_all(node):
            self.stars.append(_without_dots(node, module_of(node)))
        for name, origin in bound_imports(node):
            self.imported[name] = _without_dots(node, origin)
            self.aliases.pop(name, None)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.aliases[target.id] = value
            self.imported.pop(target.id, None)

    def full_names(self, node: ast.expr) -> list[str]:
        """Return the dotted names that an expression may stand for.

        A name that is not bound may come from each module of a ``from … import *``.
        """
        if isinstance(node, ast.Attribute):
            return [f"{each}.{node.attr}" for each in self.full_names(node.value)]
        if not isinstance(node, ast.Name) or node.id in self.aliases:
            return []
        if node.id in self.imported:
            return [self.imported[node.id]]
        return [f"{each}.{node.id}" for each in self.stars]


def _without_dots(node: ImportNode, origin: str) -> str:
    """Ignore that ``from .module import …`` is relative, as the SDK does."""
    has_module = isinstance(node, ast.ImportFrom) and node.module
    return origin.lstrip(".") if has_module else origin


def _executed_statements(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported, in their order."""
    for each in statements:
        yield each
        if isinstance(each, (*FUNCTIONS, ast.ClassDef)):
            continue
        is_checking = isinstance(each, ast.If) and ast.unparse(each.test) in _TYPE_CHECKING
        for member in ("body", "handlers", "orelse", "finalbody"):
            nested = getattr(each, member, [])
            if member == "body" and is_checking:
                continue
            if member == "handlers":
                nested = [statement for handler in nested for statement in handler.body]
            yield from _executed_statements(nested)
