"""Read the installed SDK: the methods of its client, its list of handlers, its modules.

Other interpreters run this file for their own SDK, so it imports only the standard library. It
runs no code of a plugin and creates no client.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import warnings
from importlib import metadata
from typing import Any, Iterable  # noqa: UP035  (old interpreters run this file)

# The form in which docstrings of the SDK deprecate a parameter.
_PARAMETER = re.compile(
    r"^(?P<indent> *)(?P<name>\w+)(?: *\([^)]*\))?: *"
    r"(?P<message>deprecated\b.*(?:\n(?P=indent) +\S.*)*)",
    re.I | re.M,
)


def surface(imported_names: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Describe the installed SDK as a JSON object.

    Args:
        imported_names: pairs of a module and a name in it, to be checked for existence; an empty
            name stands for the module itself.

    Returns:
        ``version``; ``methods``: name → ``parameters``, ``required``, ``keyword_only``,
        ``collects`` (has ``**kwargs``), ``collects_positional`` (has ``*args``), ``deprecated``
        (the SDK's message) and ``deprecated_parameters``; ``attributes``: other names that the
        client may have, or ``None`` if any name is possible; ``handlers``: registered on upload,
        or ``None`` if the SDK has no list; ``typed_events``: the SDK has ``@on_kili_event``;
        ``missing``: those of ``imported_names`` that do not exist.

    Raises:
        ImportError: no SDK is installed, or it cannot be imported.
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
    """Return the message with which a method is deprecated.

    The SDK uses the decorator of :pep:`702`, and one of its own, which keeps the message in a
    variable of the decorated function's closure.
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
    """Return the variables in the closure of a function."""
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
    return {each["name"]: _sentence(each["message"]) for each in matches if each["name"] in names}


def _sentence(text: str) -> str:
    """Return the first sentence of a text, in one line."""
    return re.split(r"(?<=\.) ", " ".join(text.split()), maxsplit=1)[0]


def _attributes(client: type) -> list[str] | None:
    """Return the names of the client's class, with those in its ``__init__``.

    Returns ``None`` if the class has ``__getattr__``, so that any name is possible.
    """
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
    """Return whether a module exists, and a name in it.

    A module that fails to import counts as existing: it may need an extra package.
    """
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
