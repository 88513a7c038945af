"""Kili Emulator: the Kili labeling platform on your own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kili_emulator.app import Emulator

__all__ = ["Emulator", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the server only where it is used: the commands, and every pytest, start sooner."""
    if name == "Emulator":
        from kili_emulator.app import Emulator

        return Emulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
