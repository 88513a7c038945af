"""The tables of docs/contract/plugin-isolation.md, as data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_PAGE = Path(__file__).parents[3] / "docs" / "contract" / "plugin-isolation.md"
_CELL = re.compile(r"(?P<outcome>[A-Z_]+|no run)(?:: (?P<lines>`[^`]+`(?:, `[^`]+`)*))?")


class Cell(NamedTuple):
    """The expected result of a run.

    Attributes:
        outcome: of the run; ``no run`` if the run no longer exists.
        lines: each is part of a ``warning`` or ``error`` line of the run, and each of these lines
            contains one of them.
    """

    outcome: str
    lines: list[str]


class Row(NamedTuple):
    plugin: str
    inline: Cell
    process: Cell


def rows() -> list[Row]:
    """Return the rows in order.

    Raises:
        ValueError: a row cannot be read.
    """
    found = []
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "plugin" or set(line) <= set("|- "):
            continue
        plugin, inline, process = cells
        found.append(
            Row(plugin, _cell(inline), _cell(inline if process == "the same" else process))
        )
    return found


def _cell(text: str) -> Cell:
    match = _CELL.fullmatch(text)
    if match is None:
        raise ValueError(f"the cell {text!r} is not like `OUTCOME` or `OUTCOME: `text`, `text``")
    return Cell(match["outcome"], re.findall(r"`([^`]+)`", match["lines"] or ""))
