"""Refused requests: a table for each noun; new modules are found automatically."""

from importlib import import_module
from pkgutil import iter_modules

from tests.bad_input.refused_request import RefusedRequest

CASES: list[RefusedRequest] = [
    case
    for module in iter_modules(__path__)
    for case in getattr(import_module(f"{__name__}.{module.name}"), "CASES", ())
]
