"""KP80x: code that exceeds the time limit or the memory limit of a run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kili_emulator.config import PLATFORM_RUN_MEGABYTES, PLATFORM_RUN_SECONDS
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.literal_values import number
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import nodes_in_scope

_BYTES = PLATFORM_RUN_MEGABYTES * 1024 * 1024
_POINTER = 8  # bytes of a list per element, without the element itself
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
    f"The platform ends a run after {PLATFORM_RUN_SECONDS} seconds.",
    "documented",
    "the loop has no end: no statement in it leaves it",
    "add a condition or a `break`",
)
SLEEP = Rule(
    "KP802",
    "error",
    "A sleep is longer than the time limit of a run",
    f"The platform ends a run after {PLATFORM_RUN_SECONDS} seconds.",
    "documented",
    "{call} sleeps for {seconds:,.0f} seconds, but the platform ends a run after {limit}",
    "sleep for less, or do the rest in a later run for another event",
)
MEMORY = Rule(
    "KP803",
    "error",
    "A value needs more memory than a run has",
    f"The platform gives a run {PLATFORM_RUN_MEGABYTES} MB.",
    "documented",
    "the value needs {megabytes:,.0f} MB, but the platform gives a run {limit}",
    "process the data in parts",
)

RULES = (ENDLESS, SLEEP, MEMORY)


def check_loops(plugin: Plugin) -> Iterator[Finding]:
    """Find loops that nothing leaves."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if not isinstance(node, _LOOPS) or not _is_endless(plugin, module, node):
                continue
            if not _has_exit(plugin, module, node) and not _has_outer_guard(module, node):
                yield ENDLESS.make_finding(module.path, node.lineno)


def _is_endless(plugin: Plugin, module: Module, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a loop has no end of its own."""
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    if not isinstance(node.iter, ast.Call):
        return False
    origin = plugin.names.origin(module, node.iter.func)
    is_limited = origin == "itertools.repeat" and len([*node.iter.args, *node.iter.keywords]) > 1
    return origin in _ENDLESS and not is_limited


def _has_exit(plugin: Plugin, module: Module, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a statement in a loop leaves it, or its function."""
    for node in nodes_in_scope(loop.body):
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
    """Return whether code around the loop catches an exception, which may end the loop."""
    child = loop
    for each in module.ancestors(loop):
        if isinstance(each, ast.Try) and child in each.body and each.handlers:
            return True
        if isinstance(each, ast.With | ast.AsyncWith):  # contextlib.suppress, pytest.raises
            return True
        child = each
    return False


def check_sleeps(plugin: Plugin) -> Iterator[Finding]:
    """Find sleeps that are longer than the time limit of a run."""
    for module, call, origin in plugin.resolved_calls():
        if origin not in _SLEEPS or not call.args:
            continue
        seconds = number(plugin.names, module, call.args[0])
        if seconds is not None and seconds >= PLATFORM_RUN_SECONDS:
            details = {
                "call": ast.unparse(call.func),
                "seconds": seconds,
                "limit": PLATFORM_RUN_SECONDS,
            }
            yield SLEEP.make_finding(module.path, call.lineno, **details)


def check_memory(plugin: Plugin) -> Iterator[Finding]:
    """Find single values that need more memory than a run has."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.expr) and not isinstance(module.parents[node], ast.BinOp):
                size = _size(plugin, module, node)
                if size > _BYTES:
                    details = {"megabytes": size / 1024 / 1024, "limit": PLATFORM_RUN_MEGABYTES}
                    yield MEMORY.make_finding(module.path, node.lineno, **details)


def _size(plugin: Plugin, module: Module, node: ast.expr) -> float:
    """Return the size of a value in bytes; 0 if the source does not determine it."""
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
