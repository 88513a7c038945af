"""The Python environment of plugins, for commands that need no server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import click

from kili_emulator import messages
from kili_emulator.cli.options import setting_option
from kili_emulator.config import SettingsError

if TYPE_CHECKING:
    from kili_emulator.config import Settings
    from kili_emulator.plugins.build.installed_packages import Environment


plugin_policy_option = setting_option("plugin_policy")


def find_plugin_environment(settings: Settings) -> Environment:
    """Return the environment of the interpreter that runs plugins.

    Raises:
        click.UsageError: the interpreter cannot be run, or has no SDK.
    """
    from kili_emulator.plugins.build.installed_packages import Environment
    from kili_emulator.plugins.process.interpreter import check_python

    try:
        if settings.plugin_python:
            check_python(settings.plugin_python)
        return Environment.of_interpreter(settings.plugin_python)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        text = messages.PYTHON_UNUSABLE.format(path=settings.plugin_python, reason=error)
        raise click.UsageError(text) from None
