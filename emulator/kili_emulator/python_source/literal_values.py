"""Compute the numbers, texts and file paths that a source spells out."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import NameResolver

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_LARGEST_EXPONENT = 64
_MAX_DEPTH = 12
_JOINS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "os.path.join")
_IDENTITY_FUNCTIONS = (
    "os.path.abspath",
    "os.path.realpath",
    "os.path.normpath",
    "os.fspath",
    "builtins.str",
)
_IDENTITY_METHODS = ("resolve", "absolute", "expanduser")
_PARENTS = ("os.path.dirname",)


def number(
    names: NameResolver, module: Module, node: ast.expr, depth: int = 0
) -> int | float | None:
    """Return the value of an expression if the source determines a number."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        value = node.value
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = number(names, module, node.operand, depth + 1)
        return None if operand is None else -operand
    if isinstance(node, ast.BinOp):
        left = number(names, module, node.left, depth + 1)
        right = number(names, module, node.right, depth + 1)
        return None if left is None or right is None else _computed(node.op, left, right)
    assigned = _assigned(names, module, node)
    return number(names, assigned[0], assigned[1], depth + 1) if assigned else None


def _computed(op: ast.operator, left: float, right: float) -> int | float | None:
    try:
        if isinstance(op, ast.Pow | ast.LShift):
            if not 0 <= right <= _LARGEST_EXPONENT:
                return None
            return left**right if isinstance(op, ast.Pow) else left * 2**right
        return _OPERATORS[type(op)](left, right) if type(op) in _OPERATORS else None
    except ArithmeticError:
        return None


def _assigned(
    names: NameResolver, module: Module, node: ast.expr
) -> tuple[Module, ast.expr] | None:
    """Return the expression that is assigned to a variable, if it is assigned exactly once."""
    if isinstance(node, ast.Name):
        found = module.scope_of(node).find(node.id)
        if found and len(found[1]) == 1 and found[1][0].kind == "value" and found[1][0].value:
            return module, found[1][0].value
    origin = names.origin(module, node)
    return names.value(origin) if origin else None


@dataclass(frozen=True)
class FilePath:
    """A path of a file that a source spells out.

    Attributes:
        base: the start of a relative path: the current folder, or the root folder of the program.
        text: the path with slashes, relative or absolute.
    """

    base: Literal["current", "source"]
    text: str

    def joined(self, part: str) -> FilePath:
        if part.startswith("/"):
            return FilePath("current", part)
        return FilePath(self.base, f"{self.text}/{part}" if self.text else part)

    @property
    def parent(self) -> FilePath:
        return FilePath(self.base, self.text.rpartition("/")[0])


def file_path(
    names: NameResolver, module: Module, node: ast.expr, depth: int = 0
) -> FilePath | None:
    """Return the path that an expression stands for, if the source determines it.

    ``__file__`` is the path of the module.
    """
    if depth > _MAX_DEPTH or isinstance(node, ast.Constant | ast.Name):
        return _leaf_path(names, module, node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _join(names, module, [node.left, node.right], depth + 1)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _parent(file_path(names, module, node.value, depth + 1))
    if isinstance(node, ast.Call):
        return _call_path(names, module, node, depth + 1)
    return _leaf_path(names, module, node, depth)


def _leaf_path(names: NameResolver, module: Module, node: ast.expr, depth: int) -> FilePath | None:
    """Return the path in a literal, in ``__file__`` or in a variable."""
    if isinstance(node, ast.Constant):
        return FilePath("current", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and node.id == "__file__":
        return FilePath("source", module.path)
    assigned = _assigned(names, module, node) if depth <= _MAX_DEPTH else None
    return file_path(names, assigned[0], assigned[1], depth + 1) if assigned else None


def _parent(path: FilePath | None) -> FilePath | None:
    return path.parent if path else None


def _call_path(names: NameResolver, module: Module, call: ast.Call, depth: int) -> FilePath | None:
    """Return the path that a function of ``os.path`` or ``pathlib`` makes."""
    origin = names.origin(module, call.func)
    first = call.args[0] if call.args else None
    if origin in _JOINS:
        return _join(names, module, call.args, depth)
    if origin in (*_IDENTITY_FUNCTIONS, *_PARENTS):
        found = file_path(names, module, first, depth) if first else None
        return _parent(found) if origin in _PARENTS else found
    if not isinstance(call.func, ast.Attribute):
        return None
    base = call.func.value
    ways: dict[str, Callable[[], FilePath | None]] = {
        **dict.fromkeys(_IDENTITY_METHODS, lambda: file_path(names, module, base, depth)),
        "joinpath": lambda: _join(names, module, [base, *call.args], depth),
        "with_name": lambda: _sibling_path(names, module, base, call.args, depth),
    }
    return ways[call.func.attr]() if call.func.attr in ways else None


def _sibling_path(
    names: NameResolver, module: Module, base: ast.expr, parts: list[ast.expr], depth: int
) -> FilePath | None:
    found = _parent(file_path(names, module, base, depth))
    added = _join(names, module, parts, depth)
    return found.joined(added.text) if found and added else None


def _join(
    names: NameResolver, module: Module, parts: list[ast.expr], depth: int
) -> FilePath | None:
    found = [file_path(names, module, each, depth) for each in parts]
    if not found or found[0] is None:
        return None
    joined = found[0]
    for each in found[1:]:
        if each is None:
            return None
        joined = joined.joined(each.text)
    return joined


def texts(module: Module, root: ast.AST | None = None) -> list[ast.Constant]:
    """Return the string literals below a node (default: the module), without docstrings."""
    return [
        node
        for node in module.walk(root)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not isinstance(module.parents.get(node), ast.Expr)
    ]
