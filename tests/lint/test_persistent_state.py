"""KP50x: values that a plugin keeps from one run to the next."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import Files, expected_findings, in_class, in_handler, lint_findings

TOP = (
    "import functools, collections, queue\nfrom functools import lru_cache\n"
    "count = 0\nSEEN = []\nKNOWN = {}\nNAMES = ('a', 'b')\nVOTES = collections.defaultdict(list)\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "global count  # KP501\ncount += 1",
        "global count  # KP501\ncount = 1",
        "global count\nprint(count)",
        "global count  # KP501\nfor count in (): 0",
        "count = 1",
        "SEEN.append(1)  # KP502",
        "SEEN.extend([1])  # KP502",
        "SEEN[0] = 1  # KP502",
        "del SEEN[:]  # KP502",
        "SEEN.index(1)",
        "KNOWN[asset_id] = label  # KP502",
        "KNOWN.setdefault(asset_id, 1)  # KP502",
        "KNOWN.get(asset_id)",
        "VOTES['a'].append(1)",
        "VOTES.clear()  # KP502",
        "SEEN = []\nSEEN.append(1)",
        "mine = list(SEEN)\nmine.append(1)",
        "other = SEEN\nother.append(1)  # KP502",
        "def inner():\n    SEEN.append(1)  # KP502\ninner()",
        "label.update(x=1)",
    ],
)
def test_reports_changes_of_module_values(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "top",
    [
        "def f():\n    SEEN.append(1)",
        "SEEN.append(1)",
        "def register(f):\n    SEEN.append(f)\n    return f\n@register\ndef g(): 0",
    ],
)
def test_ignores_functions_that_no_handler_calls(top: str) -> None:
    assert lint_findings(in_handler("pass", TOP + top)) == []


def test_follows_functions_in_other_files() -> None:
    files = {
        "main.py": in_handler("helpers.note(1)", "import helpers"),
        "helpers.py": "SEEN = []\ndef note(x):\n    SEEN.append(x)  # KP502\n    more(x)\n"
        "def more(x):\n    global last  # KP501\n    last = x\n",
    }
    assert lint_findings(files) == expected_findings(files)
    imported: Files = {
        "main.py": in_handler("SEEN.append(1)  # KP502", "from helpers import SEEN"),
        "helpers.py": "SEEN = []\n",
    }
    assert lint_findings(imported) == expected_findings(imported)


@pytest.mark.parametrize(
    "body",
    [
        "seen = []\ndef on_review(self, label, asset_id):\n    self.seen.append(1)  # KP503",
        "seen = {}\ndef on_review(self, label, asset_id):\n    self.seen[1] = 1  # KP503",
        "seen: list = []\ndef on_review(self, label, asset_id):\n    self.seen += [1]  # KP503",
        "seen = ()\ndef on_review(self, label, asset_id):\n    self.seen = 1",
        "count = 0\ndef on_review(self, label, asset_id):\n    self.count += 1",
        "count = 0\ndef on_review(self, label, asset_id):\n    type(self).count += 1  # KP503",
        "count = 0\ndef on_review(self, label, asset_id):\n    self.__class__.count = 1  # KP503",
        "count = 0\ndef on_review(self, label, asset_id):\n    PluginHandler.count = 1  # KP503",
        (
            "seen = []\ndef on_review(self, label, asset_id):\n"
            "    PluginHandler.seen.append(1)  # KP503"
        ),
        "seen = []\ndef on_review(self, label, asset_id):\n    print(self.seen)",
        (
            "seen = []\ndef on_review(self, label, asset_id):\n    self.seen = []\n"
            "    self.seen.append(1)"
        ),
        "seen = []\ndef unused(self):\n    self.seen.append(1)",
        (
            "seen = []\ndef on_review(self, label, asset_id):\n    self.note()\n"
            "def note(self):\n    self.seen.append(1)  # KP503"
        ),
        "def on_review(self, label, asset_id):\n    self.logger.handlers.clear()",
    ],
)
def test_reports_changes_of_class_values(body: str) -> None:
    source = in_class(body)
    assert lint_findings(source) == expected_findings(source)


def test_reports_changes_of_values_of_a_base_class() -> None:
    source = (
        "from kili.plugins import PluginCore\nclass Base(PluginCore):\n    seen = []\n"
        "class PluginHandler(Base):\n    def on_submit(self, label, asset_id):\n"
        "        self.seen.append(1)  # KP503\n"
    )
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "top",
    [
        "@functools.cache  # KP504\ndef f(): 0",
        "@lru_cache  # KP504\ndef f(): 0",
        "@lru_cache(maxsize=8)  # KP504\ndef f(): 0",
        "class A:\n    @functools.lru_cache()  # KP504\n    def f(self): 0",
        "class A:\n    @functools.cached_property\n    def f(self): 0",
        "@functools.wraps(print)\ndef f(): 0",
    ],
)
def test_reports_cached_results(top: str) -> None:
    source = in_handler("pass", TOP + top)
    assert lint_findings(source) == expected_findings(source)
