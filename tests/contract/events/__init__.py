"""What causes each event: one small case each.

``CASES`` maps an event's subject to a function that causes it; each noun has a module of its own,
and a new module is found by itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.events.registry import CASES as CASES
from tests.contract.events.registry import COMPUTED as COMPUTED

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
