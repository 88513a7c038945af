"""Runner of each case in a child process under a limit of CPU seconds.

``python -m tests.hostile.probe patterns`` or ``texts`` prints the outcomes. The process of a test
cannot be limited: a backtracking regular expression holds the interpreter, so that no other thread
and no signal handler runs.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kili_emulator
from tests.hostile.attacks import attacks
from tests.hostile.source_patterns import SourcePattern, find_patterns

# For one case, which takes less than one where time grows in proportion to the text.
CPU_SECONDS = 10
_MEMORY = 4 * 1024**3

Case = Callable[[], object]


def outcomes(kind: str) -> dict[str, str]:
    """Return the outcome of each case of a kind by name: ``ok`` or the reason of the failure."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, kind],
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return dict(json.loads(done.stdout))


def _pattern_cases() -> Iterator[tuple[str, Case]]:
    for found in find_patterns(Path(kili_emulator.__file__).parent):
        yield f"{found.place} {found.pattern.pattern!r}", lambda found=found: _attack(found)


def _attack(found: SourcePattern) -> None:
    for text in attacks(found.pattern):
        for method in found.methods:
            _apply(found.pattern, method, text)


def _apply(pattern: re.Pattern[Any], method: str, text: Any) -> None:
    if method in ("sub", "subn"):
        getattr(pattern, method)(text[:0], text)
    elif method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)


def _text_cases() -> Iterator[tuple[str, Case]]:
    from tests.hostile.texts import CASES

    return iter(CASES.items())


def _outcome(case: Case) -> str:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        try:
            case()
        except BaseException:  # the child must not go on in the code of its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"more than {CPU_SECONDS} s of CPU time"
    return "ok" if status == 0 else "an exception"


if __name__ == "__main__":
    cases = {"patterns": _pattern_cases, "texts": _text_cases}[sys.argv[1]]
    print(json.dumps({name: _outcome(case) for name, case in cases()}))
