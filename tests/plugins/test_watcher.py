"""Saves are noticed in the background, once they have come to rest."""

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
def test_a_change_is_taken_once_and_only_when_it_has_come_to_rest(seen: str, due: str) -> None:
    settling = Debouncer()
    assert "".join("!" if settling.is_due(each) else "." for each in seen) == due


def test_where_a_look_takes_long_the_pause_is_longer() -> None:
    assert pause_after(0.001, 0.3) == 0.3
    assert pause_after(1.0, 0.3) == 9.0


class WatchedFolder:
    """Something to watch."""

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


def test_there_is_a_thread_as_long_as_there_is_something_to_see(
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


def test_a_failure_is_told_and_ends_nothing(
    watched_folder: WatchedFolder, caplog: pytest.LogCaptureFixture
) -> None:
    watched_folder.watcher.wake()
    assert watched_folder.changed.wait(SOON)
    with caplog.at_level(logging.ERROR):
        watched_folder.fails = True
        assert watched_folder.notices(1)
    assert "OSError: gone" in caplog.text


def test_what_is_closed_watches_no_more(watched_folder: WatchedFolder) -> None:
    watched_folder.watcher.wake()
    watched_folder.watcher.close()
    assert not watched_folder.threads
    watched_folder.watcher.wake()
    assert not watched_folder.threads
