"""Small cases that read each input of a mutation back, or show that it is refused.

``CASES`` maps ``InputType.member``, ``mutation(argument)`` or ``query(argument)`` to a case. Each
noun has a module of its own; new modules are found automatically.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.contract.inputs.registry import CASES as CASES
from tests.contract.inputs.registry import CaseWorld as CaseWorld

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
