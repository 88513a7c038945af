"""Find the error handlers and the conditions around a node."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import FUNCTIONS, last_name

_BASE = "BaseException"
_ERRORS = "Exception"  # the base of all errors that do not end an interpreter
_EXIT_STATEMENTS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def is_caught(module: Module, node: ast.AST, errors: Collection[str]) -> bool:
    """Return whether the function around a node catches one of these errors there."""
    child = node
    for each in module.ancestors(node):
        if isinstance(each, ast.Try) and child in each.body:
            if any(catches(handler.type, errors) for handler in each.handlers):
                return True
        elif isinstance(each, ast.With) and child in each.body:
            if suppresses(each, errors):
                return True
        elif isinstance(each, FUNCTIONS):
            return False
        child = each
    return False


def catches(node: ast.expr | None, errors: Collection[str]) -> bool:
    """Return whether ``except`` with this expression catches one of these errors.

    Args:
        node: ``None`` for an ``except`` without an expression, which catches all.
    """
    if isinstance(node, ast.Tuple):
        return any(catches(each, errors) for each in node.elts)
    wide = () if "SystemExit" in errors else (_ERRORS,)
    return node is None or last_name(node) in (*errors, *wide, _BASE)


def suppresses(node: ast.With, errors: Collection[str]) -> bool:
    """Return whether ``with contextlib.suppress(...)`` drops one of these errors."""
    calls = [item.context_expr for item in node.items]
    return any(
        isinstance(call, ast.Call)
        and last_name(call.func) == "suppress"
        and any(catches(argument, errors) for argument in call.args)
        for call in calls
    )


def conditions(module: Module, node: ast.AST) -> Iterator[ast.expr]:
    """Yield the tests, within the function, that decide whether a node runs."""
    child = node
    for each in module.ancestors(node):
        if isinstance(each, ast.If | ast.IfExp | ast.While) and child is not each.test:
            yield each.test
        for block in _blocks(each):
            if child in block:
                yield from _early_exit_tests(block[: block.index(child)])
        if isinstance(each, FUNCTIONS):
            return
        child = each


def _blocks(node: ast.AST) -> list[list[ast.AST]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [each for each in found if isinstance(each, list)]


def _early_exit_tests(statements: list[ast.AST]) -> Iterator[ast.expr]:
    """Yield the tests of ``if`` statements whose body leaves the function or the loop."""
    for each in statements:
        if isinstance(each, ast.If) and each.body and isinstance(each.body[-1], _EXIT_STATEMENTS):
            yield each.test
