"""One client of the load: submits labels at a steady pace, with the real SDK."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kili_emulator.plugins.guest.sdk_client import client_options
from kili_emulator.testing.sdk import fast_sdk

RESPONSE = {"JOB_0": {"annotations": []}}
_COUNT_EVERY = 5


@dataclass(frozen=True)
class Task:
    """The work of one client.

    Attributes:
        number: distinguishes the clients of a scenario.
        endpoint: the GraphQL URL.
        key: the API key, which selects the world.
        project: the id of the project.
        assets: the ids of the assets to label, in turn.
        pause: the mean time between the starts of two calls, in seconds.
    """

    number: int
    endpoint: str
    key: str
    project: str
    assets: list[str]
    pause: float


@dataclass
class Outcome:
    """What one client has seen.

    Attributes:
        labels: the ids of its labels, from the answers to its submits.
        submits: the durations of its submits, in seconds.
        counts: the durations of its other calls, in seconds.
        errors: the errors of its calls.
    """

    labels: list[str] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def run_client(task: Task, channel: Connection) -> None:
    """Report that the client is ready, work for the seconds that the answer names, send an outcome.

    Args:
        channel: the other end belongs to the scenario.
    """
    random.seed(task.number)
    with fast_sdk(), tempfile.TemporaryDirectory() as folder:
        kili = _connect(task, Path(folder))
        channel.send("ready")
        seconds: float = channel.recv()
        outcome = Outcome()
        end, due = time.monotonic() + seconds, time.monotonic() + random.random() * task.pause
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            _call(kili, task, outcome)
            due = max(due + task.pause * random.uniform(0.5, 1.5), time.monotonic())
        channel.send(outcome)


def _connect(task: Task, cache: Path) -> Any:
    from kili.client import Kili

    return Kili(**client_options(task.endpoint, task.key, cache))


def _call(kili: Any, task: Task, outcome: Outcome) -> None:
    """Submit a label; every fifth time, count the labels instead."""
    number = len(outcome.submits) + len(outcome.counts)
    try:
        if number % _COUNT_EVERY == _COUNT_EVERY - 1:
            with _measured(outcome.counts):
                kili.count_labels(project_id=task.project)
            return
        asset = task.assets[len(outcome.submits) % len(task.assets)]
        with _measured(outcome.submits):
            labels = kili.append_labels([asset], [RESPONSE], disable_tqdm=True)
        outcome.labels += [each["id"] for each in labels]
    except Exception as error:
        outcome.errors.append(f"client {task.number}, call {number}: {error!r}")


@contextmanager
def _measured(durations: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        durations.append(time.perf_counter() - start)
