"""KP40x: what is done when a plugin is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kili_emulator.lint.call_graph import SourceNode
from kili_emulator.lint.clients import CLIENT
from kili_emulator.lint.known_calls import (
    FILE_CALLS,
    NETWORK_CALLS,
    PATH_METHODS,
    PROCESS_CALLS,
    THREAD_CLASSES,
)
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule

_WHEN = (
    "A plugin is imported when it is built, and again whenever the platform needs it: how often, "
    "and with what around it, is not public. "
)

PRINTS = Rule(
    "KP401",
    "warning",
    "Something is printed when the plugin is imported",
    _WHEN + "No run is going on then whose log could have the line.",
    "chosen",
    "{call} is called when the plugin is imported, and no run's log has what it prints",
    "print in a handler",
)
READS = Rule(
    "KP402",
    "warning",
    "Files or the network are used when the plugin is imported",
    _WHEN + "When it fails, the plugin cannot be built at all; and its time counts.",
    "chosen",
    "{call} is called when the plugin is imported",
    "call it in a handler",
)
STARTS = Rule(
    "KP403",
    "warning",
    "A thread or process is started when the plugin is imported",
    _WHEN + "What goes on beside the runs belongs to none, and may be frozen or ended with the "
    "process between them.",
    "chosen",
    "{call} is called when the plugin is imported",
    "start it in a handler, and wait for its end there",
)
SLEEPS = Rule(
    "KP404",
    "warning",
    "The import of the plugin sleeps",
    _WHEN + "It is waited for each time.",
    "chosen",
    "{call} is called when the plugin is imported",
    "take it out",
)
CONNECTS = Rule(
    "KP405",
    "warning",
    "A client is made when the plugin is imported",
    _WHEN + "There need not be a key in its environment, and the plugin gets a client of its own "
    "as `self.kili`.",
    "chosen",
    "{call} is called when the plugin is imported",
    "use self.kili in the handlers, and hand it to other functions",
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
    """What runs when the plugin is imported, and should not."""
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
