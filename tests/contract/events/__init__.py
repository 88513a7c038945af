"""Small cases that cause each event.

``CASES`` maps the subject of an event to a function that causes the event. Each noun has a module
of its own; new modules are found automatically.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.events.registry import CASES as CASES
from tests.contract.events.registry import COMPUTED as COMPUTED

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
