"""The names of a source: their bindings and their origins."""

from __future__ import annotations

import ast

import pytest

from kili_emulator.python_source.bound_names import BoundNames
from kili_emulator.python_source.module import Module
from kili_emulator.python_source.name_resolution import NameResolver
from kili_emulator.python_source.syntax import bound_imports


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("import os", {"os": "os"}),
        ("import os.path", {"os": "os"}),
        ("import os.path as p, sys", {"p": "os.path", "sys": "sys"}),
        ("from os import path as p, sep", {"p": "os.path", "sep": "os.sep"}),
        ("from . import helpers", {"helpers": ".helpers"}),
        ("from ..pack.deep import x", {"x": "..pack.deep.x"}),
        ("from os import *", {}),
    ],
)
def test_import_binds_local_names(statement: str, names: dict[str, str]) -> None:
    node = ast.parse(statement).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    assert dict(bound_imports(node)) == names


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("import os as o\no.path.join", "os.path.join"),
        ("import os\njoin = os.path.join\njoin", "os.path.join"),
        ("open", "builtins.open"),
        ("open = 1\nopen", "main.open"),
        ("def f(): 0\nf", "main.f"),
        ("from helpers import g\ng", "json.loads"),
        ("from helpers import *\ng", "json.loads"),
        ("from os import sep\nsep = 1\nsep", None),
        ("a = b\nb = a\na", None),
        ("unknown", None),
    ],
)
def test_name_has_an_origin_if_all_bindings_agree(source: str, origin: str | None) -> None:
    main = Module("main.py", source)
    helpers = Module("helpers.py", "from json import loads as g")
    resolver = NameResolver({"main": main, "helpers": helpers})
    expression = main.tree.body[-1]
    assert isinstance(expression, ast.Expr)
    assert resolver.origin(main, expression.value) == origin


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("from os import x", ["os.x"]),
        ("from os import x\nfrom sys import x", ["sys.x"]),
        ("from os import x\nx = 1", []),
        ("if TYPE_CHECKING:\n    from os import x", []),
        ("if TYPE_CHECKING: 0\nelse:\n    from os import x", ["os.x"]),
        ("try:\n    from os import x\nexcept ImportError:\n    from sys import x", ["sys.x"]),
        ("def f():\n    from os import x", []),
        ("from os import *\nfrom sys import *", ["os.x", "sys.x"]),
        ("from .os import x", ["os.x"]),
    ],
)
def test_last_binding_above_a_line_counts(head: str, names: list[str]) -> None:
    tree = ast.parse(f"{head}\nclass C: x\nx = 2")
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    expression = found.body[0]
    assert isinstance(expression, ast.Expr)
    assert BoundNames.bound_before(tree, found).full_names(expression.value) == names


@pytest.mark.parametrize(
    ("source", "is_self"),
    [
        ("class C:\n    def m(self): self", True),
        ("class C:\n    def m(this, /): this", True),
        ("class C:\n    if True:\n        def m(self): self", True),
        ("class C:\n    def m(self, other): other", False),
        ("class C:\n    def m(self):\n        def f(inner): inner", False),
        ("def f(self): self", False),
    ],
)
def test_self_is_the_first_parameter_of_a_method(source: str, is_self: bool) -> None:
    module = Module("main.py", source)
    loads = [node for node in module.walk() if isinstance(node, ast.Name) and node.id != "True"]
    assert [module.is_self(node) for node in loads] == [is_self]
