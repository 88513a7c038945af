"""What gives fields a second value, a module for each noun; a new module is found by itself.

Each has a function ``change(wire, known)``, which is called once in the first world.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

CHANGES: list[Callable[[Wire, WorldIds], None]] = [
    import_module(f"{__name__}.{module.name}").change for module in iter_modules(__path__)
]
