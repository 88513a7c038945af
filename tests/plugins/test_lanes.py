"""Jobs run in order within a lane, and lanes run concurrently."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from kili_emulator.plugins.scheduling.lanes import LaneJob, Lanes

SOON = 10.0


def add(lanes: Lanes, lane: str, work: Callable[[], None]) -> Future[None]:
    """Add a job, and return the future that completes with it."""
    completion: Future[None] = Future()
    lanes.add(lane, LaneJob(work, completion))
    return completion


class GatedJob:
    """A job that sets an event at its start, and waits until another event is set."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self) -> None:
        self.thread = threading.current_thread()
        self.entered.set()
        assert self.opened.wait(SOON)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    new_lanes = Lanes()
    yield new_lanes
    new_lanes.close()
    assert new_lanes.wait_idle(SOON)


@pytest.fixture
def gate() -> Iterator[GatedJob]:
    new_lanes = GatedJob()
    yield new_lanes
    new_lanes.opened.set()


def test_jobs_of_a_lane_run_in_order(lanes: Lanes) -> None:
    done: list[int] = []
    for number in range(100):
        add(lanes, "a", lambda number=number: done.append(number))  # type: ignore[misc]

    assert lanes.wait_idle(SOON)
    assert done == list(range(100))


def test_jobs_of_a_lane_never_overlap(lanes: Lanes) -> None:
    running, overlaps = threading.Lock(), []

    def job() -> None:
        overlaps.append(not running.acquire(blocking=False))
        running.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add(lanes, "a", job), range(200)))

    assert lanes.wait_idle(SOON)
    assert overlaps == [False] * 200


def test_lanes_do_not_wait_for_one_another(lanes: Lanes) -> None:
    meeting, met = threading.Barrier(3), []
    for lane in ("a", "b", "c"):
        add(lanes, lane, lambda lane=lane: met.append((lane, meeting.wait(SOON))))  # type: ignore[misc]

    assert lanes.wait_idle(SOON)
    assert sorted(lane for lane, _ in met) == ["a", "b", "c"]


def test_blocked_lane_does_not_block_other_lanes(lanes: Lanes, gate: GatedJob) -> None:
    other = threading.Event()
    add(lanes, "a", gate)
    assert gate.entered.wait(SOON)
    add(lanes, "b", other.set)

    assert other.wait(SOON)


def test_wait_idle_returns_false_after_the_timeout(lanes: Lanes, gate: GatedJob) -> None:
    add(lanes, "a", gate)

    assert not lanes.wait_idle(0.01)


def test_lanes_without_jobs_are_idle(lanes: Lanes) -> None:
    assert lanes.wait_idle(0)


def test_job_may_add_jobs_to_its_own_lane_and_to_other_lanes(lanes: Lanes) -> None:
    done: list[str] = []

    def job() -> None:
        add(lanes, "a", lambda: done.append("own"))
        add(lanes, "b", lambda: done.append("other"))
        done.append("first")

    add(lanes, "a", job)

    assert lanes.wait_idle(SOON)
    assert sorted(done) == ["first", "other", "own"]
    assert done.index("first") < done.index("own")


def test_idle_lane_has_no_thread_and_can_be_used_again(lanes: Lanes, gate: GatedJob) -> None:
    add(lanes, "a", gate)
    assert gate.entered.wait(SOON)
    gate.opened.set()
    assert gate.thread is not None
    gate.thread.join(SOON)
    assert not gate.thread.is_alive()

    again = threading.Event()
    add(lanes, "a", again.set)
    assert again.wait(SOON)


def test_close_lets_the_running_job_finish_and_starts_no_other_job(
    lanes: Lanes, gate: GatedJob
) -> None:
    done: list[str] = []
    add(lanes, "a", gate)
    add(lanes, "a", lambda: done.append("waiting"))
    assert gate.entered.wait(SOON)
    lanes.close()
    add(lanes, "a", lambda: done.append("late"))
    add(lanes, "b", lambda: done.append("new lane"))
    assert not lanes.wait_idle(0)

    gate.opened.set()
    assert lanes.wait_idle(SOON)
    assert done == []


def test_failed_job_is_logged_and_its_lane_continues(
    lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("broken job")

    failed = add(lanes, "a", fail)
    after = add(lanes, "a", lambda: None)

    failed.result(SOON)
    after.result(SOON)
    assert lanes.wait_idle(SOON)
    assert "broken job" in caplog.text


def test_close_completes_all_pending_futures(lanes: Lanes, gate: GatedJob) -> None:
    running_job = add(lanes, "a", gate)
    waiting = add(lanes, "a", lambda: None)
    assert gate.entered.wait(SOON)
    lanes.close()

    running_job.result(SOON)
    waiting.result(SOON)
    add(lanes, "a", lambda: None).result(SOON)
    gate.opened.set()


def test_whoever_waited_for_the_last_job_finds_the_lane_idle(lanes: Lanes) -> None:
    found: list[bool] = []
    for _ in range(200):
        completion: Future[None] = Future()
        completion.add_done_callback(lambda _: found.append(lanes.is_idle("a")))
        lanes.add("a", LaneJob(lambda: None, completion))
        completion.result(SOON)

    assert found == [True] * 200


def test_a_lane_whose_job_waits_for_a_clock_is_not_waited_for(lanes: Lanes, gate: GatedJob) -> None:
    add(lanes, "stopped", gate)
    assert gate.entered.wait(SOON)
    add(lanes, "other", lambda: None).result(SOON)

    assert not lanes.wait_idle(0)
    assert lanes.wait_idle(SOON, lambda: 1)
