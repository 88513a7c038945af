"""Marks of classifications: two published rules (contract/quality.md#classes).

Votes, the older one: for each class that at least one of n voters chose, the voters who chose it
by n; the mean over these classes. It holds for consensus and, as recorded, for a single choice of
a person against a model's (different: 0.5). Overlap, the newer one: classes in common by classes
in all. It holds otherwise; and below objects always, where a wrong class makes the mark 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from kili_emulator.rules.response_shapes import SINGLE_CHOICES

Rule = Literal["consensus", "honeypot", "inference", "reviewScore"]
Count = Literal["votes", "overlap"]


def choose_counting(rule: Rule, job: Any, chosen: Sequence[Sequence[str]]) -> Count:
    """By which of the rules a job's classes are compared."""
    if rule == "consensus":
        return "votes"
    return "votes" if rule == "inference" and _is_single(job, chosen) else "overlap"


def _is_single(job: Any, chosen: Sequence[Sequence[str]]) -> bool:
    """Whether the job allows one class only; if it does not say, whether one at most was chosen."""
    content = job.get("content") if isinstance(job, dict) else None
    input_widget = content.get("input") if isinstance(content, dict) else None
    if isinstance(input_widget, str):
        return input_widget in SINGLE_CHOICES
    return all(len(set(names)) <= 1 for names in chosen)


def class_mark(count: Count, voters: int, total: int) -> float:
    """What a class adds that so many of all voters chose."""
    if count == "votes":
        return voters / total
    return 1.0 if voters == total else 0.0
