"""A plugin as the checks see it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from kili_emulator.lint.call_graph import (
    CallGraph,
    SourceNode,
    find_reachable_modules,
    run_at_import,
)
from kili_emulator.lint.clients import ClientTracker
from kili_emulator.lint.module import Module, methods_of
from kili_emulator.lint.name_resolution import Definition, NameResolver
from kili_emulator.lint.scopes import FunctionNode
from kili_emulator.lint.surface import Surface
from kili_emulator.rules.handler_methods import handler_class
from kili_emulator.rules.plugin_imports import Policy
from kili_emulator.rules.plugin_source import BoundNames

MAIN = "main.py"


@dataclass(frozen=True)
class Source:
    """A plugin as it would be uploaded, and what it is held against.

    Attributes:
        files: its Python files by their path, seen from its folder.
        others: the paths of what else is in its folder, and is not uploaded.
        environments: the folders in it that hold a Python environment; their files are not among
            the others.
        handlers: the handlers that the platform calls, each with the names of its arguments.
        policy: where it is to run.
        surface: of the SDK that is installed.
    """

    files: Mapping[str, bytes]
    handlers: Mapping[str, tuple[str, ...]]
    policy: Policy = "saas"
    others: frozenset[str] = frozenset()
    environments: tuple[str, ...] = ()
    surface: Surface = field(default_factory=lambda: Surface("0"))


class Plugin:
    """A plugin whose files are read.

    Args:
        source: where it comes from.
        modules: its modules by what they are imported as; those that are no Python are missing.

    Attributes:
        names: what names in it stand for.
        calls: which of its functions call which.
    """

    def __init__(self, source: Source, modules: Mapping[str, Module]) -> None:
        self.source = source
        self.modules = modules
        self.names = NameResolver(modules)
        self.calls = CallGraph(self.names)

    def with_surface(self, surface: Surface) -> Plugin:
        """The same plugin, and another SDK."""
        return Plugin(replace(self.source, surface=surface), self.modules)

    @property
    def main(self) -> Module | None:
        """``main.py``, if there is one that is Python."""
        return self.modules.get("main")

    @cached_property
    def handler(self) -> ast.ClassDef | None:
        """The class ``PluginHandler``: the first of that name, as the SDK has it."""
        return handler_class(self.main.tree) if self.main else None

    @cached_property
    def bound_names(self) -> BoundNames:
        """What the SDK takes names for where ``PluginHandler`` is defined."""
        if self.main is None or self.handler is None:
            return BoundNames()
        return BoundNames.bound_before(self.main.tree, self.handler)

    @property
    def handler_methods(self) -> list[FunctionNode]:
        """The methods that stand in ``PluginHandler`` itself."""
        return methods_of(self.handler) if self.handler else []

    @cached_property
    def reachable_modules(self) -> list[Module]:
        """The modules that run on the platform."""
        return find_reachable_modules(self.modules, self.names, self.main) if self.main else []

    @cached_property
    def import_sites(self) -> list[SourceNode]:
        """All that runs when the plugin is imported."""
        return list(run_at_import(self.reachable_modules, self.calls))

    @cached_property
    def handler_functions(self) -> dict[Definition, None]:
        """The functions that run when handlers are called, in order."""
        found: dict[Definition, None] = {}
        for start in self.entry_points:
            found.update(dict.fromkeys(self.calls.reach(start)))
        return found

    @property
    def entry_points(self) -> list[Definition]:
        """The functions that the platform calls, and the one that makes a ``PluginHandler``."""
        if not self.main or not self.handler:
            return []
        names = (*self.source.handlers, "__init__")
        found = [self.names.method(self.main, self.handler, name) for name in names]
        typed = [Definition(self.main, method) for method in self.typed_methods]
        return [*filter(None, found), *typed]

    @cached_property
    def typed_methods(self) -> list[FunctionNode]:
        """The methods of ``PluginHandler`` that are subscribed to events by their annotation."""
        return [each for each in self.handler_methods if self.typed_decorator(each)]

    def typed_decorator(self, method: FunctionNode) -> ast.expr | None:
        """The decorator that subscribes a method, if it has it."""
        return next(filter(self.bound_names.is_decorator, method.decorator_list), None)

    @cached_property
    def clients(self) -> ClientTracker:
        """Where the plugin has the SDK's client."""
        return ClientTracker(
            self.names, self.calls, self.reachable_modules, self.main, self.handler
        )

    def resolved_calls(self) -> Iterator[tuple[Module, ast.Call, str]]:
        """All calls of what can be named, in all modules that run, with the name's origin."""
        for module in self.reachable_modules:
            for call in module.calls():
                origin = self.names.origin(module, call.func)
                if origin:
                    yield module, call, origin
