"""The whole emulator: ``Platform`` assembles its parts, ``Emulator`` is the public Python API.

``users``, ``plugins``, ``runs`` and ``worlds`` are the parts of ``Emulator``: thin fronts of the
modules of the same names in ``services``.

Imported by: cli, kili_emulator, testing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kili_emulator.app.platform import Platform, direct_connections, warm_up

if TYPE_CHECKING:
    from kili_emulator.app.emulator import Emulator

__all__ = ["Emulator", "Platform", "direct_connections", "warm_up"]


def __getattr__(name: str) -> Any:
    """Import ``Emulator`` on first use: the command ``start`` needs only ``Platform``."""
    if name == "Emulator":
        from kili_emulator.app.emulator import Emulator

        return Emulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
