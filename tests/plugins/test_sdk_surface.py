"""The surface read from SDKs of all generations, each in its own environment."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from kili_emulator.lint import sdk_surface
from kili_emulator.lint.installed_sdk import Surface
from tests.kit.sdk_environments import RECIPES, python_of

ASKED = [
    ["kili.plugins", "PluginCore"],
    ["kili.plugins", "on_kili_event"],
    ["kili.client", ""],
    ["kili", "client"],
    ["kili.no_such_module", ""],
    ["kili.client", "NoSuchName"],
    ["kili.utils.labels.image", "mask_to_normalized_vertices"],  # needs an extra
]


@pytest.fixture(scope="module", params=RECIPES)
def sdk_facts(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The facts about one SDK, read by its own interpreter."""
    command = [str(python_of(request.param)), "-W", "ignore", sdk_surface.__file__]
    done = subprocess.run(
        [*command, json.dumps(ASKED)], capture_output=True, text=True, timeout=60, check=True
    )
    answer = dict(json.loads(done.stdout.splitlines()[-1]))
    assert answer["version"] == request.param
    return answer


def is_new(sdk_facts: dict[str, Any]) -> bool:
    return str(sdk_facts["version"]).startswith("26.")


def test_methods_have_their_public_parameters(sdk_facts: dict[str, Any]) -> None:
    surface = Surface.read(sdk_facts)
    labels = surface.methods["labels"]

    assert {"project_id", "asset_id", "fields"} <= set(labels.parameters)
    assert "self" not in labels.parameters
    assert "project_id" in labels.required
    assert {"append_labels", "send_back_to_queue", "upload_plugin"} <= surface.methods.keys()
    assert not any(name.startswith("_") for name in surface.methods)


def test_deprecated_methods_are_those_with_an_sdk_warning(sdk_facts: dict[str, Any]) -> None:
    methods = Surface.read(sdk_facts).methods
    deprecated = {name for name, each in methods.items() if each.deprecated}

    assert str(methods["append_to_labels"].deprecated).startswith("append_to_labels method is")
    assert deprecated == (
        {"append_to_issues", "append_to_labels", "update_properties_in_role"}
        if is_new(sdk_facts)
        else {"append_to_labels"}
    )


def test_deprecated_parameters_have_the_text_of_the_documentation(
    sdk_facts: dict[str, Any],
) -> None:
    parameters = (
        Surface.read(sdk_facts).methods["update_properties_in_assets"].deprecated_parameters
    )

    if is_new(sdk_facts):
        assert parameters["status_array"] == "DEPRECATED and does not have any effect."
        assert parameters["priorities"].startswith("DEPRECATED, use `kili.set_assets_priority()`")
        assert parameters["priorities"].endswith(".")
    else:
        assert not parameters


def test_attributes_are_those_of_a_client(sdk_facts: dict[str, Any]) -> None:
    attributes = Surface.read(sdk_facts).attributes
    assert attributes is not None
    assert ({"graphql_client", "llm", "api_key"} if is_new(sdk_facts) else {"auth"}) <= attributes
    assert "no_such_attribute" not in attributes


def test_handlers_and_typed_events_are_those_of_the_sdk(sdk_facts: dict[str, Any]) -> None:
    surface = Surface.read(sdk_facts)

    assert surface.typed_events == is_new(sdk_facts)
    if not is_new(sdk_facts):
        assert surface.handlers is None
        return
    assert surface.handlers == {
        *("on_submit", "on_review", "on_custom_interface_click", "on_send_back_to_queue")
    }


def test_unknown_names_are_missing(sdk_facts: dict[str, Any]) -> None:
    missing = {("kili.no_such_module", ""), ("kili.client", "NoSuchName")}
    if not is_new(sdk_facts):
        missing.add(("kili.plugins", "on_kili_event"))
        missing.add(("kili.utils.labels.image", "mask_to_normalized_vertices"))
    assert Surface.read(sdk_facts).missing == missing
