"""Frames arrive in order; forged, repeated and damaged frames are refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from kili_emulator.plugins.guest.sealed_messages import (
    ANSWERS,
    MAX_TEXT,
    REQUESTS,
    ForgedError,
    Marks,
    Receiver,
    Sender,
    truncate_texts,
)
from kili_emulator.plugins.process.worker_messages import is_answer, is_log_message

KEY = b"k" * 43
OTHER = b"o" * 43


class Pipe:
    """A pipe whose frames a test can change before they arrive."""

    def __init__(self) -> None:
        self.reads, self.writes = os.pipe()
        self.receiver = Receiver(self.reads, KEY, ANSWERS, limit=1000)

    def sent(
        self, *messages: dict[str, Any], key: bytes = KEY, use: bytes = ANSWERS
    ) -> list[bytes]:
        """Send messages, and return their frames."""
        sender = Sender(self.writes, key, use)
        frames = []
        for each in messages:
            sender.send(each)
            frames.append(os.read(self.reads, 100_000))
        return frames

    def arrive(self, content: bytes) -> list[dict[str, Any]]:
        """Return the messages that the receiver reads from some bytes."""
        os.write(self.writes, content)
        os.close(self.writes)
        return list(iter(self.receiver.receive, None))


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    new_pipe = Pipe()
    yield new_pipe
    os.close(new_pipe.reads)


def test_messages_arrive_in_their_order(pipe: Pipe) -> None:
    messages = [{"a": 1}, {"b": "é\ud800"}, {}]
    assert pipe.arrive(b"".join(pipe.sent(*messages))) == messages


def test_truncated_frame_is_not_a_message(pipe: Pipe) -> None:
    (frame,) = pipe.sent({"a": 1})
    assert pipe.arrive(frame[:-1]) == []


FIRST, SECOND = {"number": 1}, {"number": 2}
FORGERIES = {
    "another key": lambda pipe: pipe.sent(FIRST, key=OTHER)[0],
    "the other direction": lambda pipe: pipe.sent(FIRST, use=REQUESTS)[0],
    "a frame twice": lambda pipe: pipe.sent(FIRST)[0] * 2,
    "frames in another order": lambda pipe: b"".join(pipe.sent(FIRST, SECOND)[::-1]),
    "a frame left out": lambda pipe: pipe.sent(FIRST, SECOND)[1],
    "another content": lambda pipe: pipe.sent(FIRST)[0].replace(b"1}", b"3}"),
    "a byte between frames": lambda pipe: b"\1".join(pipe.sent(FIRST, SECOND)),
    "a byte before a frame": lambda pipe: b"\0" + pipe.sent(FIRST)[0],
    "an oversized frame": lambda pipe: pipe.sent({"text": "x" * 2000})[0],
    "not an object": lambda pipe: pipe.sent([1])[0],
    "another length": lambda pipe: b"\xff" + pipe.sent(FIRST)[0][1:],
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forged_frame_is_refused(pipe: Pipe, forgery: Any) -> None:
    with pytest.raises(ForgedError):
        pipe.arrive(forgery(pipe))


def test_marks_differ_and_depend_on_the_key() -> None:
    marks = [Marks(key).mark(number) for key in (KEY, OTHER) for number in range(100)]
    assert len(set(marks)) == 200
    assert {len(each) for each in marks} == {34}


def test_long_texts_are_truncated_before_sending() -> None:
    assert truncate_texts({"text": "x" * 2 * MAX_TEXT, "number": 1}) == {
        "text": "x" * MAX_TEXT,
        "number": 1,
    }


# What a worker may say

CALLED = {
    "request": 1,
    "ended": "well",
    "text": "",
    "headline": None,
    "handler": "class",
    "neverRan": None,
    "missing": None,
    "duration": 1.5,
    "memory": None,
    "changed": "",
    "threads": "",
}


@pytest.mark.parametrize(
    "change",
    [
        {"request": 2},
        {"ended": "anyhow"},
        {"text": None},
        {"headline": 1},
        {"handler": []},
        {"duration": "1"},
        {"memory": {}},
        {"threads": ["x"]},
        {"more": 1},
    ],
    ids=str,
)
def test_answer_with_wrong_members_is_refused(change: dict[str, Any]) -> None:
    assert is_answer(CALLED, {"plugin": "P", "request": 1})
    assert not is_answer({**CALLED, **change}, {"plugin": "P", "request": 1})
    assert not is_answer(CALLED, {"folder": "/", "request": 1})


def test_log_message_has_a_log_type_and_a_text() -> None:
    assert is_log_message({"log": "info", "content": ""})
    wrong = [{"log": "loud", "content": ""}, {"log": "info", "content": 1}, {"log": "info"}]
    assert not any(map(is_log_message, wrong))
    assert not is_log_message({"log": "info", "content": "", "more": 1})
