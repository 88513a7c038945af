"""Saves are detected in the background when the files stop changing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from kili_emulator.plugins.links.watcher import Debouncer, Watcher, pause_after

SOON = 20.0


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        ("aa", ".!"),
        ("aaaa", ".!.."),
        ("aabb", ".!.!"),
        ("aabaa", ".!..."),
        ("aabbaa", ".!.!.!"),
        ("abcdee", ".....!"),
    ],
)
def test_change_is_due_once_when_the_state_stops_changing(seen: str, due: str) -> None:
    settling = Debouncer()
    assert "".join("!" if settling.is_due(each) else "." for each in seen) == due


def test_slow_check_lengthens_the_pause() -> None:
    assert pause_after(0.001, 0.3) == 0.3
    assert pause_after(1.0, 0.3) == 9.0


class WatchedFolder:
    """A state that a test changes, and its watcher."""

    def __init__(self) -> None:
        self.is_wanted = True
        self.state: object = 0
        self.changed = threading.Event()
        self.fails = False
        self.watcher = Watcher("a desk", lambda: self.is_wanted, self.see, self.take, 0.001)

    def see(self) -> object:
        if self.fails:
            self.fails = False
            raise OSError("gone")
        return self.state

    def take(self) -> None:
        self.changed.set()

    def notices(self, state: object) -> bool:
        self.changed.clear()
        self.state = state
        return self.changed.wait(SOON)

    @property
    def threads(self) -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == "a desk"]


@pytest.fixture
def watched_folder() -> Iterator[WatchedFolder]:
    new_folder = WatchedFolder()
    yield new_folder
    new_folder.watcher.close()
    assert not new_folder.threads


def test_watcher_thread_runs_while_something_is_watched(
    watched_folder: WatchedFolder,
) -> None:
    watched_folder.is_wanted = False
    watched_folder.watcher.wake()
    assert not watched_folder.threads
    watched_folder.is_wanted = True
    watched_folder.watcher.wake()
    watched_folder.watcher.wake()
    assert watched_folder.changed.wait(SOON)
    (thread,) = watched_folder.threads
    assert watched_folder.notices(1)
    watched_folder.is_wanted = False
    thread.join(SOON)
    assert not watched_folder.threads
    watched_folder.is_wanted = True
    watched_folder.watcher.wake()
    assert watched_folder.notices(2)


def test_failed_check_is_logged_and_watching_continues(
    watched_folder: WatchedFolder, caplog: pytest.LogCaptureFixture
) -> None:
    watched_folder.watcher.wake()
    assert watched_folder.changed.wait(SOON)
    with caplog.at_level(logging.ERROR):
        watched_folder.fails = True
        assert watched_folder.notices(1)
    assert "OSError: gone" in caplog.text


def test_closed_watcher_does_not_restart(watched_folder: WatchedFolder) -> None:
    watched_folder.watcher.wake()
    watched_folder.watcher.close()
    assert not watched_folder.threads
    watched_folder.watcher.wake()
    assert not watched_folder.threads
