"""The results of benchmarks as tables: on a terminal, and as ``docs/performance.md``."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Comparison, format_value

_ROOT = Path(__file__).resolve().parents[1]
_HEAD = ("", "first", "second", "ratio", "quartiles", "goal")
_INTRODUCTION = """\
# Performance

`make bench` measures all of this and writes this page; `make bench-quick` prints a short form in a
minute. Compare ratios rather than times: both sides of a ratio are measured in turn, in one run, so
that it holds on other machines, too. The ratio is that of the best values; the quartiles are those
of the ratios of single turns.
"""


@dataclass(frozen=True)
class Section:
    """A table of comparisons.

    Attributes:
        explanation: what the table compares, as a sentence or more.
    """

    title: str
    explanation: str
    comparisons: Sequence[Comparison]


def format_section(section: Section) -> str:
    """Return a section as Markdown."""
    rows = [_HEAD, *(_cells(each) for each in section.comparisons)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return f"## {section.title}\n\n{section.explanation}\n\n" + "\n".join(lines) + "\n"


def write_page(path: Path, sections: Sequence[Section]) -> None:
    """Write the page of all sections, with the machine and the commit."""
    parts = [_INTRODUCTION, f"{_machine()}\n", *(format_section(each) for each in sections)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _cells(comparison: Comparison) -> tuple[str, ...]:
    measurements = [
        f"{each.name} {format_value(each.best, comparison.unit)}"
        for each in (comparison.first, comparison.second)
    ]
    low, high = comparison.spread
    return (
        comparison.name,
        *measurements,
        f"{comparison.ratio:.2f}",
        f"{low:.2f}–{high:.2f}",
        _goal(comparison),
    )


def _goal(comparison: Comparison) -> str:
    """Return the goal, and the word "missed" if it is missed."""
    goal = comparison.goal
    parts, missed = [], False
    if goal.ratio is not None:
        parts.append(f"{goal.ratio:g}")
        missed = comparison.ratio > goal.ratio
    if goal.value is not None:
        parts.append(format_value(goal.value, comparison.unit))
        missed = missed or comparison.first.best > goal.value
    return " and ".join(parts) + (", missed" if missed else "")


def _machine() -> str:
    command = ["git", "-C", str(_ROOT), "log", "-1", "--format=%h of %cs"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    system = f"{platform.system()} on {platform.machine()} with {os.cpu_count()} cores"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"Measured with {python}, {system}, at commit {commit or 'unknown'}."
