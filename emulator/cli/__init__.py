"""The command line: ``kili-emulator``."""

from __future__ import annotations

import click

from emulator.cli import server, world


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kili-emulator")
def main() -> None:
    """The Kili labeling platform on your own machine.

    Options can also be set as KILI_EMULATOR_<OPTION> in the environment, or below
    [tool.kili-emulator] in the pyproject.toml of the current folder.
    """


main.add_command(server.start)
main.add_command(server.stop)
main.add_command(server.wait)
main.add_command(server.env)
main.add_command(world.reset)
main.add_command(world.world)
