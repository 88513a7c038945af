"""The comparison of a repeated run with its record."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any, TypedDict

from kili_emulator.config import API_PATH
from kili_emulator.domain.documents import Outcome
from kili_emulator.domain.run_view import CallView, LineView, RunDetails
from kili_emulator.rules.masking import masked_text

# A longer difference is cut: it does not help to read more.
MAX_DIFF_LINES = 400
# The address of an emulator, which is another one for each repetition.
_ADDRESS = re.compile(rf"https?://[\w.\-\[\]:]+(?={re.escape(API_PATH)})")


class ReplayedRun(TypedDict):
    """A repetition of a run, compared with the record of the run.

    - ``outcome``, ``error``, ``headline``, ``lines``, ``calls``: as in
      :class:`kili_emulator.domain.run_view.RunDetails`.
    - ``isSame``: whether the next three are all true.
    - ``sameOutcome``: whether outcome and error are the same.
    - ``sameLines``: whether the log has the same lines; their times are not compared.
    - ``sameCalls``: whether the API calls have the same order, arguments and answers; their times
      and durations are not compared.
    - ``diff``: the differences as a unified diff; empty if there are none.
    """

    outcome: Outcome
    error: str | None
    headline: str | None
    lines: list[LineView]
    calls: list[CallView]
    isSame: bool
    sameOutcome: bool
    sameLines: bool
    sameCalls: bool
    diff: str


class ReplayView(TypedDict):
    """The repetitions of a run.

    - ``run``, ``plugin``, ``called``: the run, the name of its plugin, and the handler.
    - ``outcome``, ``headline``: what the run ended with when it was recorded.
    - ``isSame``: whether all repetitions were the same as the recorded run.
    - ``isRepeatable``: whether all repetitions were the same as each other.
    - ``replays``: the repetitions.
    - ``notes``: what limits the repetition, in sentences for the user.
    """

    run: str
    plugin: str
    called: str
    outcome: Outcome
    headline: str | None
    isSame: bool
    isRepeatable: bool
    replays: list[ReplayedRun]
    notes: list[str]


def compare_runs(
    recorded: RunDetails, repeated: Sequence[RunDetails], notes: Sequence[str] = ()
) -> ReplayView:
    """Compare repetitions of a run with its record."""
    replays = [_compare(recorded, each) for each in repeated]
    texts = {"\n".join(_text_of(each)) for each in repeated}
    return {
        "run": recorded["id"],
        "plugin": recorded["plugin"],
        "called": recorded["called"],
        "outcome": recorded["outcome"],
        "headline": recorded["headline"],
        "isSame": all(each["isSame"] for each in replays),
        "isRepeatable": len(texts) <= 1,
        "replays": replays,
        "notes": list(notes),
    }


def _compare(recorded: RunDetails, repeated: RunDetails) -> ReplayedRun:
    same_outcome = _outcome_lines(recorded) == _outcome_lines(repeated)
    same_lines = _log_lines(recorded) == _log_lines(repeated)
    same_calls = _call_lines(recorded) == _call_lines(repeated)
    return {
        "outcome": repeated["outcome"],
        "error": repeated["error"],
        "headline": repeated["headline"],
        "lines": repeated["lines"],
        "calls": repeated["calls"],
        "isSame": same_outcome and same_lines and same_calls,
        "sameOutcome": same_outcome,
        "sameLines": same_lines,
        "sameCalls": same_calls,
        "diff": _diff(_text_of(recorded), _text_of(repeated)),
    }


def _diff(recorded: list[str], repeated: list[str]) -> str:
    if recorded == repeated:
        return ""
    lines = list(difflib.unified_diff(recorded, repeated, "recorded", "replayed", lineterm=""))
    cut = len(lines) - MAX_DIFF_LINES
    if cut > 0:
        lines = [*lines[:MAX_DIFF_LINES], f"… and {cut} more lines of differences"]
    return "\n".join(lines)


def _text_of(run: RunDetails) -> list[str]:
    """Return the part of a run that is compared, as lines."""
    return [*_outcome_lines(run), "log:", *_log_lines(run), *_call_lines(run)]


def _outcome_lines(run: RunDetails) -> list[str]:
    return [f"outcome: {run['outcome']}", *_indented("error: ", run["error"] or "none")]


def _log_lines(run: RunDetails) -> list[str]:
    return [
        line
        for each in run["lines"]
        for line in _indented(f"  {each['logType']} ", each["content"])
    ]


def _call_lines(run: RunDetails) -> list[str]:
    lines: list[str] = []
    for call in run["calls"]:
        caller = f" by {call['method']}" if call["method"] else ""
        lines.append(f"call {call['number']}: {', '.join(call['operations'])}{caller}")
        for name, value in (
            ("query", call["query"]),
            ("arguments", call["arguments"]),
            ("answer", call["answer"]),
        ):
            lines += _indented(f"  {name}: ", _value_text(value)) if value is not None else []
    if run["callCount"] > len(run["calls"]):
        lines.append(f"{run['callCount']} calls in all")
    return lines


def _value_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)


def _indented(prefix: str, text: str) -> list[str]:
    """Return a text as lines, without what differs in each repetition: keys and addresses."""
    text = masked_text(_ADDRESS.sub("http://emulator", text))
    first, *more = text.split("\n")
    return [f"{prefix}{first}", *(f"    {each}" for each in more)]
