"""Runs: one call of one handler of one plugin version for one event, and its log lines.

A run's row is written before the call and completed after it; one that the emulator did not
outlive becomes INTERRUPTED when the world is opened again.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import takewhile
from typing import Any, NamedTuple

from kili_emulator import clock, messages
from kili_emulator.domain.documents import EventReference, LogType, RefusalReason, RunDoc, RunResult
from kili_emulator.domain.trigger import Trigger
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.handlers import ON_EVENT
from kili_emulator.rules.masking import masked

_PENDING: RunResult = {
    "outcome": "RUNNING",
    "refusal": None,
    "ended": None,
    "error": None,
    "headline": None,
    "startedAt": None,
    "mark": None,
    "durationMs": None,
    "memoryMb": None,
    "delivery": None,
    "lineCount": 0,
    "callCount": 0,
    "droppedPrints": 0,
}


class Refusal(NamedTuple):
    """Why a run does not take place.

    Attributes:
        reason: for programs.
        text: for people.
    """

    reason: RefusalReason
    text: str


def record_run(
    tx: Transaction,
    trigger: Trigger,
    event: EventReference,
    *,
    lanes: list[str],
    refusal: Refusal | None = None,
    redelivery_of: str | None = None,
    by_hand: bool = False,
) -> RunDoc:
    """Store a run that is to come, or one that will not.

    Args:
        lanes: the lanes whose runs caused this one, outermost first, and its own.
        refusal: why it does not take place, if it does not; its log says so.
        redelivery_of: the run that is made again.
        by_hand: the event has not happened: somebody only says so.
    """
    run = tx.runs.insert(
        {
            "id": tx.new_id(),
            "pluginId": trigger.plugin["id"],
            "versionId": trigger.plugin["activeVersionId"],
            "projectId": event["projectId"],
            "eventId": event["id"],
            "event": event["event"],
            "causedBy": event["runId"],
            "lanes": lanes,
            "handler": trigger.handler,
            "payload": trigger.payload,
            "metadata": {"assetId": trigger.asset_id, "labelId": trigger.label_id},
            "sequence": tx.world.documents.sequence,
            "seed": tx.world.ids.run_seed(),
            "createdAt": tx.now,
            "redeliveryOf": redelivery_of,
            "byHand": by_hand,
            **_PENDING,
        }
    )
    return _refuse_run(tx, run, refusal) if refusal else run


def _refuse_run(tx: Transaction, run: RunDoc, refusal: Refusal) -> RunDoc:
    run = tx.runs.change(run, outcome="NOT_RUN", refusal=refusal.reason, ended=_end_position(tx))
    add_lines(tx, run["id"], [("warning", refusal.text, tx.now)])
    return run


def begin_run(tx: Transaction, run_id: str) -> None:
    """Write down that a run's handler is being called now, in a world to which ``mark`` leads."""
    run = tx.runs.get(run_id)
    if run:
        tx.runs.change(run, startedAt=tx.now, mark=asdict(tx.world.mark()))


def called_handler(run: RunDoc) -> str:
    """What a run calls: a handler, and the event where that handler is called for many."""
    handler: str = run["handler"]
    return f"{ON_EVENT.method} {run['event']}" if handler == ON_EVENT.type else handler


def run_ahead(view: View, run: RunDoc, *, one_queue: bool) -> str | None:
    """The id of the run that a queued run waits for: the one at work, or the next one.

    Args:
        one_queue: the runs of all lanes follow one another, as in a world with a seed.
    """
    if run["outcome"] != "RUNNING":
        return None
    running = view.runs.find("running", True)
    before = list(takewhile(lambda each: each["id"] != run["id"], running))
    same_lane = [each for each in before if each["lanes"][-1] == run["lanes"][-1]]
    awaited = same_lane or (before if one_queue else [])
    at_work = [each for each in awaited if each["startedAt"]]
    return next((each["id"] for each in at_work or awaited), None)


def _end_position(tx: Transaction) -> list[int]:
    """A place in the order in which runs end, which never comes again, whatever is undone."""
    return [tx.world.epoch, tx.world.documents.sequence]


def complete_run(tx: Transaction, run_id: str, **result: Any) -> None:
    """Write down how a run ended, without secrets; of a plugin deleted meanwhile, nothing.

    Args:
        result: ``outcome``, and other members of the run's document.
    """
    run = tx.runs.get(run_id)
    if run:
        tx.runs.change(run, ended=_end_position(tx), **masked(result))


def add_lines(tx: Transaction, run_id: str, lines: list[tuple[LogType, str, str]]) -> None:
    """Add log lines to a run, in order of emission; to one of a plugin deleted meanwhile, none.

    They are stored as the plugin wrote them, as ``getPluginLogs`` answers them so. Their ids are
    derived from the run, as it is chance which lines are stored in one go.

    Args:
        lines: (log type, text, time).
    """
    run = tx.runs.get(run_id)
    plugin = tx.plugins.get(run["pluginId"]) if run else None
    if not run or not plugin or not lines:
        return
    new_id = tx.world.ids.derived_id
    tx.plugin_logs.insert_all(
        [
            {
                "id": new_id(clock.parse_time(created_at), f"{run_id} {number}"),
                "pluginId": plugin["id"],
                "pluginName": plugin["name"],
                "projectId": run["projectId"],
                "runId": run_id,
                "content": content,
                "logType": log_type,
                "metadata": run["metadata"],
                "createdAt": created_at,
            }
            for number, (log_type, content, created_at) in enumerate(lines, run["lineCount"])
        ]
    )
    tx.runs.change(run, lineCount=run["lineCount"] + len(lines))


def headline(run: RunDoc) -> str | None:
    """A run's error in one line: what the plugin's code raised, or what else ended the run."""
    if run.get("headline"):  # which runs of earlier versions do not have
        return str(run["headline"])
    return headline_of_error(run["error"])


def headline_of_error(error: str | None) -> str | None:
    """The line of an error's text that says what it is: of a traceback, the exception."""
    lines = (error or "").strip().splitlines()
    if lines and lines[0].startswith("Traceback"):
        return next(each for each in reversed(lines) if not each[:1].isspace())
    return lines[0] if lines else None


def interrupt_unfinished_runs(tx: Transaction) -> None:
    """Close the runs that were going on when the emulator ended."""
    for run in tx.runs.find("running", True):
        tx.runs.change(
            run, outcome="INTERRUPTED", error=messages.RUN_INTERRUPTED, ended=_end_position(tx)
        )
        add_lines(tx, run["id"], [("error", messages.RUN_INTERRUPTED, tx.now)])
