"""The whole emulator: ``Platform`` assembles its parts, ``Emulator`` is the public Python API.

``users``, ``plugins``, ``runs`` and ``worlds`` are the parts of ``Emulator``: thin fronts of the
modules of the same names in ``services``.

Imported by: cli, kili_emulator, testing.
"""

from kili_emulator.app.emulator import Emulator
from kili_emulator.app.platform import Platform, direct_connections, warm_up

__all__ = ["Emulator", "Platform", "direct_connections", "warm_up"]
