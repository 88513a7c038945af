"""KP40x: side effects of the import of a plugin."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import Files, expected_findings, in_handler, lint_findings

TOP = (
    "import os, time, threading, subprocess, requests, urllib.request, pathlib\n"
    "from pathlib import Path\nimport time as clock\nfrom kili.client import Kili\n"
)


@pytest.mark.parametrize(
    "top",
    [
        "print('x')  # KP401",
        "if True:\n    print('x')  # KP401",
        "try:\n    print('x')  # KP401\nfinally: 0",
        "for x in range(3):\n    print(x)  # KP401",
        "class Other:\n    print('x')  # KP401",
        "def f(x=print()): 0  # KP401",
        "f = lambda x=print(): 0  # KP401",
        "@print  \ndef f(): 0",
        "@print()  # KP401\ndef f(): 0",
        "x = [print(y) for y in ()]  # KP401",
        "def f():\n    print('x')",
        "f = lambda: print('x')",
        "def f():\n    print('x')  # KP401\nf()",
        "def f():\n    g()\ndef g():\n    print('x')  # KP401\nf()",
        "class Other:\n    def __init__(self):\n        print('x')  # KP401\nOther()",
        "if __name__ == '__main__':\n    print('x')",
        "if '__main__' == __name__:\n    print('x')\nelse:\n    print('y')  # KP401",
        "open('/tmp/x', 'w')  # KP402",
        "x = open('/etc/hosts').read()  # KP402",
        "Path('/tmp/x').write_text('')  # KP402",
        "p = pathlib.Path('/tmp')\np.mkdir()  # KP402",
        "requests.get('https://e.org')  # KP402",
        "urllib.request.urlopen('https://e.org')  # KP402",
        "session = requests.Session()",
        "here = os.path.dirname(__file__)",
        "key = os.environ.get('KEY')",
        "threading.Thread(target=print).start()  # KP403 KP714",
        "t = threading.Thread(target=print)\nt.start()  # KP403\nt.join()",
        "subprocess.run(['ls'])  # KP403",
        "os.system('ls')  # KP403",
        "lock = threading.Lock()",
        "clock.sleep(1)  # KP404",
        "kili = Kili()  # KP405",
    ],
)
def test_reports_side_effects_of_the_import(top: str) -> None:
    source = in_handler("pass", TOP + top)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": in_handler("pass", "import helpers"), "helpers.py": "print()  # KP401"},
        {"main.py": in_handler("import helpers"), "helpers.py": "print()  # KP401"},
        {"main.py": in_handler("pass"), "helpers.py": "print()"},
        {
            "main.py": in_handler("pass", "from helpers import setup\nsetup()"),
            "helpers.py": "def setup():\n    print()  # KP401",
        },
        {
            "main.py": in_handler("pass", "import pack.deep"),
            "pack/__init__.py": "print()  # KP401",
            "pack/deep.py": "print()  # KP401",
            "pack/other.py": "print()",
        },
        {
            "main.py": in_handler("import importlib\nimportlib.import_module('helpers')"),
            "helpers.py": "print()  # KP401",
            "other.py": "print()",
        },
        {
            "main.py": in_handler("import importlib\nimportlib.import_module(label['x'])"),
            "helpers.py": "print()  # KP401",
        },
        {
            "main.py": in_handler("pass", "from pack import a"),
            "pack/__init__.py": "",
            "pack/a.py": "from . import b",
            "pack/b.py": "print()  # KP401",
        },
    ],
)
def test_follows_imports_into_other_files(files: Files) -> None:
    assert lint_findings(files) == expected_findings(files)
