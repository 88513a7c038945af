"""The settings of the packages that plugins may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.rules.plugin_policy import Policy


@dataclass(frozen=True)
class PackageSettings:
    """The packages that plugins may use.

    Attributes:
        policy: decides which packages they may import.
        environment: the installed packages.
        installs: whether the requirements of each version are installed for it; needs an isolation
            that can give each version packages of its own.
    """

    policy: Policy = "saas"
    environment: Environment = field(default_factory=Environment)
    installs: bool = False
