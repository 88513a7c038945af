"""The packages that plugins can import, as ``kili-emulator packages`` lists them."""

from __future__ import annotations

import sys
from importlib import metadata

import pytest
from click.testing import CliRunner

from kili_emulator.cli import main
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.packages import packages
from kili_emulator.rules.plugin_imports import ON_PREMISE, find_violations
from kili_emulator.rules.plugin_policy import POLICIES, Policy
from tests.kit.sdk_environments import python_of

HERE = Environment()


def names(policy: Policy) -> list[str]:
    return [each.name for each in packages(policy, HERE).provided]


def listed(*arguments: str, **environment: str) -> str:
    done = CliRunner().invoke(main, ["packages", *arguments], env=environment)
    assert done.exit_code == 0, done.output
    return done.output


def test_tutorial_policy_provides_only_numpy_and_the_sdk() -> None:
    assert names("tutorial") == ["kili", "numpy"]
    assert packages("tutorial", HERE).on_request == []


def test_dependencies_of_packages_are_provided_only_by_the_saas_policy() -> None:
    assert {"kili", "numpy", "requests", "tqdm"} <= set(names("saas"))
    assert "tqdm" not in names("on-premise")


def test_other_installed_packages_are_available_on_request() -> None:
    asked = {each.name: each for each in packages("saas", HERE).on_request}

    assert asked["PyYAML"].modules == ("yaml",)
    assert asked["PyYAML"].version == metadata.version("PyYAML")
    assert not set(asked) & set(names("saas"))
    assert packages("on-premise", HERE).on_request == []


@pytest.mark.parametrize("policy", POLICIES)
def test_package_list_agrees_with_the_build(policy: Policy) -> None:
    installed = HERE.distributions_by_module()
    found = packages(policy, HERE)
    lines = [f"import {module}" for each in found.provided for module in each.modules]
    provided = [each.name for each in found.provided]
    files = {"main.py": "\n".join(lines)}

    assert find_violations(files, policy, installed=installed, provided_dependencies=provided) == []
    for each in found.on_request:
        main_py = "\n".join(f"import {module}" for module in each.modules)
        refused = find_violations(
            {"main.py": main_py}, policy, installed=installed, provided_dependencies=provided
        )
        assert bool(refused) or set(each.modules) <= sys.stdlib_module_names
        allowed = find_violations(
            {"main.py": main_py}, policy, installed=installed, required=[each.name]
        )
        assert allowed == []


def test_list_of_missing_packages_ends_with_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"numpy": ["numpy"]}
    monkeypatch.setattr(Environment, "distributions_by_module", lambda _: known)

    printed = listed("--plugin-policy", "on-premise")
    missing = [each for each in ON_PREMISE if each not in ("numpy", "uuid")]
    assert printed.strip().endswith(f"{sys.executable} -m pip install {' '.join(missing)}")
    assert "Plugins can import (on-premise):\n\n  numpy " in printed


def test_list_without_missing_packages_shows_no_install_command() -> None:
    printed = listed(KILI_EMULATOR_PLUGIN_POLICY="tutorial")

    assert printed.startswith("Plugins can import (tutorial):\n\n  kili ")
    assert "pip install" not in printed


def test_packages_are_listed_for_the_interpreter_of_plugins() -> None:
    listing = listed(
        KILI_EMULATOR_PLUGIN_ISOLATION="process",
        KILI_EMULATOR_PLUGIN_PYTHON=str(python_of("2.125.2")),
    )
    assert "kili 2.125.2 " in listing


def test_interpreter_that_cannot_run_is_refused() -> None:
    environment = {
        "KILI_EMULATOR_PLUGIN_ISOLATION": "process",
        "KILI_EMULATOR_PLUGIN_PYTHON": "/nowhere/python",
    }
    done = CliRunner().invoke(main, ["packages"], env=environment)
    assert done.exit_code == 2
    assert "/nowhere/python cannot be run" in done.output
