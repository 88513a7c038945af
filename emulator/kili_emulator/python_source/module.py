"""One source file of a program."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.python_source.scopes import Scope, ScopeBuilder
from kili_emulator.python_source.syntax import FUNCTIONS, FunctionNode, self_of

_BLOCKS = (*FUNCTIONS, ast.Lambda, ast.ClassDef)


class Module:
    """A source file with its syntax tree and its scopes.

    Args:
        path: relative to the root folder of the program, with slashes.
        text: the source.

    Attributes:
        name: the dotted name under which the program imports the file.
        parents: node → the node that contains it.

    Raises:
        SyntaxError: the source is not valid Python.
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
        """The scope of the module itself."""
        return self._built.module

    @property
    def stars(self) -> list[str]:
        """The modules of ``from … import *``; relative ones start with dots."""
        return self._built.stars

    @property
    def package(self) -> list[str]:
        """The name parts of the package that contains the file, or that it defines."""
        parts = self.name.split(".") if self.name else []
        return parts if self.is_package else parts[:-1]

    def scope_of(self, node: ast.AST) -> Scope:
        """Return the scope in which a node is evaluated."""
        return self._built.scope_of.get(node, self.scope)

    def is_never_run(self, node: ast.AST) -> bool:
        """Return whether a node is for type checkers or scripts only: see :class:`ScopeBuilder`."""
        return node in self._built.never_run

    def walk(self, root: ast.AST | None = None) -> Iterator[ast.AST]:
        """Yield a node (default: the module) and its descendants, without those that never run."""
        return (node for node in ast.walk(root or self.tree) if not self.is_never_run(node))

    def calls(self, root: ast.AST | None = None) -> Iterator[ast.Call]:
        """Yield the calls below a node (default: the module) that can run."""
        return (node for node in self.walk(root) if isinstance(node, ast.Call))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that contain a node, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Return the nearest function that contains a node."""
        return next((each for each in self.ancestors(node) if isinstance(each, FUNCTIONS)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Return the nearest class that contains a node."""
        return next((each for each in self.ancestors(node) if isinstance(each, ast.ClassDef)), None)

    def is_self(self, node: ast.AST) -> bool:
        """Return whether a node is ``self``: the first parameter of the method around it."""
        method = self.function_of(node)
        if method is None or not isinstance(node, ast.Name) or node.id != self_of(method):
            return False
        blocks = (each for each in self.ancestors(method) if isinstance(each, _BLOCKS))
        return isinstance(next(blocks, None), ast.ClassDef)

    def absolute(self, origin: str) -> str:
        """Return the absolute form of a dotted name that may start with dots."""
        level = len(origin) - len(origin.lstrip("."))
        if not level:
            return origin
        package = self.package
        kept_parts = package[: len(package) - level + 1]
        return ".".join([*kept_parts, *filter(None, [origin[level:]])])
