"""KP80x: what does not end in time, or takes more memory than there is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.lint.literal_values import number
from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.lint.scopes import children_in_scope

SECONDS = 60
MEGABYTES = 512
_BYTES = MEGABYTES * 1024 * 1024
_POINTER = 8  # bytes that an element of a list takes, whatever it is
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LEAVING = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)
_ENDLESS = ("itertools.count", "itertools.cycle", "itertools.repeat")
_EXITS = ("builtins.exit", "builtins.quit", "os._exit", "os.abort", "sys.exit")
_SLEEPS = ("asyncio.sleep", "time.sleep")
_ALLOCATORS = ("builtins.bytearray", "builtins.bytes")

ENDLESS = Rule(
    "KP801",
    "warning",
    "A loop does not end",
    f"The platform ends a run after {SECONDS} seconds.",
    "documented",
    "the loop has no end: nothing in it leaves it",
    "give it a condition, or a `break`",
)
SLEEP = Rule(
    "KP802",
    "error",
    "A sleep is longer than a run may take",
    f"The platform ends a run after {SECONDS} seconds.",
    "documented",
    "{call} sleeps for {seconds:,.0f} seconds, and the platform ends a run after {limit}",
    "wait for less, or do the rest in a later run, of another event",
)
MEMORY = Rule(
    "KP803",
    "error",
    "More memory is taken than there is",
    f"The platform gives a run {MEGABYTES} MB.",
    "documented",
    "this takes {megabytes:,.0f} MB, and the platform gives a run {limit}",
    "work through the data in parts",
)

RULES = (ENDLESS, SLEEP, MEMORY)


def check_loops(plugin: Plugin) -> Iterator[Finding]:
    """Which loops nothing leaves."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, _LOOPS) or not _is_endless(plugin, module, node):
                continue
            if not _has_exit(plugin, module, node) and not _has_outer_guard(module, node):
                yield ENDLESS.make_finding(module.path, node.lineno)


def _is_endless(plugin: Plugin, module: Module, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop goes on until it is left."""
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    if not isinstance(node.iter, ast.Call):
        return False
    origin = plugin.names.origin(module, node.iter.func)
    is_limited = origin == "itertools.repeat" and len([*node.iter.args, *node.iter.keywords]) > 1
    return origin in _ENDLESS and not is_limited


def _has_exit(plugin: Plugin, module: Module, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether something in a loop leaves it: a break of its own, or the end of the function."""
    for node in children_in_scope(loop.body):
        if isinstance(node, _LEAVING):
            return True
        if isinstance(node, ast.Break) and _loop_of(module, node) is loop:
            return True
        if isinstance(node, ast.Call) and plugin.names.origin(module, node.func) in _EXITS:
            return True
    return False


def _loop_of(module: Module, node: ast.AST) -> ast.AST | None:
    return next((each for each in module.ancestors(node) if isinstance(each, _LOOPS)), None)


def _has_outer_guard(module: Module, loop: ast.AST) -> bool:
    """Whether an exception may be what is to end it, as it is caught outside."""
    child = loop
    for each in module.ancestors(loop):
        if isinstance(each, ast.Try) and child in each.body and each.handlers:
            return True
        if isinstance(each, ast.With | ast.AsyncWith):  # contextlib.suppress, pytest.raises
            return True
        child = each
    return False


def check_sleeps(plugin: Plugin) -> Iterator[Finding]:
    """Which sleeps alone are longer than a run may take."""
    for module, call, origin in plugin.resolved_calls():
        if origin not in _SLEEPS or not call.args:
            continue
        seconds = number(plugin.names, module, call.args[0])
        if seconds is not None and seconds >= SECONDS:
            details = {"call": ast.unparse(call.func), "seconds": seconds, "limit": SECONDS}
            yield SLEEP.make_finding(module.path, call.lineno, **details)


def check_memory(plugin: Plugin) -> Iterator[Finding]:
    """Which values alone take more memory than there is."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.expr) and not isinstance(module.parents[node], ast.BinOp):
                size = _size(plugin, module, node)
                if size > _BYTES:
                    details = {"megabytes": size / 1024 / 1024, "limit": MEGABYTES}
                    yield MEMORY.make_finding(module.path, node.lineno, **details)


def _size(plugin: Plugin, module: Module, node: ast.expr) -> float:
    """The bytes that the value of an expression takes, if the source says so; else 0."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return len(node.value)
    if isinstance(node, ast.List | ast.Tuple):
        return len(node.elts) * _POINTER
    if isinstance(node, ast.Call) and node.args:
        origin = plugin.names.origin(module, node.func)
        return (number(plugin.names, module, node.args[0]) or 0) if origin in _ALLOCATORS else 0
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            count = number(plugin.names, module, other)
            if count:
                return _size(plugin, module, one) * count
    return 0
