"""Changes that give fields a second value.

Each noun has a module with a function ``change(wire, known)``, called once in the first world; new
modules are found automatically.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

CHANGES: list[Callable[[Wire, WorldIds], None]] = [
    import_module(f"{__name__}.{module.name}").change for module in iter_modules(__path__)
]
