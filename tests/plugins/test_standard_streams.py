"""The standard streams stay the emulator's, whatever a plugin does to them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from kili_emulator.plugins.inline.standard_streams import StandardStreams


def standard_output(monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """A stream that is ``sys.stdout``, and has been from the beginning."""
    new_stream = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", new_stream)
    monkeypatch.setattr(sys, "__stdout__", new_stream)
    return new_stream


def test_a_stream_that_is_to_be_closed_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = standard_output(monkeypatch)
    asked: list[str] = []

    def refuse(name: str) -> bool:
        asked.append(name)
        return True

    streams = StandardStreams(refuse)
    streams.guard()
    stream.close()
    with stream:
        pass
    streams.release()
    assert (stream.closed, asked) == (False, ["sys.stdout", "sys.stdout"])
    stream.close()
    assert stream.closed


def test_others_may_close_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = standard_output(monkeypatch)
    streams = StandardStreams(lambda _: False)
    streams.guard()
    stream.close()
    streams.release()
    assert stream.closed


def test_a_stream_that_was_exchanged_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = standard_output(monkeypatch)
    streams = StandardStreams(lambda _: True)
    streams.guard()
    assert streams.find_replaced() == []
    sys.stdout = io.StringIO()
    assert streams.find_replaced() == ["sys.stdout"]
    streams.release()
    assert sys.stdout is stream


class Capture(io.StringIO):
    """Of those that others have."""


def test_a_plain_stream_instead_of_one_of_others_is_a_plugins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standard_output(monkeypatch)
    redirected = Capture()
    monkeypatch.setattr(sys, "stdout", redirected)
    streams = StandardStreams(lambda _: True)
    streams.guard()
    sys.stdout = io.StringIO()
    assert streams.find_replaced() == ["sys.stdout"]
    streams.release()
    assert sys.stdout is redirected


def test_a_stream_that_others_have_redirected_is_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standard_output(monkeypatch)
    redirected, other = Capture(), Capture()
    monkeypatch.setattr(sys, "stdout", redirected)
    streams = StandardStreams(lambda _: True)
    streams.guard()
    sys.stdout = other
    assert streams.find_replaced() == []
    streams.release()
    assert sys.stdout is other


def test_no_stream_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    streams = StandardStreams(lambda _: True)
    streams.guard()
    streams.release()
    assert sys.stdout is None


REOPENED = """
import os
from kili_emulator.plugins.inline.standard_streams import StandardStreams
streams = StandardStreams(lambda _: True)
streams.guard()
os.close(1)
os.close(2)
closed = streams.reopen()
print(closed, streams.reopen())
"""


def test_descriptors_that_were_closed_are_opened_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REOPENED], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['descriptor 1', 'descriptor 2'] []\n"
