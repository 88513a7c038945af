"""The API calls that a plugin made in a run, as documents of the world."""

from __future__ import annotations

from kili_emulator import clock, messages
from kili_emulator.domain.call_buffer import MAX_CALLS, RecordedCall
from kili_emulator.domain.run import add_lines
from kili_emulator.domain.world import Transaction


def add_calls(tx: Transaction, run_id: str, calls: list[RecordedCall], count: int) -> None:
    """Add calls to a run, in the order of their answers; skip a run that is deleted.

    Args:
        count: the number of calls that the run has made until now, recorded or not. Calls that were
            answered after ``calls`` were taken follow in the next call of this function.
    """
    run = tx.runs.get(run_id)
    if not run or not (calls or count > run["callCount"]):
        return
    new_id = tx.world.ids.derived_id
    stored_count = tx.run_calls.count("run", run_id)
    tx.run_calls.insert_all(
        [
            {
                "id": new_id(clock.parse_time(call.started_at), f"{run_id} call {number}"),
                "runId": run_id,
                "pluginId": run["pluginId"],
                "number": number,
                "operations": call.operations,
                "method": call.method,
                "query": call.query,
                "arguments": call.arguments,
                "answer": call.answer,
                "errors": call.errors,
                "createdAt": call.started_at,
                "durationMs": call.duration_ms,
                "requestId": call.request_id,
            }
            for number, call in enumerate(calls, stored_count + 1)
        ]
    )
    tx.runs.change(run, callCount=count)
    if run["callCount"] <= MAX_CALLS < count:
        text = messages.RUN_CALLS_TRUNCATED.format(limit=MAX_CALLS)
        add_lines(tx, run_id, [("warning", text, tx.now)])
