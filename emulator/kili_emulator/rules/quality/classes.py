"""The quality marks of classifications, by two published rules (contract/quality.md#classes).

*Votes*, the older rule: the mark of a class that at least one of n voters chose is the number of
its voters divided by n; the mark of the job is the mean over these classes. The rule applies to
consensus and, as recorded, to a single choice of a person compared with that of a model (0.5 if
they differ). *Overlap*, the newer rule: the number of common classes divided by the number of all
chosen classes. The rule applies in all other cases, and always below objects, where a wrong class
has the mark 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from kili_emulator.rules.response_shapes import SINGLE_CHOICES

ComparisonRule = Literal["consensus", "honeypot", "inference", "reviewScore"]
Count = Literal["votes", "overlap"]


def choose_counting(rule: ComparisonRule, job: Any, chosen: Sequence[Sequence[str]]) -> Count:
    """Choose the rule by which the classes of a job are compared."""
    if rule == "consensus":
        return "votes"
    return "votes" if rule == "inference" and _is_single(job, chosen) else "overlap"


def _is_single(job: Any, chosen: Sequence[Sequence[str]]) -> bool:
    """Return whether the job allows only one class.

    If the interface does not say, return whether each label has at most one class.
    """
    content = job.get("content") if isinstance(job, dict) else None
    input_widget = content.get("input") if isinstance(content, dict) else None
    if isinstance(input_widget, str):
        return input_widget in SINGLE_CHOICES
    return all(len(set(names)) <= 1 for names in chosen)


def class_mark(count: Count, voters: int, total: int) -> float:
    """Return the mark of a class, given the number of its voters and of all voters."""
    if count == "votes":
        return voters / total
    return 1.0 if voters == total else 0.0
