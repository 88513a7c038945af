"""The view that the checks get of a plugin."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from kili_emulator.lint.client_tracking import ClientTracker
from kili_emulator.lint.installed_sdk import Surface
from kili_emulator.python_source.call_graph import (
    CallGraph,
    SourceNode,
    find_reachable_modules,
    run_at_import,
)
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import Definition, NameResolver
from kili_emulator.python_source.syntax import FunctionNode, methods_of
from kili_emulator.rules.handler_methods import handler_class
from kili_emulator.rules.plugin_policy import Policy
from kili_emulator.rules.plugin_source import Subscriptions


@dataclass(frozen=True)
class Source:
    """The files of a plugin before an upload, and the environment to check it for.

    Attributes:
        files: path relative to the plugin's folder → content, for all Python files.
        others: paths of the other files in the folder, which are not uploaded.
        environments: folders with a Python environment; their files are not in ``others``.
        handlers: name of each handler that the platform calls → names of its arguments.
        policy: where the plugin will run.
        surface: the installed SDK.
    """

    files: Mapping[str, bytes]
    handlers: Mapping[str, tuple[str, ...]]
    policy: Policy = "saas"
    others: frozenset[str] = frozenset()
    environments: tuple[str, ...] = ()
    surface: Surface = field(default_factory=lambda: Surface("0"))


class Plugin:
    """A plugin with its parsed files.

    Args:
        source: the files.
        modules: dotted name → module; files that are not valid Python are left out.

    Attributes:
        names: resolves the names in its files.
        calls: finds the functions that its code calls.
    """

    def __init__(self, source: Source, modules: Mapping[str, Module]) -> None:
        self.source = source
        self.modules = modules
        self.names = NameResolver(modules)
        self.calls = CallGraph(self.names)

    def with_surface(self, surface: Surface) -> Plugin:
        """Return the same plugin, to be checked for another SDK."""
        return Plugin(replace(self.source, surface=surface), self.modules)

    @property
    def main(self) -> Module | None:
        """``main.py``; ``None`` if it is missing or not valid Python."""
        return self.modules.get("main")

    @cached_property
    def handler(self) -> ast.ClassDef | None:
        """The class ``PluginHandler``: like the SDK, the first class of that name."""
        return handler_class(self.main.tree) if self.main else None

    @property
    def handler_methods(self) -> list[FunctionNode]:
        """The methods that the body of ``PluginHandler`` defines directly."""
        return methods_of(self.handler) if self.handler else []

    @cached_property
    def reachable_modules(self) -> list[Module]:
        """The modules that run on the platform: ``main.py`` and the modules that it imports."""
        return find_reachable_modules(self.modules, self.names, self.main) if self.main else []

    @cached_property
    def import_sites(self) -> list[SourceNode]:
        """The nodes that run when the plugin is imported."""
        return list(run_at_import(self.reachable_modules, self.calls))

    @cached_property
    def handler_functions(self) -> dict[Definition, None]:
        """The functions that run when a handler is called, in order."""
        found: dict[Definition, None] = {}
        for start in self.entry_points:
            found.update(dict.fromkeys(self.calls.reach(start)))
        return found

    @property
    def entry_points(self) -> list[Definition]:
        """The methods that the platform calls, with ``__init__``."""
        if not self.main or not self.handler:
            return []
        names = (*self.source.handlers, "__init__")
        found = [self.names.method(self.main, self.handler, name) for name in names]
        typed = [Definition(self.main, method) for method in self.typed_methods]
        return [*filter(None, found), *typed]

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """The subscriptions to events with ``@on_kili_event``, as the SDK reads them."""
        if self.main is None or self.handler is None:
            return Subscriptions()
        return Subscriptions.read(self.main.tree, self.handler)

    @cached_property
    def typed_methods(self) -> list[FunctionNode]:
        """The methods of ``PluginHandler`` that ``@on_kili_event`` subscribes to events."""
        return [each for each in self.handler_methods if self.subscriptions.decorator(each)]

    @cached_property
    def clients(self) -> ClientTracker:
        """Finds the SDK's client in the plugin."""
        return ClientTracker(
            self.names, self.calls, self.reachable_modules, self.main, self.handler
        )

    def resolved_calls(self) -> Iterator[tuple[Module, ast.Call, str]]:
        """Yield the calls in all modules that run, with the origin of the called function."""
        for module in self.reachable_modules:
            for call in module.calls():
                origin = self.names.origin(module, call.func)
                if origin:
                    yield module, call, origin
