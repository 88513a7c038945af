"""The scopes of a module, and the places that bind names in them."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kili_emulator.python_source.syntax import (
    FUNCTIONS,
    FunctionNode,
    ImportNode,
    all_parameters,
    bound_imports,
    imports_all,
    is_type_checking,
    module_of,
    nodes_in_scope,
)

_NAME = ast.Name("__name__", ast.Load())
_MAIN = ast.Constant("__main__")

Kind = Literal["import", "definition", "value", "with", "loop", "parameter", "other"]


@dataclass(frozen=True)
class Binding:
    """One place that binds a name.

    Attributes:
        node: the statement, parameter or target.
        origin: for an import, the dotted name of the imported object; relative ones start with
            dots.
        value: the assigned expression; for a loop the iterated expression, for a ``with`` the
            context manager.
        never_run: the place is for type checkers or scripts only.
    """

    kind: Kind
    node: ast.AST
    origin: str | None = None
    value: ast.expr | None = None
    never_run: bool = False


class Scope:
    """The names of a module, class, function or comprehension.

    Attributes:
        node: the module, class, function or comprehension.
        bindings: name → all places that bind it in this scope.
        declared_elsewhere: name → the outer scope, for ``global`` and ``nonlocal`` names.
    """

    def __init__(self, node: ast.AST, parent: Scope | None = None) -> None:
        self.node = node
        self.parent = parent
        self.bindings: dict[str, list[Binding]] = {}
        self.declared_elsewhere: dict[str, Scope] = {}

    def bind(self, name: str, binding: Binding) -> None:
        owner = self.declared_elsewhere.get(name, self)
        owner.bindings.setdefault(name, []).append(binding)

    def find(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that owns a name which is read here, with the bindings of the name."""
        scope: Scope | None = self
        while scope is not None:
            owner = scope.declared_elsewhere.get(name, scope)
            is_seen = scope is self or not isinstance(scope.node, ast.ClassDef)
            if is_seen and name in owner.bindings:
                return owner, owner.bindings[name]
            scope = scope.parent
        return None


class ScopeBuilder:
    """Find the scopes of a module.

    Attributes:
        module: the scope of the module itself.
        scope_of: node → the scope in which it is evaluated.
        never_run: the nodes for type checkers or scripts only: those below ``if TYPE_CHECKING`` and
            ``if __name__ == "__main__"``.
        stars: the modules of ``from … import *``; relative ones start with dots.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = self._scope = Scope(tree)
        self.scope_of: dict[ast.AST, Scope] = {}
        self.never_run: set[ast.AST] = set()
        self.stars: list[str] = []
        self._is_never_run = False
        self._visitors: list[tuple[tuple[type[ast.AST], ...], Callable[[Any], None]]] = [
            ((ast.Import, ast.ImportFrom), self._import),
            ((ast.Assign, ast.AnnAssign, ast.NamedExpr), self._assign),
            ((ast.AugAssign,), self._augment),
            ((ast.For, ast.AsyncFor, ast.comprehension), self._loop),
            ((ast.withitem,), self._with),
            ((ast.ExceptHandler, ast.MatchAs, ast.MatchStar), self._capture),
            ((ast.MatchMapping,), self._capture_rest),
            ((*FUNCTIONS, ast.Lambda), self._function),
            ((ast.ClassDef,), self._class),
            ((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), self._comprehension),
            ((ast.If,), self._if),
        ]
        self._visit_all(tree.body)

    def _visit(self, root: ast.AST) -> None:
        waiting = [root]
        while waiting:  # no recursion: expressions may be nested deeper than the call stack
            node = waiting.pop()
            self.scope_of[node] = self._scope
            if self._is_never_run:
                self.never_run.add(node)
            visitor = next(
                (visitor for kinds, visitor in self._visitors if isinstance(node, kinds)), None
            )
            if visitor:
                visitor(node)
            else:
                waiting += [*ast.iter_child_nodes(node)][::-1]

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for each in nodes:
            if each is not None:
                self._visit(each)

    def _bind(
        self,
        name: str,
        kind: Kind,
        node: ast.AST,
        value: ast.expr | None = None,
        origin: str | None = None,
    ) -> None:
        self._scope.bind(name, Binding(kind, node, origin, value, self._is_never_run))

    def _bind_target(self, target: ast.expr, kind: Kind, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, kind, target, value)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, "other", None)
        elif isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                self._bind_target(each, "other", None)

    # Nodes that bind names

    def _import(self, node: ImportNode) -> None:
        if isinstance(node, ast.ImportFrom) and imports_all(node):
            self.stars.append(module_of(node))
        for name, origin in bound_imports(node):
            self._bind(name, "import", node, origin=origin)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> None:
        if node.value is not None:
            for each in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self._bind_target(each, "value", node.value)
        self._visit_all(ast.iter_child_nodes(node))

    def _augment(self, node: ast.AugAssign) -> None:
        self._bind_target(node.target, "other", None)
        self._visit_all(ast.iter_child_nodes(node))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.comprehension) -> None:
        self._bind_target(node.target, "loop", node.iter)
        self._visit_all(ast.iter_child_nodes(node))

    def _with(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._bind_target(node.optional_vars, "with", node.context_expr)
        self._visit_all(ast.iter_child_nodes(node))

    def _capture(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name, "other", node)
        self._visit_all(ast.iter_child_nodes(node))

    def _capture_rest(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest, "other", node)
        self._visit_all(ast.iter_child_nodes(node))

    # Nodes with a scope of their own

    def _function(self, node: FunctionNode | ast.Lambda) -> None:
        arguments = node.args
        self._visit_all([*arguments.defaults, *arguments.kw_defaults])
        self._visit_all(each.annotation for each in all_parameters(arguments))
        body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            self._bind(node.name, "definition", node)
            self._visit_all([*node.decorator_list, node.returns])
        with self._nested_scope(node):
            for parameter in all_parameters(arguments):
                self._bind(parameter.arg, "parameter", parameter)
            for each in nodes_in_scope(body):
                self._declare(each)
            self._visit_all(body)

    def _declare(self, node: ast.AST) -> None:
        if isinstance(node, ast.Global):
            self._scope.declared_elsewhere.update(dict.fromkeys(node.names, self.module))
        elif isinstance(node, ast.Nonlocal):
            for name in node.names:
                found = self._scope.parent.find(name) if self._scope.parent else None
                if found:
                    self._scope.declared_elsewhere[name] = found[0]

    def _class(self, node: ast.ClassDef) -> None:
        self._bind(node.name, "definition", node)
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        with self._nested_scope(node):
            self._visit_all(node.body)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        with self._nested_scope(node):
            self._visit_all([*node.generators, *results])

    @contextlib.contextmanager
    def _nested_scope(self, node: ast.AST) -> Iterator[None]:
        outer, self._scope = self._scope, Scope(node, self._scope)
        yield
        self._scope = outer

    # Nodes that never run

    def _if(self, node: ast.If) -> None:
        self._visit(node.test)
        was_never_run, self._is_never_run = (
            self._is_never_run,
            self._is_never_run or _is_never_true(node.test),
        )
        self._visit_all(node.body)
        self._is_never_run = was_never_run
        self._visit_all(node.orelse)


def _is_never_true(test: ast.expr) -> bool:
    """Return whether a test is false when a module is imported."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
        sides = [ast.dump(each) for each in (test.left, test.comparators[0])]
        return sorted(sides) == sorted(map(ast.dump, (_NAME, _MAIN)))
    return is_type_checking(test)
