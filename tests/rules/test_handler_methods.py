"""The handlers that a plugin's source defines and that a version of the SDK supports."""

from __future__ import annotations

import pytest

from kili_emulator.rules.handler_methods import (
    Methods,
    UnsupportedClient,
    misspelled,
    read_methods,
    unsupported_client,
)

HEAD = "from kili.plugins import PluginCore\nimport kili.plugins\n\n"


CLASS = "class PluginHandler(PluginCore):\n    "
TWICE = f"{CLASS}def one(self): ...\n\n\n{CLASS}def two(self): ..."


@pytest.mark.parametrize(
    ("source", "methods"),
    [
        (f"{CLASS}def on_submit(self): ...", Methods(["on_submit"], True)),
        ("class PluginHandler(kili.plugins.PluginCore):\n    x = 1", Methods(["x"], True)),
        ("class PluginHandler:\n    async def on_submit(self): ...", Methods(["on_submit"], True)),
        ("class PluginHandler(Mine, PluginCore):\n    pass", Methods([], False)),
        ("class PluginHandler(make()):\n    pass", Methods([], False)),
        ("class PluginHandler(PluginCore, metaclass=M):\n    pass", Methods([], False)),
        (f"@changed\n{CLASS}pass", Methods([], False)),
        (TWICE, Methods(["one"], True)),
        ("class Another(PluginCore):\n    pass", None),
        ("class PluginHandler(", None),
        ("", None),
    ],
)
def test_read_methods_returns_names_and_completeness(source: str, methods: Methods | None) -> None:
    assert read_methods(HEAD + source) == methods


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["on_submitted"], "on_submitted"),
        (["onSubmit"], "onSubmit"),
        (["__init__", "submit", "helper"], "submit"),
        (["on_review", "helper"], None),
        (["on_review_submit"], None),
        ([], None),
    ],
)
def test_similar_method_name_is_found_as_misspelled(names: list[str], meant: str | None) -> None:
    handlers = ("on_submit", "on_review", "on_review_submit")
    assert misspelled("on_submit", Methods(names, True), handlers) == meant


def test_unreadable_source_has_no_misspelled_method() -> None:
    assert misspelled("on_submit", None, ()) is None


@pytest.mark.parametrize(
    ("handler", "client", "found"),
    [
        ("onSubmit", "2.125.2", None),
        ("onCustomInterfaceClick", "2.129.6", UnsupportedClient(True, "2.129.7")),
        ("onCustomInterfaceClick", "2.129.7", None),
        ("onSendBackToQueue", "2.156.0", UnsupportedClient(True, "2.156.1")),
        ("onSendBackToQueue", "26.2.4", None),
        ("onProjectUpdated", "2.140.1", UnsupportedClient(True, "2.141")),
        ("onProjectUpdated", "26.1.5", None),
        ("onProjectUpdated", "26.2.4", UnsupportedClient(False, "26.1")),
        ("onSendBackToQueue", None, None),
        ("onSendBackToQueue", "of my own", None),
    ],
)
def test_supported_handlers_depend_on_the_client_version(
    handler: str, client: str | None, found: UnsupportedClient | None
) -> None:
    assert unsupported_client(handler, client) == found
