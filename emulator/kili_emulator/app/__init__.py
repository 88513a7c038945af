"""The whole emulator: ``Platform`` assembles its parts, ``Emulator`` is the public Python API.

``EmulatorFront`` has the methods that work with an emulator in any process: the client of the
control plane, and SDK clients.

Imported by: cli, kili_emulator, testing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kili_emulator.app.direct_connections import direct_connections
from kili_emulator.app.platform import Platform, warm_up

if TYPE_CHECKING:
    from kili_emulator.app.emulator import Emulator

__all__ = ["Emulator", "Platform", "direct_connections", "warm_up"]


def __getattr__(name: str) -> Any:
    """Import ``Emulator`` on first use: the command ``start`` needs only ``Platform``."""
    if name == "Emulator":
        from kili_emulator.app.emulator import Emulator

        return Emulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
