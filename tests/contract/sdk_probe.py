"""Reads an installed SDK from inside: its GraphQL documents, methods and default selections.

``tests/contract/sdk_surface.py`` runs this file in the SDK's own process, where ``Kili`` can reach
an emulator, and takes what :func:`probe` returns. Nothing is listed by hand: packages, classes and
signatures are walked. Only the standard library, and Python 3.8, may be relied on here.
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
FILTERS = {"storages.connections": {"project_id": "x"}}  # these want one


def probe(project_id, organization_id):
    """All that can be read out of the installed SDK.

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
    """Every module of the SDK that can be imported here."""
    import kili

    for each in pkgutil.walk_packages(kili.__path__, "kili.", onerror=lambda name: None):
        if each.name.endswith("__main__"):
            continue
        try:
            yield importlib.import_module(each.name)
        except Exception:  # an optional dependency is missing, or what it needs is too new
            continue


def documents_of(module):
    """The documents that a module defines: constants, functions and classes that make them."""
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
    """The document that a function makes of a fragment, if that is what it does."""
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
    """What a caller may give, but for ``self`` and collected arguments."""
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
    """``name, (client, bound method)`` of each public method of all clients."""
    for client, module in CLIENTS.items():
        try:
            made = importlib.import_module(module).Kili()
        except ImportError:
            continue
        for name, method in methods_of(made, ""):
            yield name, (client, method)


def methods_of(owner, prefix):
    """The public methods of an object, and those of its namespaces behind their names."""
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
    """Whether a client's attribute holds methods for users: a part of a client or of the domain."""
    kind = type(value)
    return is_sdks(kind) and kind.__name__.endswith(("ClientMethods", "Namespace", "KiliInternal"))


def fields_parameters(method):
    return [each.name for each in parameters(method) if each.name.endswith("fields")]


def sent_by_default(name, method, known):
    """The last document that a method sends when nobody says which fields it shall ask for."""
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
    except Exception:  # what the emulator does not serve, and what the other arguments cause
        pass
    finally:
        for each, original in originals:
            each.execute = original
    return sent[-1] if sent else None


def recording(execute, sent):
    """``execute`` that notes what it sends; a count is never 0, so that the list is asked for."""

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
    """The class through which the SDK sends documents, wherever this generation has it."""
    found = {
        value
        for name, module in list(sys.modules.items())
        if name.startswith("kili.")
        for value in [getattr(module, "GraphQLClient", None)]
        if inspect.isclass(value) and is_sdks(value)
    }
    return sorted(found, key=lambda each: each.__module__)
