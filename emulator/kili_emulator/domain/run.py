"""Runs: one call of one handler of one plugin version for one event, and its log lines.

A run's document is written before the call and completed after it. If the emulator ends during a
run, the run becomes INTERRUPTED when the world is opened again.
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

PENDING: RunResult = {
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
    """The reason for which a run does not take place.

    Attributes:
        reason: the reason as a code.
        text: the reason as a log line.
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
    """Store a run that is going to take place, or one that is refused.

    Args:
        lanes: the lanes of the runs that caused this one, outermost first, and its own lane.
        refusal: the reason for which the run does not take place; the run's log shows it.
        redelivery_of: the id of the run whose delivery is repeated.
        by_hand: a user triggered the run; its event has not happened.
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
            "queued": False,
            "requestId": tx.request.id if tx.request and (by_hand or redelivery_of) else None,
            **PENDING,
        }
    )
    return _refuse_run(tx, run, refusal) if refusal else run


def _refuse_run(tx: Transaction, run: RunDoc, refusal: Refusal) -> RunDoc:
    run = tx.runs.change(run, outcome="NOT_RUN", refusal=refusal.reason, ended=_end_position(tx))
    add_lines(tx, run["id"], [("warning", refusal.text, tx.now)])
    return run


def note_queued(tx: Transaction, run: RunDoc, reason: str) -> None:
    """Record that the request that caused a run does not wait for it, and why in its log."""
    tx.runs.change(run, queued=True)
    add_lines(tx, run["id"], [("info", reason, tx.now)])


def begin_at_once(tx: Transaction, run: RunDoc) -> RunDoc:
    """Record the start of the handler of a run that this transaction records."""
    return tx.runs.change(run, **_begin(tx, after_commit=True))


def begin_run(tx: Transaction, run_id: str) -> None:
    """Record the start of a run's handler, with a ``mark`` of the world as the handler sees it."""
    run = tx.runs.get(run_id)
    if run:
        tx.runs.change(run, **_begin(tx, after_commit=False))


def withdraw_begin(tx: Transaction, run_id: str) -> None:
    """Record that a run's handler was not called."""
    run = tx.runs.get(run_id)
    if run and run["startedAt"]:
        tx.runs.change(run, startedAt=None, mark=None)


def _begin(tx: Transaction, *, after_commit: bool) -> dict[str, Any]:
    """Return the members of a run whose handler is called.

    Args:
        after_commit: the handler sees the state after this transaction.
    """
    mark = tx.world.mark(after_commit=after_commit, is_lasting=False)
    return {"startedAt": tx.now, "mark": asdict(mark)}


def called_handler(run: RunDoc) -> str:
    """Return the handler that a run calls; for ``on_event``, also the event."""
    handler: str = run["handler"]
    return f"{ON_EVENT.method} {run['event']}" if handler == ON_EVENT.type else handler


def run_ahead(view: View, run: RunDoc, *, one_queue: bool) -> str | None:
    """Return the id of the run that a queued run waits for: the running one, or the next one.

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
    """Return a position in the order in which runs end; a rollback never repeats one."""
    return [tx.world.epoch, tx.world.documents.sequence]


def complete_run(tx: Transaction, run_id: str, **result: Any) -> None:
    """Record the result of a run, with masked secrets; skip a run whose plugin is deleted.

    Args:
        result: ``outcome``, and other members of the run's document.
    """
    run = tx.runs.get(run_id)
    if run:
        tx.runs.change(run, ended=_end_position(tx), **masked(result))


def add_lines(tx: Transaction, run_id: str, lines: list[tuple[LogType, str, str]]) -> None:
    """Add log lines to a run, in the order of emission; skip a run whose plugin is deleted.

    Lines are stored as the plugin wrote them, because ``getPluginLogs`` returns them so. Their ids
    are derived from the run, because timing decides which lines are stored together.

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
    """Return a run's error in one line: the exception of the plugin's code, or another reason."""
    if run.get("headline"):  # missing in runs that an earlier version recorded
        return str(run["headline"])
    return headline_of_error(run["error"])


def headline_of_error(error: str | None) -> str | None:
    """Return the line that names an error: the exception of a traceback, else the first line."""
    lines = (error or "").strip().splitlines()
    if lines and lines[0].startswith("Traceback"):
        return next(each for each in reversed(lines) if not each[:1].isspace())
    return lines[0] if lines else None


def interrupt_unfinished_runs(tx: Transaction) -> None:
    """Mark the runs as INTERRUPTED that were running when the emulator ended."""
    for run in tx.runs.find("running", True):
        tx.runs.change(
            run, outcome="INTERRUPTED", error=messages.RUN_INTERRUPTED, ended=_end_position(tx)
        )
        add_lines(tx, run["id"], [("error", messages.RUN_INTERRUPTED, tx.now)])
