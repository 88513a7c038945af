"""Kills at random moments lose no acknowledged write, and leave none half-written.

`make crash` kills the server 1,000 times, and prints the progress.
"""

from __future__ import annotations

import pytest

from tests.crash.kills import Result, kill_repeatedly
from tests.kit import warm_interpreter

pytestmark = pytest.mark.skipif(
    not warm_interpreter.IS_AVAILABLE, reason="starting a server takes seconds without forks"
)


def test_a_hundred_kills_lose_no_acknowledged_write() -> None:
    result = kill_repeatedly(100, seed=0)
    assert result.faults == []
    assert result.acknowledged > 400, result


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_thousand_kills_lose_no_acknowledged_write(
    capfd: pytest.CaptureFixture[str], seed: int
) -> None:
    def report(result: Result) -> None:
        with capfd.disabled():
            print(f"seed {seed}: {result}", flush=True)

    result = kill_repeatedly(100, seed, report)
    assert result.faults == []
    assert result.acknowledged > 400, result
