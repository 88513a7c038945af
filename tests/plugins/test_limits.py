"""Foreign code is called for so long and no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, NoReturn

import pytest

from emulator.plugins import limits
from emulator.plugins.limits import Ended, Stopped, call_limited

LONG = 30.0
SHORT = 0.2


def spin() -> NoReturn:
    while True:
        pass


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What blocked code waits for; set at the end, when no thread may be left."""
    event = threading.Event()
    before = set(threading.enumerate())
    yield event
    event.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_value_is_returned() -> None:
    assert call_limited(lambda: "value", LONG) == Ended(value="value")


@pytest.mark.parametrize(
    "error", [ValueError("no"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()]
)
def test_error_is_handed_back(error: BaseException) -> None:
    def fail() -> NoReturn:
        raise error

    ended = call_limited(fail, LONG)

    assert ended.error is error
    assert (ended.value, ended.abandoned) == (None, False)


def test_function_runs_in_a_thread_of_its_own() -> None:
    ended = call_limited(threading.current_thread, LONG)

    assert ended.value is not threading.current_thread()
    assert ended.value.daemon


def test_function_sees_the_callers_context_and_cannot_change_it() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="none")
    variable.set("outer")

    def work() -> str:
        seen = variable.get()
        variable.set("inner")
        return seen

    assert call_limited(work, LONG).value == "outer"
    assert variable.get() == "outer"


def test_tick_is_called_while_the_function_runs(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_TICK", 0.01)
    ticks: list[threading.Thread] = []

    def tick() -> None:
        ticks.append(threading.current_thread())
        if len(ticks) == 3:
            release.set()

    ended = call_limited(lambda: release.wait(LONG), LONG, tick)

    assert ended == Ended(value=True)
    assert ticks[:3] == [threading.current_thread()] * 3


def judged(ended: Ended) -> tuple[type, bool]:
    return type(ended.error), ended.abandoned


def test_loop_is_stopped_at_the_limit() -> None:
    threads: list[threading.Thread] = []

    def work() -> NoReturn:
        threads.append(threading.current_thread())
        spin()

    assert judged(call_limited(work, SHORT)) == (Stopped, False)
    threads[0].join(10)
    assert not threads[0].is_alive()


def test_loop_that_catches_exceptions_is_stopped() -> None:
    def stubborn() -> None:
        while True:
            try:
                spin()
            except Exception:
                pytest.fail("Stopped must pass `except Exception`")

    assert judged(call_limited(stubborn, SHORT)) == (Stopped, False)


def test_code_that_survives_one_stop_is_stopped_again() -> None:
    survived: list[str] = []

    def survivor() -> None:
        try:
            spin()
        except Stopped:
            survived.append("once")
        spin()

    assert judged(call_limited(survivor, SHORT)) == (Stopped, False)
    assert survived == ["once"]


def test_stopped_code_runs_its_finally() -> None:
    cleaned: list[str] = []

    def tidy() -> None:
        try:
            spin()
        finally:
            cleaned.append("up")

    assert judged(call_limited(tidy, SHORT)) == (Stopped, False)
    assert cleaned == ["up"]


@pytest.mark.parametrize("blocked", ["event", "lock"])
def test_call_that_is_blocked_for_ever_is_abandoned(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch, blocked: str
) -> None:
    monkeypatch.setattr(limits, "_STOP_FOR", SHORT)
    lock = threading.Lock()
    waits: dict[str, Callable[[], Any]] = {"event": release.wait, "lock": lock.acquire}
    with lock:
        ended = call_limited(waits[blocked], SHORT)

    assert judged(ended) == (Stopped, True)


def test_abandoned_call_does_not_change_what_was_said_about_it(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_STOP_FOR", SHORT)
    over = threading.Event()

    def stubborn() -> str:
        try:
            release.wait()
        except Stopped:
            over.set()
        return "too late"

    ended = call_limited(stubborn, SHORT)
    release.set()
    assert over.wait(10)

    assert (ended.value, judged(ended)) == (None, (Stopped, True))
