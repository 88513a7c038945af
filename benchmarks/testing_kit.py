"""The cost of the testing kit (``python -m benchmarks.testing_kit [--quick]``).

What a test pays for its isolation, how a suite profits from several processes, how resets grow with
the number of changes, and how long replays and bundles of a large project take.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from kili.client import Kili

from benchmarks.measuring import Comparison, Goal, Measurement
from benchmarks.parts import LABEL, SYSTEM
from benchmarks.reading import fill
from benchmarks.report import Section, format_section
from kili_emulator import Emulator

_MIB = 1024 * 1024
_TITLE = "Plugin tutorial: count the objects"
_PLUGIN = textwrap.dedent(
    """
    import time
    from pathlib import Path

    from kili.plugins import PluginCore


    class PluginHandler(PluginCore):
        def on_submit(self, label, asset_id):
            Path({path!r}).write_text(repr(time.perf_counter()))
            self.kili.count_labels(self.project_id)
    """
)
_SUITE = textwrap.dedent(
    """
    import pytest


    @pytest.mark.parametrize("number", range({tests}))
    def test_an_asset_is_labeled(kili, kili_emulator, number):
        project_id = kili.projects(fields=["id"])[0]["id"]
        kili_emulator.users.submit(project_id, "aquarium", {{"JOB_0": {{"annotations": []}}}})
        assert kili.count_labels(project_id) > 0
    """
)


def measure(quick: bool) -> Section:
    """Measure everything in this module."""
    sizes = [100, 1_000] if quick else [100, 10_000, 100_000]
    return Section(
        "The testing kit",
        "What tests pay for isolation, and how resets, replays and bundles grow with the world.",
        [
            _fixtures(20 if quick else 200),
            _suites(50 if quick else 300),
            *_resets(sizes, 3 if quick else 10),
            *_replays(sizes, 2 if quick else 5),
        ],
    )


def _fixtures(repeat: int) -> Comparison:
    """Compare what the fixture ``kili`` does for each test, and a world of its own for the test."""
    with Emulator(seed=0) as emulator:
        titles = itertools.count()

        def as_the_fixture() -> float:
            start = time.perf_counter()
            with emulator.checkpoint():
                emulator.client()
                before_test = time.perf_counter() - start
                project = emulator.world.view.projects.all()[0]
                with emulator.world.transaction(SYSTEM) as tx:
                    tx.projects.change(project, title=f"Changed {next(titles)}")
                start = time.perf_counter()
                emulator.reset()
            return before_test + time.perf_counter() - start

        shared = [as_the_fixture() for _ in range(repeat)]
        with tempfile.TemporaryDirectory() as cache:
            own = [_seconds_of_world(emulator, Path(cache)) for _ in range(repeat)]
    return Comparison(
        f"isolation of a test, median of {repeat}",
        Measurement("client and reset", [statistics.median(shared)]),
        Measurement("client of a new world", [statistics.median(own)]),
        goal=Goal(value=0.0015),
    )


def _seconds_of_world(emulator: Emulator, cache: Path) -> float:
    options = {"graphql_schema_cache_dir": cache}
    start = time.perf_counter()
    world = emulator.worlds.create("own", "default")
    Kili(world["keys"]["admin"], emulator.endpoint, graphql_client_params=options)
    seconds = time.perf_counter() - start
    emulator.worlds.delete("own")
    return seconds


def _suites(tests: int) -> Comparison:
    """Compare a suite with pytest-xdist and without."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(_SUITE.format(tests=tests))
        seconds = {options: _seconds_of_suite(Path(folder), options) for options in ("-n2", "-n0")}
    return Comparison(
        f"a suite of {tests} tests",
        Measurement("two processes", [seconds["-n2"]]),
        Measurement("one process", [seconds["-n0"]]),
    )


def _seconds_of_suite(folder: Path, *options: str) -> float:
    # Nothing of this repository: neither its configuration, nor its other plugins of pytest.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "kili_emulator.testing.pytest_plugin"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "-p", "xdist", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return time.perf_counter() - start


def _resets(sizes: list[int], repeat: int) -> Iterator[Comparison]:
    """Compare a reset after many changed documents, and one after the least of the numbers."""
    with Emulator(seed=0) as emulator:
        fill(emulator.world, emulator.world.view.projects.all()[0]["id"], sizes[-1])
        seconds = {size: [_reset_after(emulator, size) for _ in range(repeat)] for size in sizes}
    for size in sizes[1:]:
        yield Comparison(
            f"reset after {size:,} changes",
            Measurement(f"{size:,}", seconds[size]),
            Measurement(f"{sizes[0]:,}", seconds[sizes[0]]),
        )


def _reset_after(emulator: Emulator, changes: int) -> float:
    """Change that many assets, and return the seconds that the reset takes."""
    mark = emulator.mark()
    with emulator.world.transaction(SYSTEM) as tx:
        for asset in itertools.islice(tx.assets.all(), changes):
            tx.assets.change(asset, priority=asset["priority"] + 1)
    start = time.perf_counter()
    emulator.reset(mark)
    return time.perf_counter() - start


def _replays(sizes: list[int], repeat: int) -> Iterator[Comparison]:
    """Compare replays and bundles in a large project, and in a small one."""
    small = _Replays(sizes[0], repeat)
    for size in sizes[1:]:
        large = _Replays(size, repeat)
        names = f"{size:,}", f"{sizes[0]:,}"
        first_lines, packings, mebibytes = (
            [Measurement(name, values) for name, values in zip(names, pair, strict=True)]
            for pair in (
                (large.first_lines, small.first_lines),
                (large.packings, small.packings),
                (large.mebibytes, small.mebibytes),
            )
        )
        yield Comparison("replay, to the first line of the handler", *first_lines)
        yield Comparison("bundle, time to pack", *packings)
        yield Comparison("bundle, size", *mebibytes, unit="MiB")


class _Replays:
    """The figures of a run in a project with that many assets and labels.

    Attributes:
        first_lines: seconds from the call of ``replay`` to the first line of the handler.
        packings: seconds for a bundle.
        mebibytes: the sizes of the bundles.
    """

    def __init__(self, size: int, repeat: int) -> None:
        with tempfile.TemporaryDirectory() as name, Emulator(seed=0) as emulator:
            noted = Path(name, "first-line")
            plugin = Path(name, "noting.py")
            plugin.write_text(_PLUGIN.format(path=str(noted)))
            fill(emulator.world, emulator.world.view.projects.all()[0]["id"], size)
            emulator.plugins.link("noting", plugin, projects=[_TITLE])
            emulator.users.submit(_TITLE, "aquarium", LABEL)
            (run,) = emulator.runs.list()
            self.first_lines = [_to_first_line(emulator, run["id"], noted) for _ in range(repeat)]
            packed = [_pack(emulator, run["id"], Path(name, "bug.zip")) for _ in range(repeat)]
        self.packings = [seconds for seconds, _ in packed]
        self.mebibytes = [size for _, size in packed]


def _to_first_line(emulator: Emulator, run_id: str, noted: Path) -> float:
    start = time.perf_counter()
    result = emulator.runs.replay(run_id)
    assert result["isSame"], result
    return float(noted.read_text()) - start


def _pack(emulator: Emulator, run_id: str, path: Path) -> tuple[float, float]:
    start = time.perf_counter()
    emulator.runs.bundle(run_id, path)
    return time.perf_counter() - start, path.stat().st_size / _MIB


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.testing_kit")
    parser.add_argument("--quick", action="store_true", help="measure small worlds, in seconds")
    logging.disable()
    print(format_section(measure(parser.parse_args().quick)))


if __name__ == "__main__":
    main()
