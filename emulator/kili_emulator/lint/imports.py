"""KP30x: imports and requirements. What a policy allows is told by the rules for each."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from kili_emulator.lint.guards import is_caught
from kili_emulator.lint.module import Module
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.rules.plugin_imports import ON_PREMISE

REFUSED = Rule(
    "KP301",
    "error",
    "An import is not there",
    "In the cloud there is what requirements.txt names, and what the platform has by itself; on "
    "premise, and in the tutorial, there are fixed lists. A missing package keeps the plugin from "
    "being deployed.",
    "documented",
    "{module} cannot be imported: {reason}",
    "{remedy}",
)
REFUSED_UNUSED = Rule(
    "KP302",
    "warning",
    "A file that main.py does not import has an import that is not there",
    "The file is uploaded, but only fails once something imports it. The emulator refuses the "
    "plugin in any case.",
    "chosen",
    "{module} cannot be imported, if ever this file is: {reason}",
    "take the file out of the folder, or: {remedy}",
)
REQUIREMENT_UNREADABLE = Rule(
    "KP303",
    "error",
    "A line of requirements.txt cannot be followed",
    "The platform has pip install what the file names. Of the plugin's folder only Python files "
    "and requirements.txt itself arrive there.",
    "documented",
    "{text}: {reason}",
    "correct the line",
)
REQUIREMENT_UNMET = Rule(
    "KP304",
    "note",
    "A requirement is not installed here",
    "The platform installs it. Here a plugin that imports it cannot be tried, and what the "
    "requirement brings is not known to the lint.",
    "chosen",
    "{text}: {reason}",
    "run `{command}`",
)
REQUIREMENTS_IGNORED = Rule(
    "KP305",
    "warning",
    "requirements.txt is not read",
    "Only the cloud installs what requirements.txt names.",
    "documented",
    "with the policy {policy}, requirements.txt is not read",
    "take it out of the folder",
)
HIDES = Rule(
    "KP307",
    "warning",
    "A module of the plugin has the name of another one",
    "Where the plugin's folder comes first on the path, all that imports the other module, the SDK "
    "included, gets the plugin's.",
    "inferred",
    "the plugin's own {name} hides the module of that name, for whatever imports it",
    "give it another name",
)

RULES = (
    REFUSED,
    REFUSED_UNUSED,
    REQUIREMENT_UNREADABLE,
    REQUIREMENT_UNMET,
    REQUIREMENTS_IGNORED,
    HIDES,
)

_PACKAGES = {each.lower() for each in (*ON_PREMISE, "cv2", "PIL", "sklearn")} | {"kili_events"}
_SDK = "kili"
_ERRORS = ("ImportError", "ModuleNotFoundError")


def check_relative(plugin: Plugin) -> Iterator[Finding]:
    """Whether relative imports lead to modules of the plugin (contract/plugin.md#imports)."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if (
                isinstance(node, ast.ImportFrom)
                and node.level
                and not is_caught(module, node, _ERRORS)
            ):
                yield from _check_relative_import(plugin, module, node)


def _check_relative_import(
    plugin: Plugin, module: Module, node: ast.ImportFrom
) -> Iterator[Finding]:
    import_text = "." * node.level + (node.module or "")
    if node.level > len(module.package) + 1:
        yield REFUSED.make_finding(
            module.path,
            node.lineno,
            module=import_text,
            reason="it leads out of the plugin's folder, of which main.py is the top",
            remedy="move the module into the folder, and import it from there",
        )
        return
    path = module.absolute(import_text).replace(".", "/")
    exists = any(
        each == f"{path}.py" or each.startswith(f"{path}/") for each in plugin.source.files
    )
    if node.module and not exists:
        yield REFUSED.make_finding(
            module.path,
            node.lineno,
            module=import_text,
            reason="it is no module of the plugin",
            remedy=f"put {path}.py into the plugin's folder, and upload the folder",
        )


def check_hidden(plugin: Plugin) -> Iterator[Finding]:
    """Whether modules of the plugin hide others."""
    for name, module in plugin.modules.items():
        is_known = name in sys.stdlib_module_names or name.lower() in _PACKAGES
        if is_known and name != "main" and module in plugin.reachable_modules:
            yield HIDES.make_finding(module.path, 1, name=name)


def kili_imports(plugin: Plugin) -> set[tuple[str, str]]:
    """The modules of the SDK that run code of the plugin imports, and the names of them.

    Returns:
        pairs of a module and a name in it; the name is empty where the module is imported itself.
    """
    found: set[tuple[str, str]] = set()
    if any(name.split(".")[0] == _SDK for name in plugin.modules):
        return found  # the plugin's own hides it
    for module in plugin.reachable_modules:
        for node in module.walk():
            if isinstance(node, ast.Import):
                found |= {(each.name, "") for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {(node.module, each.name) for each in node.names}
    return {each for each in found if each[0].split(".")[0] == _SDK}
