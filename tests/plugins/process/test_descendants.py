"""The quick check that a process has one child, which has none, agrees with a scan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from kili_emulator.plugins.process.descendants import has_only_child, scan_descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")


@contextmanager
def running(script: str) -> Iterator[psutil.Process]:
    """Run a shell script that prints a line once it has started its processes."""
    with subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        process = psutil.Process(shell.pid)
        try:
            yield process
        finally:
            for each in [*process.children(recursive=True), process]:
                each.kill()


@pytest.mark.parametrize(
    ("script", "descendants", "is_only"),
    [
        ("sleep 300 & echo; wait", 1, True),
        ("sleep 300 & sleep 300 & echo; wait", 2, False),
        ("(sleep 300 & echo; wait) & wait", 2, False),
    ],
)
def test_only_child_is_recognised(script: str, descendants: int, is_only: bool) -> None:
    with running(script) as process:
        child = min(process.children(), key=lambda each: each.create_time()).pid
        assert len(scan_descendants(process.pid).by_pid) == descendants
        assert has_only_child(process.pid, child) == is_only
        assert not has_only_child(process.pid, process.pid)


def test_ended_process_has_no_only_child() -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    assert not has_only_child(ended.pid, ended.pid)
