"""KP301 for relative imports, and KP307: imports of the plugin's own modules and of the SDK."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from kili_emulator.lint.checks.requirements import IMPORT_REFUSED
from kili_emulator.lint.plugin import Plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.python_source.guards import is_caught
from kili_emulator.python_source.imports import IMPORT_ERRORS
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.syntax import ImportNode, absolute_imports, module_of
from kili_emulator.rules.plugin_imports import ON_PREMISE

HIDES = Rule(
    "KP307",
    "warning",
    "A module of the plugin has the name of another module",
    "If the plugin's folder comes first on the path, everything that imports the other module gets "
    "the plugin's module, also the SDK.",
    "inferred",
    "the plugin's own {name} hides another module with that name",
    "rename it",
)

RULES = (HIDES,)

_PACKAGES = {each.lower() for each in (*ON_PREMISE, "cv2", "PIL", "sklearn")} | {"kili_events"}
_SDK = "kili"


def check_relative(plugin: Plugin) -> Iterator[Finding]:
    """Find relative imports of modules that the plugin lacks (contract/plugin.md#imports)."""
    for module in plugin.reachable_modules:
        for node in module.walk():
            if (
                isinstance(node, ast.ImportFrom)
                and node.level
                and not is_caught(module, node, IMPORT_ERRORS)
            ):
                yield from _check_relative_import(plugin, module, node)


def _check_relative_import(
    plugin: Plugin, module: Module, node: ast.ImportFrom
) -> Iterator[Finding]:
    import_text = module_of(node)
    if node.level > len(module.package) + 1:
        yield IMPORT_REFUSED.make_finding(
            module.path,
            node.lineno,
            module=import_text,
            reason="the module is outside the plugin's folder, which starts at main.py",
            remedy="move the module into the folder, and import it from there",
        )
        return
    path = module.absolute(import_text).replace(".", "/")
    exists = any(
        each == f"{path}.py" or each.startswith(f"{path}/") for each in plugin.source.files
    )
    if node.module and not exists:
        yield IMPORT_REFUSED.make_finding(
            module.path,
            node.lineno,
            module=import_text,
            reason="the plugin has no such module",
            remedy=f"put {path}.py into the plugin's folder, and upload the folder",
        )


def check_hidden(plugin: Plugin) -> Iterator[Finding]:
    """Find modules of the plugin that hide others."""
    for name, module in plugin.modules.items():
        is_known = name in sys.stdlib_module_names or name.lower() in _PACKAGES
        if is_known and name != "main" and module in plugin.reachable_modules:
            yield HIDES.make_finding(module.path, 1, name=name)


def kili_imports(plugin: Plugin) -> set[tuple[str, str]]:
    """Return the modules of the SDK that the plugin imports, with the imported names.

    Returns:
        pairs of a module and a name in it; the name is empty for ``import module``.
    """
    if any(name.split(".")[0] == _SDK for name in plugin.modules):
        return set()  # the plugin's own module hides the SDK
    return {
        (name, member)
        for module in plugin.reachable_modules
        for node in module.walk()
        if isinstance(node, ImportNode)
        for name, member in absolute_imports(node)
        if name.split(".")[0] == _SDK
    }
