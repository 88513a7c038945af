"""Search for the regular expressions in the source, and the methods that apply them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

METHODS = frozenset(
    ("match", "fullmatch", "search", "split", "findall", "finditer", "sub", "subn", "scanner")
)
_NO_PATTERN = frozenset(("escape", "purge", "Pattern", "Match"))

# Where functions of ``re`` take flags, other than as their third argument.
_FLAGS = {"compile": 1, "split": 3, "sub": 4, "subn": 4}

# Patterns that are handed to a library, with the methods that the library calls.
_APPLIED_BY_LIBRARIES = {
    ("kili_emulator.scenario.yaml_document", "_PLAIN_VALUE"): frozenset(
        {"match"}
    ),  # PyYAML's resolvers
}


@dataclass(frozen=True)
class SourcePattern:
    """A regular expression of the source.

    Attributes:
        place: module and line, as ``kili_emulator.rules.pdf:12``.
        methods: the methods of ``re.Pattern`` by which the code applies it.
    """

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def find_patterns(package: Path) -> Iterator[SourcePattern]:
    """Return all regular expressions of a package.

    Raises:
        AssertionError: the search cannot follow the code: ``re`` is imported in part or under
            another name, or the pattern is no constant of its module.
    """
    for path in sorted(package.rglob("*.py")):
        source = _Source(package, path)
        if "re" in source.text:
            yield from source.patterns()


class _Source:
    """A module, and its uses of ``re``."""

    def __init__(self, package: Path, path: Path) -> None:
        relative = path.relative_to(package.parent).with_suffix("")
        self.name = ".".join(relative.parts).removesuffix(".__init__")
        self.text = path.read_text(encoding="utf-8")
        self._nodes = list(ast.walk(ast.parse(self.text)))

    def patterns(self) -> Iterator[SourcePattern]:
        self._check_imports()
        for node in self._nodes:
            if isinstance(node, ast.Call) and _is_of_re(node.func):
                assert isinstance(node.func, ast.Attribute)
                if node.func.attr not in _NO_PATTERN:
                    yield self._found(node, node.func.attr)

    def _found(self, call: ast.Call, function: str) -> SourcePattern:
        place = f"{self.name}:{call.lineno}"
        flags = [each.value for each in call.keywords if each.arg == "flags"]
        flags += call.args[_FLAGS.get(function, 2) :][:1]
        try:
            pattern = re.compile(*map(self._value, [call.args[0], *flags]))
        except NameError as error:
            raise AssertionError(f"{place}: the pattern is no constant of its module") from error
        methods = frozenset({function}) if function in METHODS else self._methods(call)
        assert methods, f"{place}: nothing tells how the pattern is applied"
        return SourcePattern(place, pattern, methods)

    def _value(self, expression: ast.expr) -> Any:
        code = compile(ast.Expression(expression), self.name, "eval")
        return eval(code, vars(importlib.import_module(self.name)))

    def _methods(self, call: ast.Call) -> frozenset[str]:
        """Return the methods called on a pattern's name and on parameters that take any pattern."""
        names = {
            target.id
            for node in self._nodes
            if isinstance(node, ast.Assign) and node.value is call
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        known = [_APPLIED_BY_LIBRARIES.get((self.name, each), frozenset()) for each in names]
        owners = {id(node.value) for node in self._nodes if isinstance(node, ast.Attribute)}
        reads = [
            node
            for node in self._nodes
            if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
        ]
        passed_on = any(id(each) not in owners for each in reads)
        takers = names | (self._parameters if passed_on else set())
        return self._called_on(takers).union(*known)

    def _called_on(self, names: set[str]) -> frozenset[str]:
        return frozenset(
            node.attr
            for node in self._nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in names
            and node.attr in METHODS
        )

    @cached_property
    def _parameters(self) -> set[str]:
        return {
            node.arg
            for node in self._nodes
            if isinstance(node, ast.arg)
            and node.annotation is not None
            and "re.Pattern" in ast.unparse(node.annotation)
        }

    def _check_imports(self) -> None:
        for node in self._nodes:
            whole = isinstance(node, ast.Import) and any(
                each.name == "re" and each.asname for each in node.names
            )
            if whole or (isinstance(node, ast.ImportFrom) and node.module in ("re", "regex")):
                raise AssertionError(f"{self.name}: write `import re`, so that tests find patterns")


def _is_of_re(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
    )
