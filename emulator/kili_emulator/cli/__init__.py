"""The command line ``kili-emulator``: one module per group of commands.

``addressing`` decides which running emulator a command means: by options, by the environment, or
by the data folder (``state_folder``, ``server_process``). Commands send requests with ``client``;
``start``, ``exec``, ``record``, ``repair``, ``lint`` and ``bundle run`` do the work in their own
process. All output goes through ``terminal``.

Imported by: __main__.
"""

from __future__ import annotations

import click

from kili_emulator import __version__
from kili_emulator.cli import (
    calls,
    clients,
    clock,
    content,
    events,
    execution,
    faults,
    lint,
    logs,
    packages,
    plugin_uploads,
    plugins,
    recordings,
    repair,
    replays,
    resets,
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

    Commands use the emulator that --endpoint and --key name, or else KILI_API_ENDPOINT and
    KILI_API_KEY, or else the one that was started with the data folder.

    Settings can also be given as environment variables KILI_EMULATOR_<OPTION>, or in the table
    [tool.kili-emulator] of the pyproject.toml in the current folder. They also apply to
    Emulator() in Python, except host, port, data-dir and ephemeral.

    Completion of commands and options in bash (likewise zsh_source, fish_source):
    eval "$(_KILI_EMULATOR_COMPLETE=bash_source kili-emulator)"
    """


main.add_section(
    "The emulator",
    server.start,
    server.stop,
    clients.wait,
    clients.env,
    execution.exec_,
    recordings.record,
    packages.packages,
    repair.repair,
)
main.add_section(
    "Worlds",
    resets.mark,
    resets.reset,
    states.state,
    states.import_export,
    states.pull,
    clock.clock,
    faults.faults,
    worlds.world,
)
main.add_section("Content", content.projects, content.assets, content.labels)
main.add_section("Simulated users", *users.COMMANDS)
main.add_section(
    "Plugins",
    lint.lint,
    plugin_uploads.upload,
    plugin_uploads.activate,
    plugin_uploads.deactivate,
    plugin_uploads.delete,
    plugins.plugins,
    users.trigger,
    webhooks.redeliver,
)
main.add_section(
    "What happened",
    runs.runs,
    logs.logs,
    calls.calls,
    events.events,
    timeline.timeline,
    why.why,
    replays.replay,
    replays.bundle,
)
