"""KP90x: uses of the SDK that do not match the installed SDK."""

from __future__ import annotations

import dataclasses

import pytest

from kili_emulator.lint.installed_sdk import Method
from tests.lint.marked_source import (
    SURFACE,
    Files,
    expected_findings,
    in_class,
    in_handler,
    lint,
    lint_findings,
)


@pytest.mark.parametrize(
    "body",
    [
        "self.kili.labels(1)",
        "self.kili.append_lables([1])  # KP901",
        "self.kili.nothing  # KP901",
        "f = self.kili.nothing  # KP901",
        "kili = self.kili\nkili.nothing()  # KP901",
        "one = two = self.kili\ntwo.nothing()  # KP901",
        "kili = self.kili\nkili = label\nkili.nothing()",
        "kili: object = self.kili\nkili.nothing()  # KP901",
        "(k := self.kili).labels(1)\nk.nothing()  # KP901",
        "plugin = self\nplugin.kili.nothing()  # KP901",
        "[self.kili.nothing(x) for x in label]  # KP901",
        "f = lambda: self.kili.nothing()  # KP901",
        "def inner():\n    self.kili.nothing()  # KP901\ninner()",
        "self.kili.graphql_client.execute('')",
        "self.kili.llm.anything()",
        "self.kili._private",
        "self.kili.mine = 1\nprint(self.kili.mine)",
        "getattr(self.kili, 'nothing')",
        "if hasattr(self.kili, 'nothing'):\n    self.kili.nothing()",
        "try:\n    self.kili.nothing()\nexcept AttributeError:\n    pass",
        "label.kili.nothing()",
        "self.other.nothing()",
        "node = label\nnode = node.next\nnode.nothing()",
    ],
)
def test_reports_a_method_that_the_client_lacks(body: str) -> None:
    source = in_handler(body)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "files",
    [
        {
            "main.py": in_handler("helpers.go(self.kili)", "import helpers"),
            "helpers.py": "def go(client):\n    client.nothing()  # KP901\n",
        },
        {
            "main.py": in_handler("helpers.go(1, client=self.kili)", "import helpers"),
            "helpers.py": (
                "def go(x, client=None):\n    x.nothing()\n    client.nothing()  # KP901\n"
            ),
        },
        {
            "main.py": in_handler("helpers.go(self)", "import helpers"),
            "helpers.py": (
                "def go(plugin):\n    plugin.kili.nothing()  # KP901\n"
                "    more(plugin.kili)\n"
                "def more(c):\n    c.nothing()  # KP901\n"
            ),
        },
        {
            "main.py": in_handler("Helper(self.kili).go()", "from helpers import Helper"),
            "helpers.py": "class Helper:\n    def __init__(self, k):\n        self.k = k\n"
            "    def go(self):\n        self.k.nothing()  # KP901\n",
        },
        {
            "main.py": in_handler("Helper.go(self.kili)", "from helpers import Helper"),
            "helpers.py": (
                "class Helper:\n    @staticmethod\n    def go(k):\n        k.nothing()  # KP901\n"
            ),
        },
        {
            "main.py": in_handler("pass", "import helpers"),
            "helpers.py": (
                "from kili.client import Kili\ndef go(k: Kili):\n    k.nothing()  # KP901\n"
            ),
        },
        {
            "main.py": "from base import Base\nclass PluginHandler(Base):\n"
            "    def on_submit(self, label, asset_id): self.go()",
            "base.py": "from kili.plugins import PluginCore\nclass Base(PluginCore):\n"
            "    def go(self): self.kili.nothing()  # KP901\n",
        },
        {
            "main.py": in_class(
                "def __init__(self, kili, project_id, logger):\n"
                "    super().__init__(kili, project_id, logger)\n    kili.nothing()  # KP901\n"
                "    self.client = kili\n"
                "def go(self):\n    self.client.nothing()  # KP901"
            ),
        },
    ],
)
def test_follows_the_client_through_arguments_and_attributes(files: Files) -> None:
    assert lint_findings(files) == expected_findings(files)


def test_names_a_similar_method() -> None:
    (finding,) = lint(in_handler("self.kili.send_back_to_queu()"))
    assert finding.reason.endswith("has no send_back_to_queu (it has send_back_to_queue)")


def test_accepts_any_method_if_the_attributes_are_unknown() -> None:
    anything = dataclasses.replace(SURFACE, attributes=None)
    assert lint_findings(in_handler("self.kili.nothing()"), surface=anything) == []


OLD = dataclasses.replace(
    SURFACE,
    methods={
        "old": Method(("x", "y"), deprecated="Use new.", deprecated_parameters={"y": "Leave it."}),
        "new": Method(("x", "y", "z"), required=("x",), keyword_only=("z",)),
        "open": Method(("x",), collects=True, collects_positional=True),
        "parted": Method(("x",), deprecated_parameters={"x": "DEPRECATED, use y."}),
    },
)


@pytest.mark.parametrize(
    "body",
    [
        "self.kili.old()  # KP902",
        "print(self.kili.old)  # KP902",
        "self.kili.old(y=1)  # KP902 KP903",
        "self.kili.parted(x=1)  # KP903",
        "self.kili.parted(1)",
        "self.kili.new(1)",
        "self.kili.new(1, 2, z=3)",
        "self.kili.new(x=1, y=2, z=3)",
        "self.kili.new()  # KP904",
        "self.kili.new(y=2)  # KP904",
        "self.kili.new(1, w=2)  # KP904",
        "self.kili.new(1, 2, 3)  # KP904",
        "self.kili.new(1, x=2)  # KP904",
        "self.kili.new(*label)",
        "self.kili.new(**label)",
        "self.kili.new(w=1, **label)  # KP904",
        "try:\n    self.kili.new(1, w=2)\nexcept TypeError:\n    pass",
        "self.kili.open(1, 2, 3, w=4)",
        "self.kili.open(1, x=2)  # KP904",
    ],
)
def test_reports_arguments_that_the_method_lacks(body: str) -> None:
    source = in_handler(body)
    assert lint_findings(source, surface=OLD) == expected_findings(source)


def test_deprecation_finding_quotes_the_sdk() -> None:
    method, argument = lint(in_handler("self.kili.old(y=1)"), surface=OLD)

    assert method.remedy == "follow the advice of the SDK: Use new."
    assert argument.remedy == "follow the advice of the SDK: Leave it."
    (finding,) = lint(in_handler("self.kili.new(w=1, x=2)"), surface=OLD)
    assert finding.reason == "new of the SDK 26.2.4 has no argument w"
    assert finding.remedy == "use its parameters: x, y, z"


LACKING = dataclasses.replace(
    SURFACE, missing=frozenset({("kili.gone", ""), ("kili.gone", "x"), ("kili.utils", "gone")})
)


@pytest.mark.parametrize(
    "top",
    [
        "from kili.types import Label  # KP905",
        "import kili.types  # KP905",
        "from kili import types  # KP905",
        "import kili.gone  # KP906",
        "from kili.gone import x  # KP906",
        "from kili.utils import labels, gone  # KP906",
        "try:\n    import kili.gone\nexcept ImportError:\n    pass",
        "try:\n    from kili.types import Label\nexcept ModuleNotFoundError:\n    Label = dict",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kili.types import Label",
        "from .types import Label  # KP301",
        "import types",
    ],
)
def test_reports_imports_that_the_sdk_lacks(top: str) -> None:
    source = in_handler("pass", top)
    assert lint_findings(source, surface=LACKING) == expected_findings(source)


@pytest.mark.parametrize(
    "body",
    [
        "from kili.client import Kili\nKili()  # KP907",
        "from kili.client import Kili as K\nK().labels(1)  # KP907",
        "from kili.client_domain import Kili\nKili()  # KP907",
        "import kili.client\nkili.client.Kili(api_key=label['x'])  # KP907",
        "from kili.client import Kili\nKili(api_key='0123456789abcdef')  # KP907 KP908",
        "from kili.client import Kili\nprint(Kili)",
        "Kili = print\nKili()",
    ],
)
def test_reports_clients_that_the_plugin_creates(body: str) -> None:
    source = in_handler(body)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "top",
    [
        "API_KEY = '0123-4567-89ab'  # KP908",
        "api_key = 'emulator-admin'  # KP908",
        "HEADERS = {'Authorization': 'X-API-Key: 0123-4567-89ab'}  # KP908",
        "API_KEY = ''",
        "API_KEY = 'short'",
        "API_KEY = 'KILI_API_KEY'",
        "API_KEY = 'put your key here'",
        "API_KEY = __import__('os').environ['KILI_API_KEY']",
        "HEADER = 'X-API-Key: %s'",
        "HEADER = 'X-API-Key: {key}'",
        "key = '0123-4567-89ab'",
        "if __name__ == '__main__':\n    api_key = '0123-4567-89ab'  # KP908",
    ],
)
def test_reports_api_keys_in_the_source(top: str) -> None:
    source = in_handler("pass", top)
    assert lint_findings(source) == expected_findings(source)


def test_reports_api_keys_in_files_that_do_not_run() -> None:
    files = {"main.py": in_handler("pass"), "upload.py": "API_KEY = '0123-4567-89ab'  # KP908"}
    assert lint_findings(files) == expected_findings(files)
