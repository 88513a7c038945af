"""Call a handler of a plugin: the only place in this process where an event runs plugin code."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from kili_emulator import clock, messages
from kili_emulator.domain.documents import Outcome
from kili_emulator.ids import seeded_randomness
from kili_emulator.plugins import failure_text, logs
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.debugging import breakpoints
from kili_emulator.plugins.guest import sdk_ids
from kili_emulator.plugins.guest.process_state import process_settings
from kili_emulator.plugins.guest.process_state.left_running import end_forked_children
from kili_emulator.plugins.guest.process_state.process_settings import StateChange
from kili_emulator.plugins.guest.return_values import unstarted_kind
from kili_emulator.plugins.guest.tracebacks import CodeLocation, format_error, format_stack
from kili_emulator.plugins.inline import run_effects
from kili_emulator.plugins.inline.inline_tools import InlineTools
from kili_emulator.plugins.inline.run_effects import RunEffects
from kili_emulator.plugins.time_limit import CallEnd, Stopped, call_limited


class ImportedCode(NamedTuple):
    """The code of a version, imported into this process.

    Attributes:
        handler: the plugin's ``PluginHandler``.
        location: where its files are.
        import_changes: the changes that its import made in this process; its runs get them again.
    """

    handler: type
    location: CodeLocation
    import_changes: Sequence[StateChange] = ()


def run(
    code: ImportedCode,
    call: Call,
    log: logs.RunLog,
    *,
    tools: InlineTools,
    tick: Callable[[], None],
) -> Result:
    """Call a handler, and record in ``log`` everything that it prints and logs.

    No exception of the handler is raised here.

    Args:
        tools: makes the client that the plugin gets as ``self.kili``, and calls its method.
        tick: called ten times a second while the handler runs; an exception from it ends the call
            and is raised here.
    """
    started = clock.monotonic()
    with (
        seeded_randomness(call.seed),
        sdk_ids.seeded_by(call.seed),
        run_effects.record_effects(code.location, code.import_changes) as effects,
    ):

        def work() -> str | None:
            logs.current.set(log)
            breakpoints.current_run.set(f"plugin {call.plugin_name!r}, run {call.run_id}")
            client = tools.make_client(call.key)
            effects.attach_current_thread()
            with end_forked_children():
                logger = logs.make_run_logger(log, call.plugin_name, code.location)
                plugin = code.handler(client, call.project_id, logger)
                method, arguments = getattr(plugin, call.method), copy.deepcopy(call.payload)
                if tools.call_method:
                    return unstarted_kind(tools.call_method(call, method, arguments))
                return unstarted_kind(method(**arguments))

        call_end = call_limited(work, call.seconds, tick, location=code.location)
    result = _make_result(call_end, call, code.location)
    call_end.error = None  # its frames keep objects alive, such as threads and processes
    log.add_end(_list_warnings(call_end, call, effects, tools.megabytes), result.error)
    return replace(result, duration_ms=round((clock.monotonic() - started) * 1000, 3))


def _list_warnings(call_end: CallEnd, call: Call, effects: RunEffects, megabytes: int) -> list[str]:
    """Return the warnings about a run, for its log."""
    lines = []
    handler = messages.THIS_OR_ANOTHER_HANDLER if effects.overlapped else messages.THIS_HANDLER
    if effects.memory.growth_mb() > megabytes:
        lines.append(
            messages.RUN_MEMORY_EXCEEDED.format(
                overlap=messages.RUN_OVERLAPPED if effects.overlapped else "",
                taken=round(effects.memory.growth_mb()),
                limit=megabytes,
            )
        )
    if call_end.value:
        lines.append(
            messages.RUN_HANDLER_NOT_EXECUTED.format(method=call.method, kind=call_end.value)
        )
    if effects.changes:
        lines.append(_describe_changes(effects, handler))
    if effects.closed_streams:
        streams = ", ".join(dict.fromkeys(effects.closed_streams))
        lines.append(messages.RUN_CLOSED_STREAM.format(handler=handler, streams=streams))
    if threads := effects.threads_left_running():
        lines.append(
            messages.RUN_LEFT_THREADS.format(
                names=process_settings.list_names(threads), fate=messages.LEFT_THREADS_CONTINUE
            )
        )
    if processes := effects.processes_left_running():
        lines.append(
            messages.RUN_LEFT_PROCESSES.format(
                handler=handler,
                names=process_settings.list_names(processes),
                fate=messages.LEFT_PROCESSES_CONTINUE,
            )
        )
    return lines


def _describe_changes(effects: RunEffects, handler: str) -> str:
    """Describe the changes of a run, for its log.

    Another run is suspected only for settings of which the author of a change is unknown.
    """
    attributed = {process_settings.ENVIRONMENT, process_settings.FOLDER}
    if all(each.setting[0] in attributed for each in effects.changes):
        handler = messages.THIS_HANDLER
    return messages.RUN_CHANGED_PROCESS.format(
        handler=handler, settings=process_settings.describe(effects.changes)
    )


def _make_result(call_end: CallEnd, call: Call, location: CodeLocation) -> Result:
    """Make the result of a call; its duration is still 0."""
    if isinstance(call_end.error, Stopped):
        lines = [messages.RUN_TIMED_OUT.format(seconds=call.seconds)]
        lines += [messages.RUN_ABANDONED] if call_end.abandoned else []
        lines += [format_stack(call_end.stack, location)] if call_end.stack else []
        outcome: Outcome = "ABANDONED" if call_end.abandoned else "TIMED_OUT"
        return Result(outcome, "\n".join(lines), 0.0)
    if isinstance(call_end.error, SystemExit):
        return Result("EXITED", messages.RUN_SYSTEM_EXIT.format(error=repr(call_end.error)), 0.0)
    if isinstance(call_end.error, MemoryError):
        limit = messages.RUN_OUT_OF_SYSTEM_MEMORY
        return Result("OUT_OF_MEMORY", f"{limit}\n{format_error(call_end.error, location)}", 0.0)
    if call_end.error is not None:
        failure = failure_text.describe(call_end.error, location)
        return Result("FAILED", failure.text, 0.0, headline=failure.headline)
    return Result("SUCCEEDED", None, 0.0)
