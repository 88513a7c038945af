"""What each member of each input of a mutation does: one small case each, read back or refused.

``CASES`` maps ``InputType.member``, ``mutation(argument)`` or ``query(argument)`` to its case; each
noun has a module of its own, and a new module is found by itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.inputs.registry import CASES as CASES
from tests.contract.inputs.registry import CaseWorld as CaseWorld

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
