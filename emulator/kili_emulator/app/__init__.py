"""The emulator as a whole: ``Platform`` puts it together, ``Emulator`` is it for Python code.

``users``, ``plugins``, ``runs`` and ``worlds`` are the parts of ``Emulator``: thin fronts of the
modules of the same names in ``services``. Only the command line and ``testing`` import this.
"""

from kili_emulator.app.emulator import Emulator
from kili_emulator.app.platform import Platform, direct_connections, warm_up

__all__ = ["Emulator", "Platform", "direct_connections", "warm_up"]
