"""Make the result and the warnings of a run from the answer or the end of its worker."""

from __future__ import annotations

from dataclasses import dataclass

from kili_emulator import messages
from kili_emulator.domain.documents import Outcome
from kili_emulator.plugins.calls import Call, Result
from kili_emulator.plugins.failure_text import file_hint
from kili_emulator.plugins.guest import sealed_messages
from kili_emulator.plugins.guest.process_state.process_settings import list_names


@dataclass(frozen=True)
class RequestEnd:
    """The end of a request to a worker.

    Attributes:
        message: the answer of the worker; ``None`` if there was none.
        outcome: the outcome of the run if there was no answer.
        error: the reason why there was no answer, for people.
    """

    message: sealed_messages.Message | None
    outcome: Outcome = "SUCCEEDED"
    error: str = ""


def make_result(request_end: RequestEnd, megabytes: int, seconds: float) -> Result:
    """Make the result of a run.

    Args:
        megabytes: the memory limit.
        seconds: the duration, used if the worker did not measure it.
    """
    answer = request_end.message
    if answer is None:
        return Result(request_end.outcome, request_end.error, round(seconds * 1000, 3))
    outcome: Outcome = "SUCCEEDED"
    error = headline = None
    if answer["ended"] == "exit":
        outcome, error = "EXITED", messages.RUN_SYSTEM_EXIT.format(error=answer["text"])
    elif answer["ended"] == "memory":
        limit = messages.RUN_OUT_OF_MEMORY.format(limit=megabytes)
        outcome, error = "OUT_OF_MEMORY", f"{limit}\n{answer['text']}"
    elif (answer["memory"] or 0) > megabytes:  # the peak was between two checks
        outcome, error = "OUT_OF_MEMORY", messages.RUN_OUT_OF_MEMORY.format(limit=megabytes)
    elif answer["ended"] == "error":
        outcome, error, headline = "FAILED", describe_plugin_error(answer), answer["headline"]
    duration = round(answer["duration"], 3)
    return Result(outcome, error, duration, memory_mb=answer["memory"], headline=headline)


def describe_plugin_error(answer: sealed_messages.Message) -> str:
    """Describe an exception that a plugin's code raised in a worker, with a remedy if known."""
    hint = file_hint(answer["missing"])
    return "\n".join([answer["text"], *([hint] if hint else [])])


def list_warnings(answer: sealed_messages.Message, processes: list[str], call: Call) -> list[str]:
    """Return the warnings about a run, for its log.

    Args:
        answer: the worker's answer; empty if there was none.
        processes: the processes that the run left running.
    """
    warnings = []
    if answer.get("neverRan"):
        kind = answer["neverRan"]
        warnings.append(messages.RUN_HANDLER_NOT_EXECUTED.format(method=call.method, kind=kind))
    if answer.get("changed"):
        warnings.append(
            messages.RUN_CHANGED_PROCESS.format(
                handler=messages.THIS_HANDLER, settings=answer["changed"]
            )
        )
    for names, text in (
        (answer.get("threads"), messages.RUN_LEFT_THREADS),
        (list_names(processes), messages.RUN_LEFT_PROCESSES),
    ):
        if names:
            warnings.append(
                text.format(
                    handler=messages.THIS_HANDLER, names=names, fate=messages.LEFT_PROCESSES_ENDED
                )
            )
    return warnings
