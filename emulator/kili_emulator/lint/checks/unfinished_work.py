"""KP714 to KP716: threads and processes that continue after a handler has returned."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from kili_emulator.lint.checks.known_calls import CHILDREN, EXECUTORS, PROCESSES, THREADS
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import last_name

_RUN_IS_OVER = (
    "A run ends when its handler returns: its API key becomes invalid, and its process may be "
    "frozen or ended at any moment. "
)

THREAD = Rule(
    "KP714",
    "warning",
    "The plugin does not wait for a thread",
    _RUN_IS_OVER,
    "inferred",
    "{call} creates a thread, and nothing waits for its end",
    "call join() before the handler returns",
)
EXECUTOR = Rule(
    "KP715",
    "warning",
    "The plugin does not close a pool",
    _RUN_IS_OVER + "The threads or processes of a pool exist until it is closed.",
    "inferred",
    "{call} creates a pool, and nothing closes it",
    "use the pool in a `with` block",
)
CHILD = Rule(
    "KP716",
    "warning",
    "The plugin does not wait for a process",
    _RUN_IS_OVER,
    "inferred",
    "{call} starts a process, and nothing waits for its end",
    "wait for the process: use subprocess.run, or Popen in a `with` block",
)

RULES = (THREAD, EXECUTOR, CHILD)

_JOINS = ("join",)
_CLOSES = ("shutdown", "close", "terminate", "join")
_WAITS = ("wait", "waitpid", "communicate", "poll", "terminate", "kill")
_FORKS = ("os.fork", "os.forkpty", "os.spawnl", "os.spawnv", "os.posix_spawn")


def check_unfinished_work(plugin: Plugin) -> Iterator[Finding]:
    """Find threads, pools and processes that the plugin starts and does not end."""
    for module, call, origin in plugin.resolved_calls():
        rule = _rule(plugin, module, call, origin)
        if rule:
            yield rule.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def _rule(plugin: Plugin, module: Module, call: ast.Call, origin: str) -> Rule | None:
    """Return the rule for a call that starts something that the code around it does not end."""
    if origin == "_thread.start_new_thread":
        return THREAD
    if origin in (*THREADS, *PROCESSES) or _is_own_thread(plugin, origin):
        if not _is_called(module, call, ("start",)) or _is_ended(module, call, _JOINS):
            return None
        return CHILD if origin in PROCESSES else THREAD
    ends = _CLOSES if origin in EXECUTORS else _WAITS
    if origin not in (*EXECUTORS, *CHILDREN, *_FORKS) or _is_ended(module, call, ends):
        return None
    if _is_managed(module, call):
        return None
    return EXECUTOR if origin in EXECUTORS else CHILD


def _is_own_thread(plugin: Plugin, origin: str) -> bool:
    own_class = plugin.names.definition(origin)
    if own_class is None or not isinstance(own_class.node, ast.ClassDef):
        return False
    return any(base in THREADS for base in plugin.names.bases(own_class.module, own_class.node))


def _is_managed(module: Module, call: ast.Call) -> bool:
    """Return whether a ``with`` block or the caller of the function ends the new object."""
    parent = module.parents.get(call)
    return isinstance(parent, ast.withitem | ast.Return) or (
        isinstance(parent, ast.Call) and last_name(parent.func) == "enter_context"
    )


def _ending_scope(module: Module, call: ast.Call) -> ast.AST:
    """Return the node that must contain the end: the function; the class for an attribute."""
    is_attribute = any(
        isinstance(target, ast.Attribute)
        for each in module.ancestors(call)
        if isinstance(each, ast.Assign)
        for target in each.targets
    )
    owner = module.class_of(call) if is_attribute else None
    return owner or module.function_of(call) or module.tree


def _is_called(module: Module, call: ast.Call, methods: Collection[str]) -> bool:
    """Return whether the code around a call calls a method with one of these names."""
    return any(
        isinstance(each.func, ast.Attribute) and each.func.attr in methods
        for each in module.calls(_ending_scope(module, call))
    )


def _is_ended(module: Module, call: ast.Call, methods: Collection[str]) -> bool:
    """Return the same as :func:`_is_called`, but ignore ``str.join``."""
    return any(
        isinstance(each.func, ast.Attribute)
        and each.func.attr in methods
        and (each.func.attr != "join" or _is_thread_join(each))
        for each in module.calls(_ending_scope(module, call))
    )


def _is_thread_join(call: ast.Call) -> bool:
    """Return whether ``join`` belongs to a thread: it has no arguments, or a timeout only."""
    assert isinstance(call.func, ast.Attribute)
    is_text = isinstance(call.func.value, ast.Constant)
    times = all(
        isinstance(each, ast.Constant) and isinstance(each.value, int | float) for each in call.args
    )
    return not is_text and times
