"""KP40x: side effects of the import of a plugin."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kili_emulator.lint.checks.known_calls import (
    FILE_CALLS,
    NETWORK_CALLS,
    PATH_METHODS,
    PROCESS_CALLS,
    THREAD_CLASSES,
)
from kili_emulator.lint.client_tracking import CLIENT
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.call_graph import SourceNode

_WHEN = (
    "The platform imports a plugin when it builds it, and again when it needs the plugin; how "
    "often, and in which environment, is not public. "
)

PRINTS = Rule(
    "KP401",
    "note",
    "The plugin prints something when it is imported",
    _WHEN + "During an import there is no run whose log could contain the line.",
    "chosen",
    "{call} runs when the plugin is imported, and its output is in the log of no run",
    "print in a handler",
)
READS = Rule(
    "KP402",
    "warning",
    "The plugin uses files or the network when it is imported",
    _WHEN + "If the call fails, the plugin cannot be built; its duration counts as well.",
    "chosen",
    "{call} runs when the plugin is imported",
    "call it in a handler",
)
STARTS = Rule(
    "KP403",
    "warning",
    "The plugin starts a thread or process when it is imported",
    _WHEN + "The thread or process belongs to no run, and may be frozen or ended with the process "
    "between runs.",
    "chosen",
    "{call} runs when the plugin is imported",
    "start it in a handler, and wait there until it ends",
)
SLEEPS = Rule(
    "KP404",
    "note",
    "The plugin sleeps when it is imported",
    _WHEN + "Each import takes longer.",
    "chosen",
    "{call} runs when the plugin is imported",
    "remove the call",
)
CONNECTS = Rule(
    "KP405",
    "warning",
    "The plugin creates a client when it is imported",
    _WHEN + "The environment may have no API key. The plugin gets a client of its own as "
    "`self.kili`.",
    "chosen",
    "{call} runs when the plugin is imported",
    "use self.kili in the handlers, and pass it to other functions",
)

RULES = (PRINTS, READS, STARTS, SLEEPS, CONNECTS)

_BY_ORIGIN: Mapping[str, Rule] = {
    "builtins.print": PRINTS,
    "pprint.pprint": PRINTS,
    "time.sleep": SLEEPS,
    CLIENT: CONNECTS,
    "kili.client_domain.Kili": CONNECTS,
    **dict.fromkeys((*FILE_CALLS, *NETWORK_CALLS), READS),
    **dict.fromkeys(PROCESS_CALLS, STARTS),
}


def check_import_time(plugin: Plugin) -> Iterator[Finding]:
    """Find calls that should not run when the plugin is imported."""
    for site in plugin.import_sites:
        if isinstance(site.node, ast.Call):
            rule = _find_broken_rule(plugin, site, site.node)
            if rule:
                call = ast.unparse(site.node.func)
                yield rule.make_finding(site.module.path, site.node.lineno, call=call)


def _find_broken_rule(plugin: Plugin, site: SourceNode, call: ast.Call) -> Rule | None:
    origin = plugin.names.origin(site.module, call.func)
    if origin and origin in _BY_ORIGIN:
        return _BY_ORIGIN[origin]
    if not isinstance(call.func, ast.Attribute):
        return None
    constructor = plugin.names.constructor_of(site.module, call.func.value)
    if call.func.attr == "start" and constructor in THREAD_CLASSES:
        return STARTS
    if call.func.attr in PATH_METHODS and constructor == "pathlib.Path":
        return READS
    return None
