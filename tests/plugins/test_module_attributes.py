"""Module attributes that a plugin replaces are found; changes of other code are not."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
import requests

from kili_emulator.plugins.guest.process_state import module_attributes
from kili_emulator.plugins.guest.process_state.module_attributes import Snapshot, find_changes
from kili_emulator.plugins.guest.process_state.process_settings import describe, restore

PLUGIN = {"__name__": "plugin"}
exec(  # what a plugin defines is of a module of its own
    "class Own:\n    def method(self, *_, **__): pass\n"
    "    def __call__(self, *_, **__): pass\n"
    "def function(*_, **__): pass\n",
    PLUGIN,
)


@pytest.fixture
def before() -> Iterator[Snapshot]:
    snapshot = module_attributes.take_snapshot()
    yield snapshot
    restore(find_changes(snapshot, lambda _: True))


def own(before: Snapshot) -> str:
    return describe(find_changes(before, lambda name: name == "plugin"))


OWN: dict[str, Any] = {
    "function": PLUGIN["function"],
    "class": PLUGIN["Own"],
    "object": PLUGIN["Own"](),  # type: ignore[operator]
    "method": PLUGIN["Own"]().method,  # type: ignore[operator]
    "partial": functools.partial(PLUGIN["function"], 1),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("kind", OWN)
def test_attribute_replaced_by_a_plugin_is_found_and_restored(before: Snapshot, kind: str) -> None:
    original = json.dumps
    json.dumps = OWN[kind]
    assert own(before) == "attributes of modules (json.dumps)"
    restore(find_changes(before, lambda name: name == "plugin"))
    assert json.dumps is original


def test_replaced_attributes_of_classes_and_their_bases_are_found(before: Snapshot) -> None:
    requests.Session.request = OWN["function"]  # type: ignore[method-assign]
    requests.sessions.SessionRedirectMixin.rebuild_auth = OWN["function"]  # type: ignore[method-assign]
    assert own(before) == (
        "attributes of modules (requests.sessions.Session.request, "
        "requests.sessions.Session.rebuild_auth)"
    )


def test_added_attribute_is_removed(before: Snapshot) -> None:
    json.additional = OWN["function"]  # type: ignore[attr-defined]
    restore(find_changes(before, lambda name: name == "plugin"))
    assert not hasattr(json, "additional")


def test_replaced_threading_excepthook_is_found(before: Snapshot) -> None:
    threading.excepthook = OWN["function"]
    assert own(before) == "attributes of modules (threading.excepthook)"


def test_object_with_a_failing_getattr_is_recognized_by_its_class(before: Snapshot) -> None:
    names: dict[str, Any] = {"__name__": "plugin"}
    exec("class Closed:\n    def __getattr__(self, name): 1 / 0", names)
    json.dumps = names["Closed"]()
    assert own(before) == "attributes of modules (json.dumps)"


OTHERS: dict[str, Callable[[], Any]] = {
    "of another module": lambda: json.loads,
    "a mock": Mock,
    "a value": lambda: 3,
    "a function of the test's": lambda: test_attribute_replaced_by_other_code_is_not_reported,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_attribute_replaced_by_other_code_is_not_reported(before: Snapshot, kind: str) -> None:
    json.dumps = OTHERS[kind]()
    assert own(before) == ""
