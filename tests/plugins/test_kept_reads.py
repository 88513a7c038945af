"""The folder of a linked plugin is read again only after a change."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kili_emulator.clock import Clock
from kili_emulator.domain.plugin_link import SavedPlugin
from kili_emulator.plugins.links import kept_reads
from kili_emulator.plugins.links.kept_reads import KeptReads
from kili_emulator.plugins.links.linked_source import LinkedSource, ReadResult

HANDLER = "class PluginHandler:\n    def on_submit(self, label, asset_id): pass\n"


class LaterClock(Clock):
    """A clock for which the files of a test were saved a minute ago."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = tmp_path / "plugin" / "main.py"
    path.parent.mkdir()
    path.write_text(HANDLER)
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_reads, "Clock", LaterClock)


def on_disk(main: Path, *event_matcher: str) -> LinkedSource:
    return LinkedSource(main.parent, event_matcher, "26.2.4")


def handler_types(result: ReadResult) -> list[str]:
    assert isinstance(result, SavedPlugin)
    return list(result.subscription.handler_types or [])


@pytest.mark.usefixtures("later")
def test_unchanged_folder_is_not_read_again(main: Path) -> None:
    reads = KeptReads()
    first = reads.read("p", on_disk(main))
    assert handler_types(first) == ["onSubmit"]
    assert reads.read("p", on_disk(main)) is first


@pytest.mark.usefixtures("later")
def test_saved_file_is_read_again(main: Path) -> None:
    reads = KeptReads()
    reads.read("p", on_disk(main))
    main.write_text(HANDLER.replace("submit", "review"))
    assert handler_types(reads.read("p", on_disk(main))) == ["onReview"]


@pytest.mark.usefixtures("later")
def test_file_with_restored_time_and_same_size_is_read_again(main: Path) -> None:
    reads = KeptReads()
    before = main.stat()
    reads.read("p", on_disk(main))
    main.write_text(HANDLER.replace("submit", "review"))
    os.utime(main, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert main.stat().st_size == before.st_size
    assert handler_types(reads.read("p", on_disk(main))) == ["onReview"]


def test_file_that_was_saved_just_now_is_read_again(main: Path) -> None:
    reads = KeptReads()
    first = reads.read("p", on_disk(main))
    second = reads.read("p", on_disk(main))
    assert (second, second is first) == (first, False)


@pytest.mark.usefixtures("later")
def test_new_event_patterns_are_compared_with_the_source_again(main: Path) -> None:
    reads = KeptReads()
    reads.read("p", on_disk(main))
    result = reads.read("p", on_disk(main, "asset.*"))
    assert isinstance(result, SavedPlugin)
    assert result.problems


@pytest.mark.usefixtures("later")
def test_missing_folder_is_looked_for_again(main: Path) -> None:
    reads = KeptReads()
    away = main.parent.rename(main.parent.with_name("away"))
    assert isinstance(reads.read("p", on_disk(main)), str)
    away.rename(main.parent)
    assert handler_types(reads.read("p", on_disk(main))) == ["onSubmit"]


@pytest.mark.usefixtures("later")
def test_unlinked_plugin_is_forgotten(main: Path) -> None:
    reads = KeptReads()
    first = reads.read("p", on_disk(main))
    reads.retain({"p"})
    assert reads.read("p", on_disk(main)) is first
    reads.retain({"q"})
    assert reads.read("p", on_disk(main)) is not first
