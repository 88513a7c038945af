"""Threads that a run starts belong to the run until it ends."""

from __future__ import annotations

import contextvars
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kili_emulator.clock import Clock
from kili_emulator.plugins import logs
from kili_emulator.plugins.guest.tracebacks import PACKAGE, CodeLocation
from kili_emulator.plugins.inline import plugin_threads, run_effects, sandbox
from kili_emulator.plugins.inline.run_effects import RunEffects
from kili_emulator.plugins.logs import RunLog

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    sandbox._install()


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """The event for which threads wait; set at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def in_run(function: Callable[[], Any], log: RunLog | None = None) -> RunEffects:
    """Call a function as a run does; without a log, as an import does."""
    made = RunEffects(CodeLocation(FOLDER))

    def work() -> None:
        logs.current.set(log)
        made.attach_current_thread()
        function()

    contextvars.copy_context().run(work)
    return made


def started(function: Callable[..., Any], **options: Any) -> threading.Thread:
    thread = threading.Thread(target=function, name="mine", **options)
    thread.start()
    return thread


def entries(log: RunLog) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text, _ in log.close()]


def fail() -> None:
    raise ValueError("no")


def test_nested_threads_belong_to_the_run() -> None:
    log, seen = RunLog(Clock()), []

    def note() -> None:
        seen.append((logs.current.get(), run_effects.current.get()))

    made = in_run(lambda: started(lambda: started(note).join()).join(), log)
    assert seen == [(log, made)]
    assert [each.name for each in made.threads] == ["mine", "mine"]


def test_thread_outside_of_a_run_is_not_changed(release: threading.Event) -> None:
    thread = started(release.wait)
    assert not thread.daemon
    release.set()
    thread.join()


def test_thread_of_a_run_is_a_daemon_thread(release: threading.Event) -> None:
    made = in_run(lambda: started(release.wait, daemon=False), RunLog(Clock()))
    assert made.threads[0].daemon


def test_threads_left_running_are_listed(release: threading.Event) -> None:
    made = in_run(lambda: (started(release.wait), started(int)), RunLog(Clock()))
    assert made.threads_left_running() == ["mine"]
    release.set()
    made.threads[0].join()
    assert made.threads_left_running() == []


def test_exception_in_a_thread_is_a_line_of_its_run() -> None:
    log = RunLog(Clock())
    in_run(lambda: started(fail).join(), log)
    ((kind, text),) = entries(log)
    assert kind == "error"
    lines = text.splitlines()
    assert lines[0] == "Exception in thread mine:"
    assert lines[2].startswith('  File "test_plugin_threads.py"')
    assert lines[-1] == "ValueError: no"


@pytest.mark.parametrize("way", [sys.exit, lambda: None])
def test_exit_of_a_thread_is_not_logged_as_an_error(way: Callable[[], None]) -> None:
    log = RunLog(Clock())
    in_run(lambda: started(way).join(), log)
    assert entries(log) == []


def test_exception_in_a_thread_after_the_run_is_logged_by_the_emulator(
    release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    log = RunLog(Clock())
    made = in_run(lambda: started(lambda: (release.wait(), fail())), log)
    assert entries(log) == []
    release.set()
    made.threads[0].join()
    (record,) = caplog.records
    assert (record.name, record.levelno) == (plugin_threads.__name__, logging.WARNING)
    assert record.message.endswith("ValueError: no")


def test_excepthook_of_the_plugin_gets_the_exception_instead_of_the_run_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, received = RunLog(Clock()), []

    def hook(details: threading.ExceptHookArgs) -> None:
        received.append(
            (details.exc_type, details.thread and details.thread.name, logs.current.get())
        )

    hook.__module__ = f"{PACKAGE}x.main"
    monkeypatch.setattr(threading, "excepthook", hook)
    in_run(lambda: started(fail).join(), log)
    assert (received, entries(log)) == ([(ValueError, "mine", log)], [])


def test_exception_in_a_thread_started_at_import_goes_to_the_global_hook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = []
    monkeypatch.setattr(threading, "excepthook", lambda details: received.append(details.exc_type))
    in_run(lambda: started(fail).join())
    assert received == [ValueError]


def test_a_thread_cannot_be_started_twice(release: threading.Event) -> None:
    def start_twice() -> None:
        thread = started(release.wait)
        with pytest.raises(RuntimeError, match="once"):
            thread.start()

    made = in_run(start_twice, RunLog(Clock()))
    assert len(made.threads) == 1
