"""The command ``packages``: list the packages that plugins can import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import click

from kili_emulator.cli.plugin_environment import find_plugin_environment, plugin_policy_option
from kili_emulator.cli.server_process import settings_from_options
from kili_emulator.cli.terminal import echo
from kili_emulator.rules.plugin_policy import Policy

if TYPE_CHECKING:
    from kili_emulator.plugins.build.packages import Package


@click.command()
@plugin_policy_option
def packages(plugin_policy: str | None) -> None:
    """List the packages that plugins can import.

    The list also has the packages that are missing here. It is of the Python environment of this
    command, or of the setting plugin_python. The standard library can always be imported.
    """
    from kili_emulator.plugins.build import packages as installed

    settings = settings_from_options({"plugin_policy": plugin_policy})
    policy = cast(Policy, settings.plugin_policy)
    available = installed.packages(policy, find_plugin_environment(settings))
    _print_packages(f"Plugins can import ({policy}):", available.provided)
    _print_packages(
        "Also, if requirements.txt of the plugin names them:", available.on_request, before=[""]
    )
    if available.missing:
        echo("", "Documented for the platform, but not installed here:", "")
        for name in available.missing:
            echo(f"  {name}")
        echo("", "Install them with:", "", f"  {available.command}")


def _print_packages(title: str, available: Sequence[Package], before: Sequence[str] = ()) -> None:
    if not available:
        return
    echo(*before, title, "")
    width = max(len(f"{each.name} {each.version}") for each in available)
    for each in available:
        echo(f"  {f'{each.name} {each.version}':<{width}}   import {', '.join(each.modules)}")
