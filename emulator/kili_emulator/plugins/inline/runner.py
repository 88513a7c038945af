"""Calls one handler of a plugin: the only place where a plugin's code is run for an event."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from kili_emulator import clock, messages
from kili_emulator.domain.documents import Outcome
from kili_emulator.ids import seeded_randomness
from kili_emulator.plugins import failure_text, logs
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.debugging import breakpoints
from kili_emulator.plugins.guest.process_state import process_settings
from kili_emulator.plugins.guest.process_state.left_running import in_this_process
from kili_emulator.plugins.guest.process_state.process_settings import Change
from kili_emulator.plugins.guest.return_values import never_ran
from kili_emulator.plugins.guest.tracebacks import Place, explain, where
from kili_emulator.plugins.inline import run_effects
from kili_emulator.plugins.inline.run_effects import Footprint
from kili_emulator.plugins.time_limit import Ended, Stopped, call_limited


class Code(NamedTuple):
    """The code of a version, imported into this process.

    Attributes:
        handler: the plugin's ``PluginHandler``.
        place: where its files are.
        own: what it changed in this process when it was imported: it finds that so in its runs.
    """

    handler: type
    place: Place
    own: Sequence[Change] = ()


def run(
    code: Code,
    call: Call,
    log: logs.RunLog,
    *,
    make_client: Callable[[], Any],
    tick: Callable[[], None],
    megabytes: int,
) -> Result:
    """Call a handler, with everything that it prints and logs going to ``log``.

    Whatever the handler does ends here: it never raises.

    Args:
        make_client: makes the client that the plugin gets as ``self.kili``.
        tick: called ten times a second while the handler runs; what it raises ends the call.
        megabytes: the memory that it may take; inline, it is only told when it takes more.
    """
    started = clock.monotonic()
    with seeded_randomness(call.seed), run_effects.watched(code.place, code.own) as made:

        def work() -> str | None:
            logs.current.set(log)
            breakpoints.current_run.set(f"plugin {call.plugin_name!r}, run {call.run_id}")
            client = make_client()
            made.enter()
            with in_this_process():
                logger = logs.logger_for(log, call.plugin_name, code.place)
                plugin = code.handler(client, call.project_id, logger)
                return never_ran(getattr(plugin, call.method)(**copy.deepcopy(call.payload)))

        ended = call_limited(work, call.seconds, tick, place=code.place)
    result = _judge(ended, call, code.place)
    ended.error = None  # its frames keep alive what is not left behind
    for each in _warnings(ended, call, made, megabytes):
        log.verdict("warning", each)
    if result.error:
        log.verdict("error", result.error)
    return replace(result, duration_ms=round((clock.monotonic() - started) * 1000, 3))


def _warnings(ended: Ended, call: Call, made: Footprint, megabytes: int) -> list[str]:
    """What else there is to say of a run."""
    said = []
    who = messages.THIS_OR_ANOTHER_HANDLER if made.overlapped else messages.THIS_HANDLER
    if made.memory.taken_mb() > megabytes:
        taken, beside = round(made.memory.taken_mb()), messages.OVERLAPPED * made.overlapped
        said.append(messages.RUN_TOOK_MEMORY.format(beside=beside, taken=taken, limit=megabytes))
    if ended.value:
        said.append(messages.RUN_NEVER_RAN.format(method=call.method, kind=ended.value))
    if made.changes:
        said.append(_changed(made, who))
    if made.closed:
        what = ", ".join(dict.fromkeys(made.closed))
        said.append(messages.RUN_CLOSED.format(who=who, what=what))
    if threads := made.left_threads():
        said.append(
            messages.RUN_LEFT_THREADS.format(
                names=process_settings.listed(threads), fate=messages.LEFT_THREADS_GO_ON
            )
        )
    if processes := made.left_processes():
        said.append(
            messages.RUN_LEFT_PROCESSES.format(
                who=who,
                names=process_settings.listed(processes),
                fate=messages.LEFT_PROCESSES_GO_ON,
            )
        )
    return said


def _changed(made: Footprint, who: str) -> str:
    """What is said of changes; who changed the environment or the working directory is known."""
    told = {process_settings.ENVIRONMENT, process_settings.FOLDER}
    if all(each.setting[0] in told for each in made.changes):
        who = messages.THIS_HANDLER
    return messages.RUN_CHANGED.format(who=who, what=process_settings.described(made.changes))


def _judge(ended: Ended, call: Call, place: Place) -> Result:
    """How a call ended, but for the time that it took."""
    if isinstance(ended.error, Stopped):
        said = [messages.RUN_TIMEOUT.format(seconds=call.seconds)]
        said += [messages.RUN_ABANDONED] if ended.abandoned else []
        said += [where(ended.stack, place)] if ended.stack else []
        outcome: Outcome = "ABANDONED" if ended.abandoned else "TIMED_OUT"
        return Result(outcome, "\n".join(said), 0.0)
    if isinstance(ended.error, SystemExit):
        return Result("EXITED", messages.RUN_EXIT.format(error=repr(ended.error)), 0.0)
    if isinstance(ended.error, MemoryError):
        limit = messages.RUN_OUT_OF_SYSTEM_MEMORY
        return Result("OUT_OF_MEMORY", f"{limit}\n{explain(ended.error, place)}", 0.0)
    if ended.error is not None:
        found = failure_text.described(ended.error, place)
        return Result("FAILED", found.text, 0.0, headline=found.headline)
    return Result("SUCCEEDED", None, 0.0)
