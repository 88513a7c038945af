"""Whether a source has thought of what may go wrong at a place."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from kili_emulator.lint.module import Module
from kili_emulator.lint.scopes import FUNCTIONS

_EVERYTHING = "BaseException"
_ERRORS = "Exception"  # all but those that end an interpreter
_EXIT_STATEMENTS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def last_name(node: ast.AST | None) -> str:
    """The last part of a dotted name; nothing of anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_caught(module: Module, node: ast.AST, errors: Collection[str]) -> bool:
    """Whether one of these errors is caught where a node raises it."""
    child = node
    for each in module.ancestors(node):
        if isinstance(each, ast.Try) and child in each.body:
            if any(_catches_any(handler.type, errors) for handler in each.handlers):
                return True
        elif isinstance(each, ast.With) and child in each.body:
            calls = [item.context_expr for item in each.items]
            if any(
                isinstance(call, ast.Call)
                and last_name(call.func) == "suppress"
                and any(_catches_any(argument, errors) for argument in call.args)
                for call in calls
            ):
                return True
        elif isinstance(each, FUNCTIONS):
            return False
        child = each
    return False


def _catches_any(node: ast.expr | None, errors: Collection[str]) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_catches_any(each, errors) for each in node.elts)
    wide = () if "SystemExit" in errors else (_ERRORS,)
    return node is None or last_name(node) in (*errors, *wide, _EVERYTHING)


def conditions(module: Module, node: ast.AST) -> Iterator[ast.expr]:
    """The tests, within its function, that decide whether a node is come to."""
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
    """The tests of statements that leave the function or the loop."""
    for each in statements:
        if isinstance(each, ast.If) and each.body and isinstance(each.body[-1], _EXIT_STATEMENTS):
            yield each.test
