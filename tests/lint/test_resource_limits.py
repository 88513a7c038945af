"""KP80x: code that exceeds the time limit or the memory limit of a run."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import expected_findings, in_handler, lint, lint_findings

TOP = (
    "import time, asyncio, itertools, sys\nfrom time import sleep\nimport contextlib\n"
    "MINUTE = 60\nLONG = 2 * MINUTE\nMB = 1024 * 1024\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "while True: 0  # KP801",
        "while 1: 0  # KP801",
        "while True:  # KP801\n    for x in ():\n        break",
        "while True:  # KP801\n    def f(): return 1\n    f()",
        "while True:\n    if label: break",
        "while True:\n    if label: return",
        "while True:\n    raise ValueError",
        "while True:\n    sys.exit()  # KP704",
        "while True:\n    try:\n        pass\n    except ValueError:\n        break",
        "try:\n    while True: next(label)\nexcept StopIteration:\n    pass",
        "with contextlib.suppress(StopIteration):\n    while True: next(label)",
        "while label: 0",
        "while False: 0",
        "for x in itertools.count(): 0  # KP801",
        "for x in itertools.cycle('ab'): 0  # KP801",
        "for x in itertools.repeat(1): 0  # KP801",
        "for x in itertools.repeat(1, 3): 0",
        "for x in itertools.count():\n    break",
        "for x in label: 0",
    ],
)
def test_reports_loops_that_nothing_leaves(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


def test_loop_of_a_generator_may_be_endless() -> None:
    assert (
        lint_findings(in_handler("pass", "def numbers():\n    while True:\n        yield 1")) == []
    )


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)  # KP802",
        "sleep(61)  # KP802",
        "time.sleep(60 * 60)  # KP802",
        "time.sleep(1e3)  # KP802",
        "time.sleep(LONG)  # KP802",
        "wait = 30 * 3\ntime.sleep(wait)  # KP802",
        "asyncio.run(asyncio.sleep(120))  # KP802",
        "time.sleep(59.9)",
        "time.sleep(-60)",
        "time.sleep(MINUTE / 2)",
        "time.sleep(label['x'])",
        "time.sleep(1 / 0)",
        "time.sleep(10 ** 10 ** 10)",
        "wait = 90\nwait = 1\ntime.sleep(wait)",
        "time.sleep(True)",
    ],
)
def test_reports_sleeps_longer_than_a_run(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "body",
    [
        "bytearray(2 * 1024**3)  # KP803",
        "bytes(600 * MB)  # KP803",
        "b'x' * 10**9  # KP803",
        "10**9 * 'x'  # KP803",
        "'ab' * (300 * MB)  # KP803",
        "[0] * 100_000_000  # KP803",
        "[0, 1] * (1 << 26)  # KP803",
        "bytearray(512 * MB)",
        "bytearray(label)",
        "bytearray()",
        "[] * 10**9",
        "'x' * label",
        "3 * 10**12",
        "label * 10**9",
    ],
)
def test_reports_values_larger_than_the_memory(body: str) -> None:
    source = in_handler(body, TOP)
    assert lint_findings(source) == expected_findings(source)


def test_finding_has_the_size() -> None:
    (finding,) = lint(in_handler("b'x' * 2 * 1024**3"))
    assert finding.reason == "the value needs 2,048 MB, but the platform gives a run 512"
