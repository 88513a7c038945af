"""Kili Emulator: the Kili labeling platform on your own machine.

The package exports the public Python API: ``Emulator``, ``record`` and ``replay_bundle``.
``docs/architecture.md`` shows its rooms.
The single modules ``clock``, ``ids``, ``messages``, ``data_folder``, ``prepared_forms``,
``printable``, ``private_files`` and ``spelling`` are the lowest layer: all rooms except
``plugins.guest`` may import them (``rules`` may import neither ``clock`` nor ``ids``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kili_emulator.app import Emulator
    from kili_emulator.app.recordings import record
    from kili_emulator.app.replays import replay_bundle

__all__ = ["Emulator", "__version__", "record", "replay_bundle"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import ``Emulator`` on first use, so that commands and pytest start faster without it."""
    if name == "Emulator":
        from kili_emulator.app import Emulator

        return Emulator
    if name == "replay_bundle":
        from kili_emulator.app.replays import replay_bundle

        return replay_bundle
    if name == "record":
        from kili_emulator.app.recordings import record

        return record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
