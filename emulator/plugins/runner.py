"""Calls one handler of a plugin: the only place where a plugin's code is run for an event."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from emulator import clock, messages
from emulator.domain.run import Outcome
from emulator.ids import seeded_randomness
from emulator.plugins import breakpoints, logs, requirements
from emulator.plugins.calls import Call, Result
from emulator.plugins.limits import Ended, Stopped, call_limited
from emulator.plugins.tracebacks import Place, explain


def run(
    handler: type,
    call: Call,
    log: logs.RunLog,
    place: Place,
    *,
    make_client: Callable[[], Any],
    tick: Callable[[], None],
) -> Result:
    """Call a handler, with everything that it prints and logs going to ``log``.

    Whatever the handler does ends here: it never raises.

    Args:
        handler: the plugin's ``PluginHandler``.
        place: where its files are.
        make_client: makes the client that the plugin gets as ``self.kili``.
        tick: called ten times a second while the handler runs; what it raises ends the call.
    """

    def work() -> None:
        logs.current.set(log)
        breakpoints.current_run.set(f"plugin {call.plugin_name!r}, run {call.run_id}")
        logger = logs.logger_for(log, call.plugin_name)
        plugin = handler(make_client(), call.project_id, logger)
        getattr(plugin, call.method)(**copy.deepcopy(call.payload))

    started = clock.monotonic()
    with seeded_randomness(call.seed):
        ended = call_limited(work, call.seconds, tick)
    outcome, error = _judge(ended, call, place)
    if error:
        log.verdict("error", error)
    return Result(outcome, error, round((clock.monotonic() - started) * 1000, 3))


def _judge(ended: Ended, call: Call, place: Place) -> tuple[Outcome, str | None]:
    if ended.abandoned:
        timeout = messages.RUN_TIMEOUT.format(seconds=call.seconds)
        return "ABANDONED", f"{timeout}\n{messages.RUN_ABANDONED}"
    if isinstance(ended.error, Stopped):
        return "TIMED_OUT", messages.RUN_TIMEOUT.format(seconds=call.seconds)
    if isinstance(ended.error, SystemExit):
        return "EXITED", messages.RUN_EXIT.format(error=repr(ended.error))
    if ended.error is not None:
        hint = requirements.install_hint(ended.error)
        return "FAILED", explain(ended.error, place) + (f"\n{hint}" if hint else "")
    return "SUCCEEDED", None
