"""KP701 to KP707: what asks somebody, or ends the process that runs the plugin."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kili_emulator.lint.guards import is_caught
from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule

_EXITS = ("SystemExit",)
_OWN_PROCESS_IDS = ("os.getpid", "os.getpgid", "os.getpgrp")

INPUT = Rule(
    "KP701",
    "error",
    "Somebody is asked for input",
    "Nobody sits before the platform: there is no terminal to read from.",
    "inferred",
    "{call} waits for input that never comes",
    "take what is needed from the label, the asset or the project",
)
DEBUGGER = Rule(
    "KP702",
    "error",
    "The debugger is called",
    "There is no terminal on the platform, so that the debugger ends the run. In the emulator it "
    "stops the plugin where you want.",
    "inferred",
    "{call} stops in a debugger, which the platform does not have",
    "take it out before you upload the plugin",
)
PRINT = Rule(
    "KP703",
    "warning",
    "On premise, what is printed is lost",
    "On premise, the log of a run has what self.logger is told, and nothing of what is printed.",
    "documented",
    "on premise, what {call} prints is in no log",
    "use self.logger",
)
EXIT = Rule(
    "KP704",
    "error",
    "The plugin exits",
    "What these raise is made to end an interpreter: the run is over, and what runs the plugin may "
    "be so, too.",
    "inferred",
    "{call} ends the run, and on the platform its process",
    "return from the handler, or raise an exception that says what is wrong",
)
KILL = Rule(
    "KP705",
    "error",
    "The process is ended at once",
    "Nothing is cleaned up and nothing is logged any more. Where plugins run within the emulator, "
    "this ends the emulator.",
    "inferred",
    "{call} ends the process that runs the plugin, without a word",
    "return from the handler, or raise an exception that says what is wrong",
)
FOREIGN = Rule(
    "KP706",
    "warning",
    "Code is called through ctypes",
    "What such code does wrong ends the process, where an exception would only end the run; where "
    "plugins run within the emulator, it ends the emulator. Libraries of your machine need not be "
    "there on the platform.",
    "inferred",
    "{call} is foreign code: what it does wrong ends the process",
    "use a package that has the code built in",
)
SIGNALS = Rule(
    "KP707",
    "warning",
    "Signals are handled",
    "They are the process's, and can be handled by its main thread only: elsewhere this raises an "
    "error. In which thread the platform calls handlers is not public; the emulator does in "
    "another one.",
    "inferred",
    "{call} is about the signals of the process",
    "do without signals: for a limit of time, give a timeout to what takes long",
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
    """Calls that ask somebody, or that end more than the handler."""
    for module, call, origin in plugin.resolved_calls():
        rule = _BY_ORIGIN.get(origin)
        if origin in ("os.kill", "os.killpg") and _is_own_process(plugin, module, call):
            rule = KILL
        if origin.partition(".")[0] == "ctypes":
            rule = FOREIGN
        if origin == "builtins.print" and plugin.source.policy == "on-premise":
            rule = None if any(each.arg == "file" for each in call.keywords) else PRINT
        if rule and not (rule is EXIT and is_caught(module, call, _EXITS)):
            yield rule.make_finding(module.path, call.lineno, call=ast.unparse(call.func))


def _is_own_process(plugin: Plugin, module: Module, call: ast.Call) -> bool:
    """Whether a signal is sent to the process itself."""
    target = call.args[0] if call.args else None
    if isinstance(target, ast.Constant):
        return target.value == 0
    return (
        isinstance(target, ast.Call)
        and plugin.names.origin(module, target.func) in _OWN_PROCESS_IDS
    )


def check_exits(plugin: Plugin) -> Iterator[Finding]:
    """Where the exception is raised that ends an interpreter."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.Raise) and node.exc and not is_caught(module, node, _EXITS):
                exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                if plugin.names.origin(module, exception) == "builtins.SystemExit":
                    yield EXIT.make_finding(module.path, node.lineno, call="raise SystemExit")
