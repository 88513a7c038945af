"""Calls one handler of a plugin: the only place where a plugin's code is run for an event."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator import clock, messages
from emulator.domain.run import Outcome
from emulator.ids import seeded_randomness
from emulator.plugins import logs, sandbox
from emulator.plugins.limits import Ended, Stopped, call_limited
from emulator.plugins.tracebacks import explain

# The method of PluginHandler that a handler type of the API calls.
METHODS = {"onSubmit": "on_submit", "onReview": "on_review"}


@dataclass(frozen=True)
class Call:
    """One call to be made.

    Attributes:
        handler: the plugin's ``PluginHandler``.
        plugin_name: names the plugin's logger.
        method: the method to call.
        payload: its arguments, by name.
        project_id: where the event happened.
        seed: seeds ``random`` and ``numpy.random`` for the time of the call.
        seconds: the limit.
    """

    handler: type
    plugin_name: str
    method: str
    payload: dict[str, Any]
    project_id: str
    seed: int | None
    seconds: float


@dataclass(frozen=True)
class Result:
    """How a call went: its outcome, what went wrong, and how long it took."""

    outcome: Outcome
    error: str | None
    duration_ms: float


def run(
    call: Call, log: logs.RunLog, make_client: Callable[[], Any], tick: Callable[[], None]
) -> Result:
    """Call a handler, with everything that it prints and logs going to ``log``.

    Whatever the handler does ends here: it never raises.

    Args:
        make_client: makes the client that the plugin gets as ``self.kili``.
        tick: called ten times a second while the handler runs; what it raises ends the call.
    """

    def work() -> None:
        logs.current.set(log)
        logger = logs.logger_for(log, call.plugin_name)
        plugin = call.handler(make_client(), call.project_id, logger)
        getattr(plugin, call.method)(**copy.deepcopy(call.payload))

    started = clock.monotonic()
    with seeded_randomness(call.seed):
        ended = call_limited(work, call.seconds, tick)
    outcome, error = _judge(ended, call)
    if error:
        log.verdict("error", error)
    return Result(outcome, error, round((clock.monotonic() - started) * 1000, 3))


def _judge(ended: Ended, call: Call) -> tuple[Outcome, str | None]:
    if ended.abandoned:
        timeout = messages.RUN_TIMEOUT.format(seconds=call.seconds)
        return "ABANDONED", f"{timeout}\n{messages.RUN_ABANDONED}"
    if isinstance(ended.error, Stopped):
        return "TIMED_OUT", messages.RUN_TIMEOUT.format(seconds=call.seconds)
    if isinstance(ended.error, SystemExit):
        return "EXITED", messages.RUN_EXIT.format(error=repr(ended.error))
    if ended.error is not None:
        return "FAILED", explain(ended.error, sandbox.folder_of(call.handler))
    return "SUCCEEDED", None
