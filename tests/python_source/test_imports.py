"""The modules that a source imports when it runs."""

from __future__ import annotations

import pytest

from kili_emulator.python_source.imports import Import, imports_of


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy", [Import("numpy", 1)]),
        ("import numpy as np, pandas.core", [Import("numpy", 1), Import("pandas.core", 1)]),
        ("\nfrom kili.plugins import PluginCore", [Import("kili.plugins", 2)]),
        ("from . import helpers\nfrom .a import b\nfrom .. import c", []),
        ("def f():\n    import yaml", [Import("yaml", 2)]),
        ("class A:\n  class B:\n    def f(self):\n      import yaml", [Import("yaml", 4)]),
        ("if True:\n    import yaml", [Import("yaml", 2)]),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import yaml",
            [Import("typing", 1)],
        ),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import yaml", [Import("typing", 1)]),
        (
            "if TYPE_CHECKING:\n    import yaml\nelse:\n    import attr",
            [Import("attr", 4)],
        ),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None", [Import("yaml", 2, True)]),
        ("try:\n    import yaml\nexcept:\n    pass", [Import("yaml", 2, True)]),
        ("try:\n    import yaml\nexcept (KeyError, ImportError): 0", [Import("yaml", 2, True)]),
        ("try:\n    import yaml\nexcept ModuleNotFoundError: 0", [Import("yaml", 2, True)]),
        ("try:\n    import yaml\nexcept Exception: 0", [Import("yaml", 2, True)]),
        ("try:\n    import yaml\nexcept KeyError: 0", [Import("yaml", 2)]),
        ("try:\n    import yaml\nfinally: 0", [Import("yaml", 2)]),
        (
            "try:\n    import ujson\nexcept ImportError:\n    import simplejson",
            [Import("ujson", 2, True), Import("simplejson", 4, True)],
        ),
        (
            "try:\n    import ujson\nexcept KeyError:\n    import yaml",
            [Import("ujson", 2), Import("yaml", 4)],
        ),
        ("try:\n    0\nexcept ImportError:\n    import yaml", [Import("yaml", 4)]),
        (
            "import sys\nif sys.version_info >= (3, 11):\n    import new\nelse:\n    import old",
            [Import("sys", 1), Import("new", 3, True), Import("old", 5, True)],
        ),
        ("if sys.platform == 'win32':\n    import win32api", [Import("win32api", 2, True)]),
        ("if find_spec('yaml') is not None:\n    import yaml", [Import("yaml", 2, True)]),
        ("if import_module('yaml'):\n    import attr", [Import("yaml", 1), Import("attr", 2)]),
        ("try:\n    0\nexcept ImportError: 0\nelse:\n    import yaml", [Import("yaml", 5)]),
        (
            "import contextlib\nwith contextlib.suppress(ImportError):\n    import yaml",
            [Import("contextlib", 1), Import("yaml", 3, True)],
        ),
        ("with suppress(KeyError):\n    import yaml", [Import("yaml", 2)]),
        ("with open('f') as f:\n    import yaml", [Import("yaml", 2)]),
        ("importlib.import_module('yaml.nodes')", [Import("yaml.nodes", 1)]),
        ("import_module('yaml')", [Import("yaml", 1)]),
        ("__import__('yaml')", [Import("yaml", 1)]),
        ("importlib.import_module('.own', 'package')", []),
        ("importlib.import_module(name)", []),
        ("importlib.import_module()", []),
        ("importlib.import_module('')", []),
        ("__import__(1)", []),
        ("async def f():\n    import yaml", [Import("yaml", 2)]),
        ("", []),
    ],
)
def test_only_imports_that_run_are_listed(source: str, found: list[Import]) -> None:
    assert imports_of(source) == found


def test_source_that_is_not_valid_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        imports_of("import")
