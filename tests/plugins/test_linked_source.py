"""Reading the source of a linked plugin; half-written files are read again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from kili_emulator.domain.plugin_link import SavedPlugin
from kili_emulator.plugins.links.linked_source import LinkedSource, ReadResult

HANDLER = "class PluginHandler:\n    def on_submit(self, label, asset_id): pass\n"
BROKEN = HANDLER + "    def on_review("

Step = Callable[[], object]


class Editor(threading.Event):
    """An event whose ``wait`` performs the next step of a save instead of waiting."""

    def __init__(self, *steps: Step) -> None:
        super().__init__()
        self._steps = list(steps)
        self.waited = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += 1
        if self._steps:
            self._steps.pop(0)()
        return False


def on_disk(path: Path, *event_matcher: str, version: str | None = "26.2.4") -> LinkedSource:
    return LinkedSource(path, event_matcher, version)


def read_settled(place: LinkedSource, editor: Editor) -> ReadResult:
    return place.read_settled(place.read(), editor)


def problems(found: ReadResult) -> str:
    assert isinstance(found, SavedPlugin)
    return "\n".join(found.problems)


def test_source_without_problems_is_read_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(HANDLER)
    editor = Editor()
    found = read_settled(on_disk(tmp_path), editor)
    assert isinstance(found, SavedPlugin)
    assert found.subscription.handler_types == ["onSubmit"]
    assert found.subscription.client_version == "26.2.4"
    assert found.main == str(tmp_path / "main.py")
    assert (found.problems, editor.waited) == ((), 0)


def test_reading_waits_for_a_half_written_file(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text("")
    editor = Editor(lambda: main.write_text(HANDLER[:40]), lambda: main.write_text(HANDLER))
    assert problems(read_settled(on_disk(tmp_path), editor)) == ""


def test_reading_waits_for_a_file_that_an_editor_moved_aside(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    assert "has no main.py" in str(on_disk(tmp_path).read())
    found = read_settled(on_disk(tmp_path), Editor(lambda: main.write_text(HANDLER)))
    assert problems(found) == ""


def test_persistent_problem_is_reported_after_one_pause(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(BROKEN)
    (tmp_path / "helper.py").write_text("x = ")
    editor = Editor()
    problem = problems(read_settled(on_disk(tmp_path), editor))
    assert 'File "helper.py", line 1' in problem
    assert 'File "main.py", line 3' in problem
    assert editor.waited == 1


def test_reading_stops_waiting_for_a_file_that_keeps_changing(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text(BROKEN)
    texts = [BROKEN + "#" * count for count in range(1, 100)]
    editor = Editor(*(lambda text=text: main.write_text(text) for text in texts))
    assert problems(read_settled(on_disk(tmp_path), editor))
    assert editor.waited < 99


def test_source_that_the_sdk_would_refuse_has_a_problem(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text("x = 1")
    assert "defines no class PluginHandler" in problems(on_disk(tmp_path).read())
    main.write_text(HANDLER.replace("on_submit", "on_event"))
    assert "with --event-matcher" in problems(on_disk(tmp_path).read())
    found = on_disk(tmp_path, "asset.*").read()
    assert isinstance(found, SavedPlugin)
    assert found.subscription.event_matcher == ["asset.*"]
    assert found.problems == ()


def test_refusal_depends_on_the_sdk_version(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "from base import PluginHandler as Base\nclass PluginHandler(Base): pass\n"
    )
    assert "no handler, so it would never" in problems(on_disk(tmp_path).read())
    assert problems(on_disk(tmp_path, version="2.171.0").read()) == ""


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_bytes(b"\xef\xbb\xbf" + HANDLER.encode())
    assert problems(on_disk(tmp_path).read()) == ""
    (tmp_path / "main.py").write_bytes(b"# caf\xe9\n" + HANDLER.encode())
    assert "main.py is not UTF-8 text" in problems(on_disk(tmp_path).read())
