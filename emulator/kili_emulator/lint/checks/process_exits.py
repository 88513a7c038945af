"""KP701 to KP707: calls that need a terminal, or that end the process of the plugin."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.guards import is_caught
from kili_emulator.python_source.module import Module
from kili_emulator.rules.plugin_policy import records_print

_EXITS = ("SystemExit",)
_OWN_PROCESS_IDS = ("os.getpid", "os.getpgid", "os.getpgrp")

INPUT = Rule(
    "KP701",
    "error",
    "The plugin asks for input",
    "The platform has no terminal to read from.",
    "inferred",
    "{call} waits for input that never comes",
    "read the value from the label, the asset or the project",
)
DEBUGGER = Rule(
    "KP702",
    "error",
    "The plugin calls the debugger",
    "The platform has no terminal, so the debugger ends the run. In the emulator it stops the "
    "plugin at that line.",
    "inferred",
    "{call} starts a debugger, which needs a terminal",
    "remove the call before you upload the plugin",
)
PRINT = Rule(
    "KP703",
    "warning",
    "On premise, printed text is lost",
    "On premise, the log of a run contains the messages of self.logger, but not what the plugin "
    "prints.",
    "documented",
    "on premise, no log contains what {call} prints",
    "use self.logger",
)
EXIT = Rule(
    "KP704",
    "error",
    "The plugin exits",
    "The call raises an exception that ends an interpreter. It ends the run, and may end the "
    "process that runs the plugin.",
    "inferred",
    "{call} ends the run, and on the platform its process",
    "return from the handler, or raise an exception that describes the problem",
)
KILL = Rule(
    "KP705",
    "error",
    "The plugin kills its process",
    "The process ends without any cleanup and without a log line. If plugins run within the "
    "emulator, the call ends the emulator.",
    "inferred",
    "{call} kills the process that runs the plugin, without a log line",
    "return from the handler, or raise an exception that describes the problem",
)
FOREIGN = Rule(
    "KP706",
    "note",
    "The plugin calls foreign code through ctypes",
    "A mistake in such code ends the process, where an exception would end only the run. If "
    "plugins run within the emulator, it ends the emulator. The platform may lack the libraries "
    "of your machine.",
    "inferred",
    "{call} uses foreign code, and a mistake in it ends the process",
    "use a package that contains the code",
)
SIGNALS = Rule(
    "KP707",
    "warning",
    "The plugin handles signals",
    "Signals belong to the process. Only its main thread may set a handler; any other thread gets "
    "an error. Which thread calls handlers on the platform is not public; the emulator uses "
    "another thread.",
    "inferred",
    "{call} changes the signals of the process",
    "do without signals: to limit a duration, pass a timeout to the slow call",
)

RULES = (INPUT, DEBUGGER, PRINT, EXIT, KILL, FOREIGN, SIGNALS)

_BY_ORIGIN: Mapping[str, Rule] = {
    **dict.fromkeys(("builtins.input", "getpass.getpass"), INPUT),
    **dict.fromkeys(
        (
            "builtins.breakpoint",
            "code.interact",
            "debugpy.breakpoint",
            "debugpy.listen",
            "debugpy.wait_for_client",
            "ipdb.set_trace",
            "pdb.post_mortem",
            "pdb.set_trace",
            "pudb.set_trace",
        ),
        DEBUGGER,
    ),
    **dict.fromkeys(("builtins.exit", "builtins.quit", "sys.exit"), EXIT),
    **dict.fromkeys(
        (
            "faulthandler._sigsegv",
            "os._exit",
            "os.abort",
            *(f"os.exec{kind}" for kind in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
            "signal.raise_signal",
        ),
        KILL,
    ),
    **dict.fromkeys(("signal.alarm", "signal.pause", "signal.setitimer", "signal.signal"), SIGNALS),
}


def check_process_exits(plugin: Plugin) -> Iterator[Finding]:
    """Find calls that need a terminal, or that end more than the handler."""
    for module, call, origin in plugin.resolved_calls():
        rule = _BY_ORIGIN.get(origin)
        if origin in ("os.kill", "os.killpg") and _is_own_process(plugin, module, call):
            rule = KILL
        if origin.partition(".")[0] == "ctypes":
            rule = FOREIGN
        if origin == "builtins.print" and not records_print(plugin.source.policy):
            rule = None if any(each.arg == "file" for each in call.keywords) else PRINT
        if rule and not (rule is EXIT and is_caught(module, call, _EXITS)):
            yield rule.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def _is_own_process(plugin: Plugin, module: Module, call: ast.Call) -> bool:
    """Return whether a signal goes to the process itself."""
    target = call.args[0] if call.args else None
    if isinstance(target, ast.Constant):
        return target.value == 0
    return (
        isinstance(target, ast.Call)
        and plugin.names.origin(module, target.func) in _OWN_PROCESS_IDS
    )


def check_exits(plugin: Plugin) -> Iterator[Finding]:
    """Find ``raise SystemExit``."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.Raise) and node.exc and not is_caught(module, node, _EXITS):
                exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                if plugin.names.origin(module, exception) == "builtins.SystemExit":
                    yield EXIT.make_finding(module.path, node.lineno, call="raise SystemExit")
