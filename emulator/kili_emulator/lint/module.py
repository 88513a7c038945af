"""One source file of a plugin, read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.scopes import FUNCTIONS, FunctionNode, Scope, ScopeBuilder


class Module:
    """A file, its tree and its names.

    Args:
        path: seen from the plugin's folder, with slashes.
        text: what is in it.

    Attributes:
        name: what it is imported as.

    Raises:
        SyntaxError: it is no Python.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        parts = path.removesuffix(".py").split("/")
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self._built = ScopeBuilder(self.tree)
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    @property
    def scope(self) -> Scope:
        """That of the module itself."""
        return self._built.module

    @property
    def stars(self) -> list[str]:
        """The modules of which everything is imported."""
        return self._built.stars

    @property
    def package(self) -> list[str]:
        """The names of the packages that it lies in, or that it is."""
        parts = self.name.split(".") if self.name else []
        return parts if self.is_package else parts[:-1]

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that a node is evaluated in."""
        return self._built.scope_of.get(node, self.scope)

    def is_never_run(self, node: ast.AST) -> bool:
        """Whether a node never runs on the platform, as far as can be told."""
        return node in self._built.never_run

    def walk(self, root: ast.AST | None = None) -> Iterator[ast.AST]:
        """All nodes below one, or of the module, but for those that never run."""
        return (node for node in ast.walk(root or self.tree) if not self.is_never_run(node))

    def calls(self, root: ast.AST | None = None) -> Iterator[ast.Call]:
        """All calls below a node, or of the module."""
        return (node for node in self.walk(root) if isinstance(node, ast.Call))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node is inside of, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """The function that a node is inside of."""
        return next((each for each in self.ancestors(node) if isinstance(each, FUNCTIONS)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The class that a node is inside of."""
        return next((each for each in self.ancestors(node) if isinstance(each, ast.ClassDef)), None)

    def absolute(self, origin: str) -> str:
        """The dotted name that an import which may be relative is about."""
        level = len(origin) - len(origin.lstrip("."))
        if not level:
            return origin
        package = self.package
        kept_parts = package[: len(package) - level + 1]
        return ".".join([*kept_parts, *filter(None, [origin[level:]])])


def methods_of(node: ast.ClassDef) -> list[FunctionNode]:
    """The functions that stand in the body of a class itself."""
    return [each for each in node.body if isinstance(each, FUNCTIONS)]


def self_of(method: FunctionNode) -> str | None:
    """What a method calls its object."""
    found = [*method.args.posonlyargs, *method.args.args]
    return found[0].arg if found else None
