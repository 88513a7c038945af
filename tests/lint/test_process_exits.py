"""KP701 to KP707: calls that need a terminal, or that end the process of the plugin."""

from __future__ import annotations

import pytest

from kili_emulator.rules.plugin_policy import POLICIES, Policy
from tests.lint.marked_source import Files, expected_findings, in_handler, lint_findings

TOP = (
    "import os, sys, signal, pdb, ctypes, getpass\nimport os as o\nfrom os import _exit as leave\n"
    "from sys import exit as out\nstop = sys.exit\nimport sys as system, builtins\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "input()  # KP701",
        "builtins.input()  # KP701",
        "getpass.getpass()  # KP701",
        "input = 1\nprint(input)",
        "input = print\ninput('x')",
        "breakpoint()  # KP702",
        "pdb.set_trace()  # KP702",
        "import pdb as debugger; debugger.set_trace()  # KP702",
        "import debugpy; debugpy.listen(5678)  # KP702",
        "sys.exit()  # KP704",
        "system.exit(1)  # KP704",
        "out()  # KP704",
        "stop(1)  # KP704",
        "exit()  # KP704",
        "quit()  # KP704",
        "raise SystemExit  # KP704",
        "raise SystemExit(1)  # KP704",
        "raise ValueError",
        "try:\n    sys.exit()\nexcept SystemExit:\n    pass",
        "try:\n    sys.exit()  # KP704\nexcept Exception:\n    pass",
        "try:\n    raise SystemExit\nexcept BaseException:\n    pass",
        "os._exit(0)  # KP705",
        "o._exit(0)  # KP705",
        "leave(0)  # KP705",
        "os.abort()  # KP705",
        "os.execv('/bin/ls', [])  # KP705",
        "os.kill(os.getpid(), 9)  # KP705",
        "os.kill(0, 9)  # KP705",
        "os.kill(label['pid'], 9)",
        "signal.raise_signal(15)  # KP705",
        "ctypes.CDLL('x')  # KP706",
        "ctypes.string_at(0)  # KP706",
        "signal.signal(15, print)  # KP707",
        "signal.alarm(3)  # KP707",
        "print(signal.SIGTERM)",
        "getattr(os, '_exit')(1)",
        "self.exit()",
        "label.exit()",
    ],
)
def test_reports_calls_by_their_origin(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


def test_ignores_code_that_never_runs() -> None:
    source = in_handler("pass") + "\nif __name__ == '__main__':\n    input()\n    exit()\n"
    assert lint_findings(source) == []
    unused = {"main.py": in_handler("pass"), "script.py": "input()\nexit()"}
    assert lint_findings(unused) == []


@pytest.mark.parametrize(
    "files",
    [
        {
            "main.py": in_handler("stop()  # KP705", "from helpers import stop"),
            "helpers.py": "from os import _exit as stop",
        },
        {
            "main.py": in_handler("helpers.stop()  # KP705", "import helpers"),
            "helpers.py": "import os\nstop = os._exit",
        },
        {
            "main.py": in_handler("helpers.end()", "import helpers"),
            "helpers.py": "import os\ndef end():\n    os._exit(0)  # KP705",
        },
        {
            "main.py": in_handler("stop()  # KP705", "from helpers import *"),
            "helpers.py": "from deep.ends import stop",
            "deep/ends.py": "from os import _exit as stop",
        },
        {
            "main.py": in_handler("stop()", "from helpers import stop"),
            "helpers.py": "from helpers import stop",
        },
        {
            "main.py": in_handler("one()", "from a import one"),
            "a.py": "import b\none = b.two",
            "b.py": "import a\ntwo = a.one",
        },
    ],
)
def test_follows_names_across_files(files: Files) -> None:
    assert lint_findings(files) == expected_findings(files)


@pytest.mark.parametrize("policy", POLICIES)
def test_reports_prints_on_premise_only(policy: Policy) -> None:
    source = in_handler("print('x')  # KP703\nprint('x', file=label)\nself.logger.info('x')")
    assert lint_findings(source, policy=policy) == (
        expected_findings(source) if policy == "on-premise" else []
    )
