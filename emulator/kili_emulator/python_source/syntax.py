"""Answer questions about single nodes of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ImportNode = ast.Import | ast.ImportFrom


def last_name(node: ast.AST | None) -> str:
    """Return the last part of a dotted name; an empty string for any other node."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def split_attributes(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """Split ``a.b.c`` into the expression ``a`` and the attributes ``["b", "c"]``."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, names[::-1]


def is_type_checking(test: ast.expr) -> bool:
    """Return whether a condition is ``TYPE_CHECKING``, under any module name."""
    return last_name(test) == "TYPE_CHECKING"


def nodes_in_scope(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield nodes and their descendants, but not the content of functions, classes and lambdas."""
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting += [*ast.iter_child_nodes(node)][::-1]


# Functions and classes


def all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters; ``*args`` and ``**kwargs`` come last."""
    collecting = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *collecting]


def positional_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters that can be passed by position, without ``*args``."""
    return [*arguments.posonlyargs, *arguments.args]


def methods_of(node: ast.ClassDef) -> list[FunctionNode]:
    """Return the functions that the body of a class defines directly."""
    return [each for each in node.body if isinstance(each, FUNCTIONS)]


def self_of(method: FunctionNode) -> str | None:
    """Return the name of the first parameter of a method, usually ``self``."""
    positional = positional_parameters(method.args)
    return positional[0].arg if positional else None


def decorator_target(decorator: ast.expr) -> ast.expr:
    """Return the decorating function, without the arguments of ``@decorator(...)``."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


# Imports


def bound_imports(node: ImportNode) -> Iterator[tuple[str, str]]:
    """Yield the local names that an import binds, each with the dotted name of its origin.

    The origin of a relative import starts with its dots. ``*`` is left out.
    """
    if isinstance(node, ast.Import):
        for each in node.names:
            top = each.name.partition(".")[0]
            yield (each.asname, each.name) if each.asname else (top, top)
        return
    source = module_of(node)
    joint = "" if source.endswith(".") else "."
    for each in node.names:
        if each.name != "*":
            yield each.asname or each.name, f"{source}{joint}{each.name}"


def module_of(node: ast.ImportFrom) -> str:
    """Return the module of ``from … import``; a relative one starts with its dots."""
    return "." * node.level + (node.module or "")


def imports_all(node: ImportNode) -> bool:
    """Return whether an import is ``from … import *``."""
    return any(each.name == "*" for each in node.names)


def absolute_imports(node: ImportNode) -> list[tuple[str, str]]:
    """Return pairs of an imported module and a name in it, without relative imports.

    The name is empty for ``import module``.
    """
    if isinstance(node, ast.Import):
        return [(each.name, "") for each in node.names]
    return [] if node.level else [(node.module or "", each.name) for each in node.names]
