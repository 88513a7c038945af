"""Reads what the installed SDK offers to plugins: its client's methods, handlers, modules.

Run by other interpreters, too, each for the SDK that it has: nothing but the standard library is
needed. Nothing of a plugin is run, and no client is made.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import warnings
from importlib import metadata
from typing import Any, Iterable  # noqa: UP035  (loaded by old interpreters, too)

# How docstrings of the SDK say that a parameter is deprecated.
_PARAMETER = re.compile(
    r"^(?P<indent> *)(?P<name>\w+)(?: *\([^)]*\))?: *"
    r"(?P<said>deprecated\b.*(?:\n(?P=indent) +\S.*)*)",
    re.I | re.M,
)


def surface(imported_names: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """What the installed SDK offers, made of what JSON has.

    Args:
        imported_names: modules and names in them of which it is to be told whether there are such; an empty
            name stands for the module itself.

    Returns:
        ``version``; ``methods`` of the client, each with its ``parameters``, those that are
        ``required``, those that are ``keyword_only``, whether it ``collects`` others by name and
        ``collects_positional``, what the SDK says of its deprecation (``deprecated``) and of its
        ``deprecated_parameters``; ``attributes`` that the client may have beside them, or none
        where it may have any; ``handlers`` that are registered on upload, or none where there is
        no list; ``typed_events``, and what of the asked is ``missing``.

    Raises:
        ImportError: there is no SDK that works.
    """
    client = importlib.import_module("kili.client").Kili
    typed = hasattr(importlib.import_module("kili.plugins"), "on_kili_event")
    return {
        "version": metadata.version("kili"),
        "methods": dict(_methods(client)),
        "attributes": _attributes(client),
        "handlers": _handlers(),
        "typed_events": typed,
        "missing": [list(each) for each in imported_names if not _exists(*each)],
    }


def _methods(client: type) -> Iterable[tuple[str, dict[str, Any]]]:
    for name, method in inspect.getmembers(client, callable):
        if not name.startswith("_"):
            yield name, _describe_method(method)


def _describe_method(method: Any) -> dict[str, Any]:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    plain = [
        each for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    return {
        "parameters": [each.name for each in plain],
        "required": [each.name for each in plain if each.default is each.empty],
        "keyword_only": [each.name for each in plain if each.kind is each.KEYWORD_ONLY],
        "collects": any(each.kind is each.VAR_KEYWORD for each in parameters),
        "collects_positional": any(each.kind is each.VAR_POSITIONAL for each in parameters),
        "deprecated": _deprecation(method),
        "deprecated_parameters": _deprecated_parameters(method, [each.name for each in plain]),
    }


def _deprecation(method: Any) -> str | None:
    """What the SDK warns of at each call.

    It has a decorator of its own, whose warning is a variable of the function that it makes, and
    uses the standard one of :pep:`702`.
    """
    while method is not None:
        message = getattr(method, "__deprecated__", None)
        if isinstance(message, str):
            return " ".join(message.split())
        values = _closure_variables(method)
        kinds = [each for each in values.values() if isinstance(each, type)]
        if isinstance(values.get("msg"), str) and any(issubclass(each, Warning) for each in kinds):
            return " ".join(values["msg"].split())
        method = getattr(method, "__wrapped__", None)
    return None


def _closure_variables(function: Any) -> dict[str, Any]:
    """The variables that a function has of the one around it."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cells = getattr(function, "__closure__", None) or ()
    found = {}
    for name, cell in zip(names, cells):  # noqa: B905  (old interpreters have no strict)
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found


def _deprecated_parameters(method: Any, names: list[str]) -> dict[str, str]:
    matches = _PARAMETER.finditer(inspect.getdoc(method) or "")
    return {each["name"]: _sentence(each["said"]) for each in matches if each["name"] in names}


def _sentence(text: str) -> str:
    """The first sentence of a text, in one line."""
    return re.split(r"(?<=\.) ", " ".join(text.split()), maxsplit=1)[0]


def _attributes(client: type) -> list[str] | None:
    """All names that the client may have: those of its class, and those its making mentions."""
    if hasattr(client, "__getattr__"):
        return None
    names = set(dir(client))
    for each in client.__mro__:
        names |= set(vars(each).get("__annotations__", {}))
        initializer = vars(each).get("__init__")
        names |= set(getattr(getattr(initializer, "__code__", None), "co_names", ()))
    return sorted(names)


def _handlers() -> list[str] | None:
    try:
        upload = importlib.import_module("kili.services.plugins.upload")
        return sorted(upload.POSSIBLE_HANDLERS)
    except (ImportError, AttributeError):
        return None


def _exists(module: str, name: str) -> bool:
    """Whether there is a module, and a name in it; what fails otherwise may lack an extra only."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        return not f"{module}.".startswith(f"{error.name}.")
    except Exception:
        return True
    return name in ("", "*") or hasattr(found, name) or _exists(f"{module}.{name}", "")


if __name__ == "__main__":
    print(json.dumps(surface(tuple(each) for each in json.loads(sys.argv[-1]))))  # noqa: T201
