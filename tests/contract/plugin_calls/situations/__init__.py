"""Situations in which a mutation or an action of a simulated user causes more events than usual.

``SITUATIONS`` maps a name to a function that sets up the situation. Each noun has a module of its
own; new modules are found automatically.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.plugin_calls.situations.registry import SITUATIONS as SITUATIONS
from tests.contract.plugin_calls.situations.registry import SteppedProject as SteppedProject

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
