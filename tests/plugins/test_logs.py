"""The output and log calls of a run become log lines (contract/plugin.md#logs)."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from kili_emulator import messages
from kili_emulator.clock import Clock, ClockState
from kili_emulator.domain import plugin_lines
from kili_emulator.plugins import logs
from kili_emulator.plugins.guest.tracebacks import CodeLocation
from kili_emulator.plugins.logs import RunLog

PLACE = CodeLocation(Path(__file__).parent)


@pytest.fixture
def log() -> RunLog:
    return RunLog(Clock())


def texts(log: RunLog) -> list[str]:
    return [content for _, content, _ in log.take()]


def entries(log: RunLog) -> list[tuple[str, str]]:
    return [(log_type, content) for log_type, content, _ in log.take()]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ([], []),
        (["one\n"], ["one"]),
        (["one\ntwo\n"], ["one", "two"]),
        (["one", "\n"], ["one"]),
        (["a", "b", "c\n"], ["abc"]),
        (["one\ntw", "o\n"], ["one", "two"]),
        (["\n"], [""]),
        (["one\n\nthree\n"], ["one", "", "three"]),
        (["  indented \n"], ["  indented "]),
        (["é 漢 \U0001f600\n"], ["é 漢 \U0001f600"]),
    ],
)
def test_printed_text_is_split_at_newlines(
    log: RunLog, written: list[str], lines: list[str]
) -> None:
    for text in written:
        log.write(text)

    assert entries(log) == [("info", line) for line in lines]


def test_unfinished_line_waits_for_its_newline(log: RunLog) -> None:
    log.write("one\ntwo")
    assert texts(log) == ["one"]

    log.write("!\n")
    assert texts(log) == ["two!"]


def test_unfinished_line_is_kept_when_the_run_ends(log: RunLog) -> None:
    log.write("one\ntwo")

    assert [content for _, content, _ in log.close()] == ["one", "two"]


def test_lines_are_taken_once(log: RunLog) -> None:
    log.write("one\n")

    assert (texts(log), texts(log)) == (["one"], [])


def test_entry_keeps_its_newlines_and_its_place(log: RunLog) -> None:
    log.write("before\n")
    log.add_entry("error", "Traceback:\n  line 1")
    log.write("after\n")

    assert entries(log) == [
        ("info", "before"),
        ("error", "Traceback:\n  line 1"),
        ("info", "after"),
    ]


def test_each_line_has_the_worlds_time() -> None:
    log = RunLog(Clock(ClockState.parse(timedelta(days=1).total_seconds())))
    with freeze_time("2024-01-01") as frozen:
        log.write("one\n")
        frozen.tick(timedelta(milliseconds=1500))
        log.add_entry("warning", "two")

    assert log.take() == [
        ("info", "one", "2024-01-02T00:00:00.000Z"),
        ("warning", "two", "2024-01-02T00:00:01.500Z"),
    ]


def test_output_after_the_end_of_the_run_is_dropped(log: RunLog) -> None:
    log.write("one\n")
    log.close()
    log.write("two\n")
    log.add_entry("error", "three")

    assert (texts(log), log.close()) == ([], [])


@pytest.mark.parametrize("taken_between", [True, False])
def test_long_output_is_truncated_with_one_warning(
    monkeypatch: pytest.MonkeyPatch, taken_between: bool
) -> None:
    monkeypatch.setattr(logs, "MAX_CHARACTERS", 10)
    monkeypatch.setattr(logs, "_LINE_COST", 1)
    log = RunLog(Clock())
    log.write("12345\n")
    lines = entries(log) if taken_between else []
    log.write("67890\ntoo much\nmore\n")
    log.add_entry("error", "even more")
    log.write("unfinished")
    lines += [(log_type, content) for log_type, content, _ in log.close()]

    assert lines == [
        ("info", "12345"),
        ("info", "67890"),
        ("warning", "Output truncated: a run records at most 10 characters"),
    ]


@pytest.mark.parametrize("line", ["", "x", "x" * 20])
def test_number_of_short_lines_is_limited(log: RunLog, line: str) -> None:
    for _ in range(60_000):
        log.write(line + "\n")
    found = texts(log)

    assert found[:50_000] == [line] * 50_000
    assert len(found) <= 50_002
    assert found[-1].startswith("Output truncated")


def test_emulator_lines_are_kept_after_truncation(log: RunLog) -> None:
    log.write("x" * 1_000_001 + "\n")
    log.add_entry("error", "lost")
    log.add_emulator_line("error", "Traceback:\n  line 1")

    assert entries(log)[1:] == [
        ("warning", "Output truncated: a run records at most 1000000 characters"),
        ("error", "Traceback:\n  line 1"),
    ]


def test_emulator_line_follows_an_unfinished_line(log: RunLog) -> None:
    log.write("unfinished")
    log.add_emulator_line("error", "failed")

    assert [content for _, content, _ in log.close()] == ["unfinished", "failed"]


def test_limit_is_a_million_characters(log: RunLog) -> None:
    log.write("x" * 1_000_000 + "\n")
    log.write("y\n")

    assert [content[:20] for content in texts(log)] == ["x" * 20, "Output truncated: a "]


def test_lines_of_many_threads_all_arrive_whole(log: RunLog) -> None:
    barrier = threading.Barrier(8)

    def work(worker: int) -> None:
        barrier.wait()
        for number in range(50):
            log.write(f"{worker} {number}\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    found = texts(log)
    assert len(found) == 400
    for worker in range(8):
        own = [line for line in found if line.startswith(f"{worker} ")]
        assert own == [f"{worker} {number}" for number in range(50)]


# The plugin's logger


@pytest.mark.parametrize(
    ("level", "log_type"),
    [
        (logging.DEBUG, "debug"),
        (logging.INFO, "info"),
        (logging.WARNING, "warning"),
        (logging.ERROR, "error"),
        (logging.CRITICAL, "error"),
        (25, "info"),
        (99, "error"),
    ],
)
def test_level_becomes_the_log_type(log: RunLog, level: int, log_type: str) -> None:
    logs.make_run_logger(log, "plugin", PLACE).log(level, "text %d", 1)

    assert entries(log) == [(log_type, "text 1")]


def test_logged_text_stays_one_entry(log: RunLog) -> None:
    logs.make_run_logger(log, "plugin", PLACE).info("one\ntwo")

    assert texts(log) == ["one\ntwo"]


def test_printed_and_logged_lines_keep_their_order(log: RunLog) -> None:
    logger = logs.make_run_logger(log, "plugin", PLACE)
    logger.info("1")
    log.write("2\n")
    logger.info("3")

    assert texts(log) == ["1", "2", "3"]


def logged_exception(log: RunLog) -> None:
    try:
        int("deep")
    except ValueError:
        logs.make_run_logger(log, "plugin", PLACE).exception("It failed")


def test_logged_exception_is_one_entry_with_its_traceback(log: RunLog) -> None:
    logged_exception(log)

    ((log_type, content),) = entries(log)
    lines = content.splitlines()
    assert (log_type, lines[:2]) == ("error", ["It failed", "Traceback (most recent call last):"])
    assert lines[-1].startswith("ValueError: invalid literal")


def test_logger_has_the_plugins_name(log: RunLog) -> None:
    assert logs.make_run_logger(log, "My plugin", PLACE).name == "My plugin"


@pytest.mark.parametrize("arguments", [(3,), ("a", "b")])
def test_mismatched_log_arguments_do_not_fail_the_plugin(
    log: RunLog, arguments: tuple[object, ...]
) -> None:
    logs.make_run_logger(log, "plugin", PLACE).info("count", *arguments)

    assert entries(log) == [("info", f"count {arguments}")]


class Silent:
    def __str__(self) -> str:
        raise ValueError

    __repr__ = __str__


def deep() -> list[object]:
    value: list[object] = []
    for _ in range(10_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((Silent(),), "<Silent that cannot be shown: ValueError>"),
        ((deep(),), "<list that cannot be shown: RecursionError>"),
        (("%s", Silent()), "%s <tuple that cannot be shown: ValueError>"),
        (("%s", deep()), "%s <tuple that cannot be shown: RecursionError>"),
    ],
)
def test_unprintable_log_arguments_do_not_fail_the_plugin(
    log: RunLog, arguments: tuple[object, ...], shown: str
) -> None:
    logs.make_run_logger(log, "plugin", PLACE).info(*arguments)

    assert entries(log) == [("info", shown)]


def test_loggers_of_two_runs_are_independent(log: RunLog, caplog: pytest.LogCaptureFixture) -> None:
    other = RunLog(Clock())
    logs.make_run_logger(log, "same name", PLACE).info("one")
    logs.make_run_logger(other, "same name", PLACE).info("two")

    assert (texts(log), texts(other)) == (["one"], ["two"])
    assert caplog.records == []


def test_line_without_newline_is_truncated_at_the_limit(log: logs.RunLog) -> None:
    for _ in range(2 * logs.MAX_CHARACTERS // 1000):
        log.write("x" * 1000)
    (line, truncated) = log.close()
    assert line[:2] == ("info", "x" * logs.MAX_CHARACTERS)
    assert truncated[:2] == ("warning", messages.RUN_TRUNCATED.format(limit=logs.MAX_CHARACTERS))


def newest_lines_page(*lines: tuple[str, str]) -> list[str]:
    """Return the contents of stored lines (run, time) in the order of the answer."""
    rows = [{"runId": run, "createdAt": time, "content": run + time} for run, time in lines]
    return [each["content"] for each in plugin_lines.newest_lines_page(rows, None, None, None)]


@pytest.mark.parametrize(
    ("stored", "answered"),
    [
        ([("a", "1"), ("a", "1"), ("b", "2")], ["b2", "a1", "a1"]),
        ([("b", "2"), ("a", "1"), ("a", "3")], ["a3", "b2", "a1"]),
        ([("a", "5"), ("a", "3"), ("b", "4")], ["a3", "a5", "b4"]),
    ],
    ids=["as stored", "a run whose lines are stored later", "a clock that was put back"],
)
def test_lines_of_several_runs_are_answered_in_the_order_of_their_emission(
    stored: list[tuple[str, str]], answered: list[str]
) -> None:
    assert newest_lines_page(*stored) == answered
