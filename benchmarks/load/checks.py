"""Compare the labels and runs that a world has with those that its clients have seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.load.client import Outcome


def find_faults(submitted: Iterable[str], found: Sequence[str], kind: str) -> list[str]:
    """Return a line for each way in which ids differ: lost, doubled or unknown ones.

    Args:
        submitted: the ids from the answers to submits.
        found: the ids that the world has.
        kind: what the ids identify, in the plural.
    """
    expected, counts = set(submitted), Counter(found)
    groups = {
        "lost": expected - counts.keys(),
        "doubled": {each for each, count in counts.items() if count > 1},
        "unknown": counts.keys() - expected,
    }
    return [
        f"{kind} {problem}: {len(ids)}, such as {min(ids)}"
        for problem, ids in groups.items()
        if ids
    ]


def check_labels(kili: Any, project: str, before: set[str], outcomes: list[Outcome]) -> list[str]:
    """Return the faults of a project's labels.

    Args:
        before: the ids of the labels that it had before the load.
        outcomes: those of all clients of the project.
    """
    submitted = [each for outcome in outcomes for each in outcome.labels]
    found = [each for each in label_ids(kili, project) if each not in before]
    return find_faults(submitted, found, "labels")


def label_ids(kili: Any, project: str) -> list[str]:
    """Return the ids of all labels of a project."""
    return [each["id"] for each in kili.labels(project, fields=["id"], disable_tqdm=True)]


def check_runs(kili: Any, project: str, plugin: str, outcomes: list[Outcome]) -> list[str]:
    """Return the faults of a plugin's runs; each run logs the id of its label."""
    submitted = [each for outcome in outcomes for each in outcome.labels]
    lines = json.loads(kili.get_plugin_logs(project, plugin, limit=len(submitted) + 1000))
    return find_faults(submitted, [each["content"] for each in lines], "runs")
