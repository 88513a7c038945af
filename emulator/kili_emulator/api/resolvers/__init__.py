"""The resolvers, one module per noun: each unwraps its input and calls a domain function.

Imported by: api.
"""

from importlib import import_module
from pkgutil import iter_modules

from ariadne import SchemaBindable

from kili_emulator.api.scalars import SCALARS

_MODULES = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]

BINDABLES: list[SchemaBindable] = [
    *SCALARS,
    *(bindable for module in _MODULES for bindable in getattr(module, "BINDABLES", ())),
]
