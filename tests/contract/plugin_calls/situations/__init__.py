"""Situations in which a mutation, or a person's deed, causes more than it mostly does.

``SITUATIONS`` maps a name to a function that brings one about; each noun has a module of its own,
and a new module is found by itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.plugin_calls.situations.registry import SITUATIONS as SITUATIONS
from tests.contract.plugin_calls.situations.registry import SteppedProject as SteppedProject

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
