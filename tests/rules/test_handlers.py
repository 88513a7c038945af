"""The registry of handlers is consistent with itself and with the installed SDKs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kili_emulator import api
from kili_emulator.domain.payloads import HANDLER_ARGUMENTS
from kili_emulator.rules import subjects
from kili_emulator.rules.handler_methods import unsupported_client
from kili_emulator.rules.handlers import BY_METHOD, BY_TYPE, DEFAULT_TYPES, HANDLERS, ON_EVENT
from tests.kit.sdk_environments import RECIPES, python_of

SCHEMA = Path(api.__file__).parent / "schema" / "plugin.graphql"

# Prints what an SDK knows of handlers: those it sends on upload, and the methods of PluginCore.
READ = """
import inspect, json
from kili.plugins import PluginCore
from kili.services.plugins import upload

methods = {
    name: list(inspect.signature(method).parameters)[1:]
    for name, method in inspect.getmembers(PluginCore, inspect.isfunction)
    if name.startswith("on_")
}
print(json.dumps([getattr(upload, "POSSIBLE_HANDLERS", None), methods]))
"""


@pytest.fixture(scope="module", params=RECIPES)
def installed(request: pytest.FixtureRequest) -> tuple[str, dict[str, str] | None, dict[str, Any]]:
    """The version of an SDK, its handler types by method, and the arguments of its methods."""
    done = subprocess.run(
        [str(python_of(request.param)), "-W", "ignore", "-c", READ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    types, methods = json.loads(done.stdout.splitlines()[-1])
    return request.param, types, methods


def test_sdk_sends_the_handler_types_of_its_version(
    installed: tuple[str, dict[str, str] | None, dict[str, Any]],
) -> None:
    version, types, _ = installed
    possible = {
        each.method: each.type
        for each in BY_TYPE.values()
        if not unsupported_client(each.type, version)
    }
    if types is None:  # the platform then calls the default handlers
        assert list(possible.values()) == DEFAULT_TYPES
    else:
        assert types == possible


def test_handler_methods_of_the_sdk_take_the_registered_arguments(
    installed: tuple[str, dict[str, str] | None, dict[str, Any]],
) -> None:
    _, types, methods = installed
    for name in {*(types or ()), *methods}:
        assert name in BY_METHOD, name
    for name, arguments in methods.items():
        assert tuple(arguments) == BY_METHOD[name].arguments, name


def test_each_handler_has_events_of_its_own() -> None:
    called_by = [subject for each in HANDLERS for subject in each.events]
    assert len(called_by) == len(set(called_by))
    assert [each for each in HANDLERS if not each.events] == [ON_EVENT]


@pytest.mark.parametrize("handler", BY_TYPE.values(), ids=BY_TYPE)
def test_label_types_of_a_handler_match_its_events(handler: Any) -> None:
    types = [subjects.label_type_of(each) for each in handler.events]
    assert [each for each in types if each] == list(handler.label_types)


@pytest.mark.parametrize("label_type", ["DEFAULT", "REVIEW", "PREDICTION", "INFERENCE", "AUTOSAVE"])
def test_the_subject_of_a_new_label_names_its_type(label_type: str) -> None:
    subject = subjects.new_label_subject(label_type)
    assert subjects.label_type_of(subject) == label_type
    assert subjects.is_about_new_label(subject)


def test_subject_of_a_honeypot_label_names_no_label_type() -> None:
    honeypot = f"{subjects.LABEL_CREATED}honeypot"
    assert subjects.label_type_of(honeypot) is None
    assert subjects.is_about_new_label(honeypot)


def test_schema_enum_has_the_registered_handler_types() -> None:
    (found,) = re.findall(r"enum PluginHandlerType \{([^}]*)\}", SCHEMA.read_text(encoding="utf-8"))
    enum = set(found.split())
    place = "enum PluginHandlerType in api/schema/plugin.graphql"
    missing, unknown = BY_TYPE.keys() - enum, enum - BY_TYPE.keys()
    assert missing == set(), f"add to {place}: {missing}"
    assert unknown == set(), f"remove from {place}, or add to rules/handlers.py: {unknown}"


def test_each_handler_has_a_function_that_makes_its_arguments() -> None:
    functions, place = HANDLER_ARGUMENTS.keys(), "HANDLER_ARGUMENTS in domain/payloads.py"
    missing, unknown = BY_TYPE.keys() - functions, functions - BY_TYPE.keys()
    assert missing == set(), f"add to {place}: {missing}"
    assert unknown == set(), f"remove from {place}, or add to rules/handlers.py: {unknown}"
