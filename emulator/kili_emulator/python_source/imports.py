"""List the modules that a source imports."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from kili_emulator.python_source.guards import catches, suppresses
from kili_emulator.python_source.syntax import ImportNode, is_type_checking, last_name

# The errors that an import raises where the module is missing.
IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")

# Names in a test that makes an import depend on the interpreter or the environment.
_ABOUT_ENVIRONMENT = {"version_info", "platform", "find_spec"}
_IMPORT_FUNCTIONS = ("import_module", "__import__")


@dataclass(frozen=True)
class Import:
    """A module that a source imports by its absolute name.

    Attributes:
        module: dotted name.
        line: counted from 1.
        optional: the module may be missing: the source catches the error, or imports the module
            for some interpreters or environments only, or as a replacement for a missing one.
    """

    module: str
    line: int
    optional: bool = False

    @property
    def top(self) -> str:
        """The name of the top-level package."""
        return self.module.partition(".")[0]


def imports_of(source: str) -> list[Import]:
    """Return the modules that a source imports when it runs, in the order of lines.

    Relative imports and imports for type checkers are left out. ``importlib.import_module`` with a
    literal name is included.

    Raises:
        SyntaxError: the source is not valid Python.
    """
    visitor = _ImportVisitor(any(each in source for each in _IMPORT_FUNCTIONS))
    visitor.visit(ast.parse(source))
    return sorted(visitor.found, key=lambda each: each.line)


class _ImportVisitor(ast.NodeVisitor):
    """Collect imports.

    Args:
        visits_expressions: whether an expression may call an import function. Otherwise only
            statements are visited, as large literals have many expressions.
    """

    def __init__(self, visits_expressions: bool) -> None:
        self._visits_expressions = visits_expressions
        self.found: list[Import] = []
        self._optional = False

    def generic_visit(self, node: ast.AST) -> None:
        if self._visits_expressions or not isinstance(node, ast.expr):
            super().generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for each in node.names:
            self._add_import(each.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self._add_import(node.module, node)

    def visit_Call(self, node: ast.Call) -> None:
        is_import = last_name(node.func) in _IMPORT_FUNCTIONS
        first = node.args[0] if node.args else None
        module = first.value if is_import and isinstance(first, ast.Constant) else None
        if isinstance(module, str) and module and not module.startswith("."):
            self._add_import(module, node)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if is_type_checking(node.test):
            self._visit_all(node.orelse)
            return
        self.visit(node.test)
        self._visit_all([*node.body, *node.orelse], _is_about_environment(node.test))

    def visit_Try(self, node: ast.Try) -> None:
        catching = [each for each in node.handlers if catches(each.type, IMPORT_ERRORS)]
        others = [each for each in node.handlers if each not in catching]
        has_import = any(isinstance(each, ImportNode) for each in node.body)
        self._visit_all(node.body, bool(catching))
        self._visit_all(catching, has_import)
        self._visit_all([*others, *node.orelse, *node.finalbody])

    def visit_With(self, node: ast.With) -> None:
        self._visit_all([each.context_expr for each in node.items])
        self._visit_all(node.body, suppresses(node, IMPORT_ERRORS))

    def _visit_all(self, nodes: Sequence[ast.AST], optional: bool = False) -> None:
        before, self._optional = self._optional, self._optional or optional
        for each in nodes:
            self.visit(each)
        self._optional = before

    def _add_import(self, module: str, node: ast.stmt | ast.expr) -> None:
        self.found.append(Import(module, node.lineno, self._optional))


def _is_about_environment(test: ast.expr) -> bool:
    return any(last_name(each) in _ABOUT_ENVIRONMENT for each in ast.walk(test))
