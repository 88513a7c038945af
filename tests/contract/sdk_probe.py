"""Reader of an installed SDK: its GraphQL documents, methods and default selections.

``tests/contract/sdk_surface.py`` runs this file in the SDK's own process, where ``Kili`` can reach
an emulator, and reads the result of :func:`probe`. The packages, classes and signatures are walked;
no list is written by hand. This file may use only the standard library and Python 3.8.
"""

import importlib
import inspect
import pkgutil
import re
import sys
import warnings

COUNT = re.compile(r"^\s*query\b[^{]*\{[^{]*\}\s*$")
OPERATION = re.compile(r"^\s*(query|mutation|subscription)\b")
CLIENTS = {"legacy": "kili.client", "domain": "kili.client_domain"}
ARGUMENTS = {"platform": "AWS", "cloud_storage_integration_id": "x", "disable_tqdm": True}
FILTERS = {"storages.connections": {"project_id": "x"}}  # required arguments


def probe(project_id, organization_id):
    """Read the surface of the installed SDK.

    Args:
        project_id: a project that the client's user can read.
        organization_id: the user's organization.

    Returns:
        ``{"documents": {text: where it was found}, "methods": {name: "legacy" or "domain"},
        "selections": {"method.parameter": the document that is sent by default, or None}}``
    """
    warnings.simplefilter("ignore")
    found = {}
    for module in modules():
        for place, text in documents_of(module):
            found.setdefault(text, place)
    known = {"project_id": project_id, "organization_id": organization_id, **ARGUMENTS}
    methods = dict(all_methods())
    selections = {}
    for name, (_, method) in methods.items():
        for parameter in fields_parameters(method):
            selections[name + "." + parameter] = sent_by_default(name, method, known)
    return {
        "documents": found,
        "methods": {name: client for name, (client, _) in methods.items()},
        "selections": selections,
    }


def modules():
    """Iterate over the modules of the SDK that can be imported here."""
    import kili

    for each in pkgutil.walk_packages(kili.__path__, "kili.", onerror=lambda name: None):
        if each.name.endswith("__main__"):
            continue
        try:
            yield importlib.import_module(each.name)
        except Exception:  # an optional dependency is missing or incompatible
            continue


def documents_of(module):
    """Iterate over the documents that a module defines: constants, functions and classes."""
    for name, value in list(vars(module).items()):
        place = module.__name__ + "." + name
        if isinstance(value, str):
            yield from document(place, value)
        elif getattr(value, "__module__", None) != module.__name__:
            continue
        elif inspect.isfunction(value):
            yield from made_by(place, value)
        elif inspect.isclass(value):
            for member, attribute in list(vars(value).items()):
                if isinstance(attribute, (staticmethod, classmethod)):
                    yield from made_by(place + "." + member, getattr(value, member))
                elif isinstance(attribute, str):
                    yield from document(place + "." + member, attribute)


def document(place, text):
    if OPERATION.match(text):
        yield place, text


def made_by(place, function):
    """Return the document that a function builds from a fragment, or nothing."""
    required = [each.name for each in parameters(function) if each.default is each.empty]
    if not required or not all("fragment" in name for name in required):
        return
    try:
        text = function(*["__typename" for _ in required])
    except Exception:
        return
    if isinstance(text, str):
        yield from document(place, text)


def parameters(function):
    """Return the parameters of a method without ``self`` and collected arguments."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        each
        for each in found
        if each.name != "self" and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]


def all_methods():
    """Iterate over ``name, (client, bound method)`` of each public method of all clients."""
    for client, module in CLIENTS.items():
        try:
            made = importlib.import_module(module).Kili()
        except ImportError:
            continue
        for name, method in methods_of(made, ""):
            yield name, (client, method)


def methods_of(owner, prefix):
    """Iterate over the public methods of an object and, with their prefix, of its namespaces."""
    names = {name for name in dir(type(owner)) if not name.startswith("_")}
    names |= {name for name in vars_of(owner) if not name.startswith("_")}
    for name in sorted(names):
        value = getattr(owner, name, None)
        if inspect.ismethod(value) and is_sdks(value):
            yield prefix + name, value
        elif is_namespace(value):
            yield from methods_of(value, prefix + name + ".")


def vars_of(owner):
    return list(getattr(owner, "__dict__", {}))


def is_sdks(value):
    return (getattr(value, "__module__", None) or "").startswith("kili.")


def is_namespace(value):
    """Return whether an attribute of a client is a namespace with methods for users."""
    kind = type(value)
    return is_sdks(kind) and kind.__name__.endswith(("ClientMethods", "Namespace", "KiliInternal"))


def fields_parameters(method):
    return [each.name for each in parameters(method) if each.name.endswith("fields")]


def sent_by_default(name, method, known):
    """Return the last document that a method sends if the caller names no fields."""
    values = {
        each.name: known.get(each.name, "x")
        for each in parameters(method)
        if each.default is each.empty or each.name in ARGUMENTS
    }
    wanted = FILTERS.get(name.rpartition(".")[0])
    if wanted is not None:
        values["filter"] = wanted
    sent = []
    originals = [(each, each.execute) for each in graphql_clients()]
    for each, original in originals:
        each.execute = recording(original, sent)
    try:
        result = method(**values)
        if inspect.isgenerator(result):
            next(result, None)
    except Exception:  # errors of operations that are not served, or of made-up arguments
        pass
    finally:
        for each, original in originals:
            each.execute = original
    return sent[-1] if sent else None


def recording(execute, sent):
    """Wrap ``execute`` to record documents; counts are never 0, so that lists are requested."""

    def recorded(self, query, *args, **kwargs):
        text = query if isinstance(query, str) else str(query)
        sent.append(text)
        if not COUNT.match(text):
            return execute(self, query, *args, **kwargs)
        try:
            answer = execute(self, query, *args, **kwargs)
        except Exception:
            return {"data": 1}
        return answer if answer.get("data") != 0 else {"data": 1}

    return recorded


def graphql_clients():
    """Return the class that sends documents, wherever this generation defines it."""
    found = {
        value
        for name, module in list(sys.modules.items())
        if name.startswith("kili.")
        for value in [getattr(module, "GraphQLClient", None)]
        if inspect.isclass(value) and is_sdks(value)
    }
    return sorted(found, key=lambda each: each.__module__)
