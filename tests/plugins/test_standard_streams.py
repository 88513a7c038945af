"""The emulator's standard streams survive plugins that close or replace them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from kili_emulator.plugins.inline.standard_streams import StandardStreams


def standard_output(monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Set a new stream as ``sys.stdout`` and ``sys.__stdout__``."""
    new_stream = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", new_stream)
    monkeypatch.setattr(sys, "__stdout__", new_stream)
    return new_stream


def test_guarded_stream_stays_open_when_closed(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_other_code_may_close_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = standard_output(monkeypatch)
    streams = StandardStreams(lambda _: False)
    streams.guard()
    stream.close()
    streams.release()
    assert stream.closed


def test_replaced_stream_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = standard_output(monkeypatch)
    streams = StandardStreams(lambda _: True)
    streams.guard()
    assert streams.find_replaced() == []
    sys.stdout = io.StringIO()
    assert streams.find_replaced() == ["sys.stdout"]
    streams.release()
    assert sys.stdout is stream


class Capture(io.StringIO):
    """A stream class of other code, such as that of pytest."""


def test_plain_replacement_of_a_redirected_stream_is_undone(
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


def test_redirection_by_other_code_is_kept(
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


def test_missing_stream_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_closed_descriptors_are_reopened() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REOPENED], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['descriptor 1', 'descriptor 2'] []\n"
