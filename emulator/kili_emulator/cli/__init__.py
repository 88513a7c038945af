"""The command line ``kili-emulator``: one module per group of commands.

Commands find a running emulator by its folder (``state_folder``, ``server_process``) and call its
control plane over HTTP; ``start``, ``repair``, ``lint``, ``record`` and ``bundle run`` do the work
in their own process. All output goes through ``terminal``.

Imported by: __main__.
"""

from __future__ import annotations

import click

from kili_emulator import __version__
from kili_emulator.cli import (
    calls,
    clock,
    events,
    faults,
    lint,
    logs,
    packages,
    plugins,
    recordings,
    repair,
    replays,
    runs,
    server,
    states,
    timeline,
    users,
    webhooks,
    why,
    worlds,
)
from kili_emulator.cli.terminal import Commands


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="kili-emulator")
def main() -> None:
    """Run the Kili labeling platform on your own machine.

    Settings can also be given as environment variables KILI_EMULATOR_<OPTION>, or in the table
    [tool.kili-emulator] of the pyproject.toml in the current folder. They also apply to
    Emulator() in Python, except host, port, data-dir and ephemeral.
    """


main.add_command(server.start)
main.add_command(server.stop)
main.add_command(server.wait)
main.add_command(server.env)
main.add_command(runs.runs)
main.add_command(replays.replay)
main.add_command(replays.bundle)
main.add_command(recordings.record)
main.add_command(plugins.plugins)
main.add_command(why.why)
main.add_command(timeline.timeline)
main.add_command(calls.calls)
main.add_command(events.events)
main.add_command(logs.logs)
main.add_command(webhooks.redeliver)
main.add_command(faults.faults)
main.add_command(packages.packages)
main.add_command(lint.lint)
for each in users.COMMANDS:
    main.add_command(each)
main.add_command(worlds.reset)
main.add_command(clock.clock)
main.add_command(worlds.world)
main.add_command(states.state)
main.add_command(states.import_export)
main.add_command(states.pull)
main.add_command(repair.repair)
