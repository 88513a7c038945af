"""The inline isolation: plugins run in threads of this process, where a debugger can attach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kili_emulator.plugins.calls import LoadedVersion
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.inline.inline_tools import CallMethod, InlineTools

MakeClient = Callable[[str], Any]


class InlineIsolation:
    """An isolation that keeps plugins apart from each other, but does not confine them.

    Args:
        make_client: makes an SDK client from a run's key.
        megabytes: the memory that a plugin may take; a run that takes more only gets a warning.
        call_method: calls the methods of plugins under a debugger; ``None`` without one.
    """

    def __init__(
        self,
        make_client: MakeClient,
        megabytes: int,
        call_method: CallMethod | None = None,
    ) -> None:
        self.make_client = make_client
        self.call_method = call_method
        self.megabytes = megabytes

    def prepare(self) -> None:
        """Do nothing: the SDK is imported with the first plugin."""

    def load(
        self, name: str, location: CodeLocation, seconds: float, packages: Path | None = None
    ) -> LoadedVersion:
        """Import an unpacked version into this process."""
        from kili_emulator.plugins.inline.version import import_version

        assert packages is None, "all versions have the packages of this process"
        tools = InlineTools(self.make_client, self.megabytes, self.call_method)
        return import_version(name, location, seconds, tools)

    def close(self) -> None:
        """Do nothing: abandoned threads cannot be ended."""
