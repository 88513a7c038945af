"""KP301 and KP307: imports of the plugin's own modules and of the SDK."""

from __future__ import annotations

import pytest

from kili_emulator.lint.checks.imports import kili_imports
from kili_emulator.lint.plugin import Source
from kili_emulator.lint.run_checks import read
from tests.lint.marked_source import HANDLERS, expected_findings, in_handler, lint_findings

HELPERS = {"helpers.py": "x = 1", "pack/__init__.py": "", "pack/a.py": "", "pack/b.py": "x = 1"}
FOLDER = {"folder/deep.py": "x = 1"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("main.py", "from . import helpers"),
        ("main.py", "from .helpers import x"),
        ("main.py", "from .folder.deep import x"),
        ("main.py", "from .folder import deep"),
        ("main.py", "from .nothing import x  # KP301"),
        ("main.py", "from .folder.nothing import x  # KP301"),
        ("main.py", "from .folde import deep  # KP301"),
        ("main.py", "from ..helpers import x  # KP301"),
        ("helpers.py", "from . import pack"),
        ("helpers.py", "from .. import pack  # KP301"),
        ("pack/a.py", "from .. import helpers"),
        ("pack/a.py", "from ..helpers import x"),
        ("pack/a.py", "from ..nothing import x  # KP301"),
        ("pack/a.py", "from ...helpers import x  # KP301"),
        ("pack/a.py", "from . import b"),
        ("pack/a.py", "from .b import x"),
        ("pack/__init__.py", "from . import b"),
        ("pack/__init__.py", "from .. import helpers"),
        ("pack/__init__.py", "from ... import helpers  # KP301"),
        ("main.py", "try:\n    from .nothing import x\nexcept ImportError:\n    x = 1"),
        (
            "main.py",
            "try:\n    from .helpers import x\nexcept ImportError:\n    from helpers import x",
        ),
        ("main.py", "if __name__ == '__main__':\n    from .helpers import x"),
    ],
)
def test_relative_imports_must_lead_to_modules_of_the_plugin(path: str, text: str) -> None:
    main = in_handler("pass", "import helpers, pack.a")
    files = {
        **HELPERS,
        **FOLDER,
        "main.py": main,
        path: text + ("\n" + main if path == "main.py" else ""),
    }
    assert lint_findings(files) == expected_findings(files)


@pytest.mark.parametrize(
    ("path", "imported", "expected"),
    [
        ("logging.py", "logging", ["KP307"]),
        ("requests.py", "requests", ["KP307"]),
        ("kili.py", "kili", ["KP307"]),
        ("PIL/__init__.py", "PIL", ["KP307"]),
        ("boxes.py", "boxes", []),
        ("checks/logging.py", "checks.logging", []),
        ("logging.py", "boxes", []),
    ],
)
def test_reports_modules_that_hide_others(path: str, imported: str, expected: list[str]) -> None:
    files = {"main.py": in_handler("pass", f"import {imported}"), path: "class PluginCore: 0"}
    assert [code for *_, code in lint_findings(files)] == expected


def test_lists_sdk_imports_of_code_that_runs() -> None:
    top = (
        "import kili.client\nimport json\nfrom kili.utils import labels, assets as own\n"
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kili.domain import x\n"
    )
    files = {
        "main.py": in_handler("import helpers", top).encode(),
        "helpers.py": b"from kili.exceptions import GraphQLError",
        "unused.py": b"import kili.nothing",
    }
    plugin, _ = read(Source(files, HANDLERS))
    hiding, _ = read(Source({**files, "kili/client.py": b""}, HANDLERS))

    assert kili_imports(hiding) == set()
    assert kili_imports(plugin) == {
        ("kili.client", ""),
        ("kili.exceptions", "GraphQLError"),
        ("kili.plugins", "PluginCore"),
        ("kili.utils", "assets"),
        ("kili.utils", "labels"),
    }
