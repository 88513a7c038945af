"""The problems of a scenario, with their locations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kili_emulator.data_folder import display_path

NodePath = tuple[str | int, ...]


class ScenarioError(Exception):
    """A scenario is not usable; each line of the message names a file, a line and a problem.

    Args:
        problems: the lines of the message.
        outlines: the same lines without content of the file; by default the lines are the same.

    Attributes:
        problems: the lines of the message.
        outline: a message without content of the file, for a client that may not read the file.
    """

    def __init__(self, problems: Iterable[str], outlines: Iterable[str] = ()) -> None:
        self.problems = list(problems)
        self.outline = "\n".join(outlines or self.problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Problem:
    """A problem in a scenario, with its location.

    Attributes:
        line: the line in the YAML file; ``None`` in a scenario that is given as a dictionary.
        outline: the text without content of the file; empty if the text has none.
    """

    line: int | None
    node_path: NodePath
    text: str
    outline: str = ""

    def format_message(self, path: Path) -> str:
        """Format the problem as a line of a message: ``default.yaml:17: users[0].key: …``."""
        location = re.sub(r"^\.", "", "".join(map(_format_part, self.node_path)))
        return ": ".join(filter(None, [self._place(path), location, self.text]))

    def format_outline(self, path: Path) -> str:
        """Format the problem without content of the file: ``default.yaml:17: …``."""
        return f"{self._place(path)}: {self.outline or self.text}"

    def _place(self, path: Path) -> str:
        return str(display_path(path)) if self.line is None else f"{display_path(path)}:{self.line}"


def _format_part(part: str | int) -> str:
    return f"[{part}]" if isinstance(part, int) else f".{part}"
