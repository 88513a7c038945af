"""The packages that plugins can import in an environment."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.rules.plugin_imports import PROVIDED
from kili_emulator.rules.plugin_policy import Policy, reads_requirements
from kili_emulator.rules.requirements import Requirement, collect_dependencies


@dataclass(frozen=True)
class Package:
    """An installed distribution.

    Attributes:
        modules: the names of its public top-level modules.
    """

    name: str
    version: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Packages:
    """The packages that plugins can import in an environment under a policy.

    Attributes:
        provided: the packages that every plugin can import.
        on_request: the packages that a plugin can import if its ``requirements.txt`` names them.
        missing: the names of packages that the platform has and the environment lacks.
        command: the command that installs the missing packages.
    """

    provided: list[Package]
    on_request: list[Package]
    missing: list[str]
    command: str


def packages(policy: Policy, environment: Environment) -> Packages:
    """List the packages that plugins can import in an environment, in the order of names."""
    policy_names = [name for name in PROVIDED[policy] if name not in sys.stdlib_module_names]
    names: set[str] = {canonicalize_name(name) for name in policy_names}
    if policy == "saas":
        names |= collect_dependencies(
            [Requirement(0, name, name) for name in policy_names], environment.find
        )
    installed = _installed(environment)
    missing = [name for name in policy_names if canonicalize_name(name) not in installed]
    others = [each for key, each in installed.items() if key not in names]
    return Packages(
        [each for key, each in installed.items() if key in names],
        others if reads_requirements(policy) else [],
        missing,
        environment.pip_command(missing),
    )


def _installed(environment: Environment) -> dict[str, Package]:
    """Return the distributions that provide a module, by normalized name and in this order."""
    modules: dict[str, set[str]] = {}
    for module, names in environment.distributions_by_module().items():
        for name in names:
            modules.setdefault(canonicalize_name(name), set()).add(module)
    by_name = {}
    for key in sorted(modules):
        installed = environment.find(key)
        public = sorted(each for each in modules[key] if each.isidentifier() and each[0] != "_")
        if installed and public:
            by_name[key] = Package(installed.name, installed.version, tuple(public))
    return by_name
