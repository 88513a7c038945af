"""The command about packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import click

from kili_emulator.cli.plugin_environment import environment_of, plugin_policy_option
from kili_emulator.cli.server_process import settings_from
from kili_emulator.cli.terminal import echo
from kili_emulator.rules.plugin_imports import Policy

if TYPE_CHECKING:
    from kili_emulator.plugins.build.packages import Package


@click.command()
@plugin_policy_option
def packages(plugin_policy: str | None) -> None:
    """List the packages that plugins can import here, and those that are missing.

    It is about the environment that this command is installed in, or that of the setting
    plugin_python. The standard library can always be imported.
    """
    from kili_emulator.plugins.build import packages as installed

    settings = settings_from({"plugin_policy": plugin_policy})
    policy = cast(Policy, settings.plugin_policy)
    found = installed.packages(policy, environment_of(settings))
    _list(f"Plugins can import ({policy}):", found.provided)
    _list("Once their requirements.txt names it, also:", found.on_request, before=[""])
    if found.missing:
        echo("", "Not installed here, but documented for the platform:", "")
        for name in found.missing:
            echo(f"  {name}")
        echo("", "This installs it:", "", f"  {found.command}")


def _list(title: str, found: Sequence[Package], before: Sequence[str] = ()) -> None:
    if not found:
        return
    echo(*before, title, "")
    width = max(len(f"{each.name} {each.version}") for each in found)
    for each in found:
        echo(f"  {f'{each.name} {each.version}':<{width}}   import {', '.join(each.modules)}")
