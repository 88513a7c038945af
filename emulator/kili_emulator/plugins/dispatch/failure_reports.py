"""Report failed builds and runs in the emulator's log: one line for each.

A log record has the attributes ``command`` and ``world``: the command that shows more. The command
works only if this process serves commands; then :mod:`kili_emulator.cli.server_log` adds it to the
line.
"""

from __future__ import annotations

from kili_emulator import messages
from kili_emulator.domain.plugin import build_errors
from kili_emulator.domain.run import called_handler, headline, headline_of_error
from kili_emulator.domain.run_view import is_failed
from kili_emulator.domain.world import World
from kili_emulator.plugins.logs import FAILURES
from kili_emulator.printable import one_line, shorten


def report_build(world: World, version_id: str) -> None:
    """Report that the build of a version failed, unless the version was deleted."""
    view = world.view
    version = view.plugin_versions.get(version_id)
    plugin = view.plugins.get(version["pluginId"]) if version else None
    if version is None or plugin is None:
        return
    found = build_errors(view, plugin["id"], version_id)
    text = messages.BUILD_FAILED.format(
        name=plugin["name"],
        number=version["number"],
        reason=_short(headline_of_error(found[0]) if found else None),
    )
    FAILURES.warning(text, extra=_log_extra(world, "plugins", "versions", plugin["name"]))


def report_run(world: World, run_id: str) -> None:
    """Report the end of a run, if the run failed."""
    view = world.view
    run = view.runs.get(run_id)
    plugin = view.plugins.get(run["pluginId"]) if run else None
    if run is None or plugin is None or not is_failed(run):
        return
    text = messages.RUN_FAILED.format(
        name=plugin["name"],
        run=run_id,
        called=called_handler(run),
        outcome=run["outcome"],
        reason=_short(headline(run)),
    )
    FAILURES.warning(text, extra=_log_extra(world, "runs", "show", run_id))


def _short(text: str | None) -> str:
    return shorten(one_line(text or "no reason given"))


def _log_extra(world: World, *command: str) -> dict[str, object]:
    return {"command": list(command), "world": world.name}
