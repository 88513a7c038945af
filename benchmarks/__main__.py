"""Run all benchmarks and print their tables; none passes or fails.

``python -m benchmarks`` measures everything and writes ``docs/performance.md`` in some minutes;
``python -m benchmarks --quick`` prints a short form in one.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import graphql_calls, marks, parts, plugins, sdk_calls, starts, testing_kit
from benchmarks.measuring import Comparison
from benchmarks.report import Section, format_section, write_page
from kili_emulator import Emulator
from kili_emulator.config import ENVIRONMENT_PREFIX
from kili_emulator.testing.sdk import fast_sdk

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
_SIZES = [1_000, 10_000, 100_000]


def measure_all(quick: bool) -> Iterator[Section]:
    """Yield a section when it is measured."""
    yield Section(
        "Calls of the SDK",
        "The newest SDK against the emulator, and against a null server that repeats the answers "
        "of the emulator without a look at the request.",
        sdk_calls.measure(quick),
    )
    yield Section(
        "GraphQL requests on one connection",
        "Requests over HTTP to a server with a data folder of that many assets and labels.",
        [
            *graphql_calls.measure_reads(_SIZES[:1] if quick else _SIZES, 50 if quick else 200),
            *graphql_calls.measure_submits(20 if quick else 200),
        ],
    )
    yield Section(
        "Start and memory",
        "From the start of the process to the first right answer, and the memory of the process at "
        "that moment.",
        starts.measure(1_000 if quick else 100_000, 3 if quick else 10),
    )
    if not quick:
        yield testing_kit.measure(quick)
        yield Section("Parts", "Two ways, or two sizes, in one process.", list(_measure_parts()))


def _measure_parts() -> Iterator[Comparison]:
    for benchmark in (*parts.BENCHMARKS, *marks.BENCHMARKS):
        with fast_sdk(), Emulator(seed=0, workflow="V1") as emulator:
            yield benchmark(emulator)
    for measure in plugins.BENCHMARKS:
        yield measure()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="print a short form in a minute")
    quick = parser.parse_args().quick
    logging.disable()
    for name in [each for each in os.environ if each.startswith(ENVIRONMENT_PREFIX)]:
        del os.environ[name]  # the settings of this machine's user must not change the results
    start, sections = time.perf_counter(), []
    for section in measure_all(quick):
        sections.append(section)
        print(format_section(section), flush=True)
    print(f"Measured in {time.perf_counter() - start:.0f} seconds, one after another.")
    if not quick:
        write_page(_PAGE, sections)
        print(f"Written to {_PAGE}.")


if __name__ == "__main__":
    main()
