"""The cells of the tutorial and the output that it shows, read from its document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).with_name("plugins_development.md")

_BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$(?P<rest>.*?)(?=^```python|\Z)", re.M | re.S)
_ID = re.compile(r"\bc[a-z0-9]{24}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True)
class Cell:
    """A cell, and the output that the tutorial shows below it (may be empty)."""

    code: str
    shown: str


def masked(text: str) -> str:
    """Replace ids and times in a text by placeholders."""
    return _TIME.sub("<time>", _ID.sub("<id>", text)).strip()


def cells() -> list[Cell]:
    """Return all cells in order; the first is the skeleton that the text explains."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [Cell(match["code"], _shown(match["rest"])) for match in _BLOCK.finditer(text)]


def _shown(rest: str) -> str:
    """Return the indented lines that directly follow a cell."""
    lines = rest.lstrip("\n").splitlines()
    output = []
    for line in lines:
        if not line.startswith("    "):
            break
        output.append(line[4:])
    return "\n".join(output).strip()


def cell_with(part: str) -> Cell:
    """Return the only cell whose code contains a text."""
    (found,) = [each for each in cells() if part in each.code]
    return found


PLUGIN = cell_with("custom_method called").code
