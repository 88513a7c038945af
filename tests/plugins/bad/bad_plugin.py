"""A row of the isolation table: a plugin, and further checks after its run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugins.bad.trial_server import PluginTrial


def no_check(trial: PluginTrial) -> None:
    """Check nothing beyond the table."""


@dataclass(frozen=True)
class BadPlugin:
    """The plugin of a row.

    Attributes:
        on_submit: the body of its handler.
        top: the code above its class.
        init: its ``__init__``, if it has one.
        files: its further modules, by their paths.
        other: the handler's body of a second plugin, with the same ``top`` and ``files``.
        hangs: it needs a server with a short plugin timeout.
        own_server: inline, it needs a server that it may end.
        memory: inline, the MB by which the memory of the server may grow.
        check: checks results that are not in the table.
    """

    on_submit: str = "pass"
    top: str = ""
    init: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None
    hangs: bool = False
    own_server: bool = False
    memory: int | None = None
    check: Callable[[PluginTrial], None] = no_check

    def main(self, body: str) -> str:
        """Return ``main.py`` with a handler of this body; the caller replaces ``$FOLDER``."""
        parts = [
            "import ctypes, os, socket, sys, threading, time",
            "from kili.plugins import PluginCore",
            textwrap.dedent(self.top),
            "class PluginHandler(PluginCore):",
            textwrap.indent(textwrap.dedent(self.init), "    "),
            "    def on_submit(self, label, asset_id):",
            textwrap.indent(textwrap.dedent(body).strip("\n"), "        "),
        ]
        return "\n".join(parts) + "\n"
