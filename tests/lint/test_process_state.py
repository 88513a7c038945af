"""KP708 to KP713: changes to the state of the whole process."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import Files, expected_findings, in_handler, lint_findings

TOP = (
    "import os, sys, locale, time, socket, contextlib, io, site, requests, kili.client\n"
    "import pandas as pd\nimport os as o\nfrom os import environ\nfrom kili.client import Kili\n"
    "from unittest import mock\nimport requests.adapters\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "os.chdir('/tmp')  # KP708",
        "o.chdir('/tmp')  # KP708",
        "with contextlib.chdir('/tmp'): 0  # KP708",
        "sys.path.append('x')  # KP709",
        "sys.path.insert(0, 'x')  # KP709",
        "sys.path = []  # KP709",
        "sys.path[:0] = ['x']  # KP709",
        "sys.path += ['x']  # KP709",
        "site.addsitedir('x')  # KP709",
        "print(sys.path, sys.path.index('x'))",
        "os.environ['A'] = 'b'  # KP710",
        "environ['A'] = 'b'  # KP710",
        "del os.environ['A']  # KP710",
        "os.environ.setdefault('A', 'b')  # KP710",
        "os.environ.update(A='b')  # KP710",
        "os.putenv('A', 'b')  # KP710",
        "os.environ.get('A'); os.environ['A']; os.getenv('A')",
        "locale.setlocale(locale.LC_ALL, '')  # KP711",
        "time.tzset()  # KP711",
        "socket.setdefaulttimeout(3)  # KP711",
        "sys.setrecursionlimit(3)  # KP711",
        "requests.get = print  # KP712",
        "requests.adapters.HTTPAdapter.send = print  # KP712",
        "Kili.labels = print  # KP712",
        "kili.client.Kili.labels = print  # KP712",
        "setattr(requests, 'get', print)  # KP712",
        "setattr(Kili, 'labels', print)  # KP712",
        "del requests.get  # KP712",
        "sys.excepthook = print  # KP712",
        "with mock.patch('requests.get'): 0  # KP712",
        "pd.options.mode.chained_assignment = None",
        "session = requests.Session()\nsession.verify = False",
        "setattr(self, 'x', 1)",
        "setattr(label, 'x', 1)",
        "label.x = 1",
        "sys.stdout = io.StringIO()  # KP713",
        "sys.stderr.close()  # KP713",
        "os.close(1)  # KP713",
        "os.dup2(3, 2)  # KP713",
        "os.close(label['fd'])",
        "with contextlib.redirect_stdout(io.StringIO()): 0  # KP713",
        "sys.stdout.write('x'); sys.stdout.flush()",
        "print(file=sys.stderr)",
    ],
)
def test_reports_changes_by_their_origin(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


def test_plugin_may_change_its_own_modules() -> None:
    files: Files = {"main.py": in_handler("own.x = 1", "import own"), "own.py": "x = 0"}
    assert lint_findings(files) == expected_findings(files)
