"""The call conditions of a plugin are read from its source as clients read them."""

from __future__ import annotations

import re
from pathlib import Path

import kili_events
import pytest
from kili.services.plugins.upload import POSSIBLE_HANDLERS, PluginUploader, _event_patterns

from kili_emulator import messages
from kili_emulator.rules.event_names import patterns_of
from kili_emulator.rules.handlers import BY_METHOD
from kili_emulator.rules.plugin_source import SourceError, SourceTriggers, read_triggers

HEAD = """
import typing as t
import kili_events as ke
import kili.plugins as kp
from typing import Union, TYPE_CHECKING
from kili import plugins
from kili.plugins import PluginCore, on_kili_event
from kili.plugins import on_kili_event as listens
from kili_events import AssetSkippedEvent, AssetWorkflowEvent, LabelWorkflowEvent as Labels
from kili_events.ProjectArchivedEvent import ProjectArchivedEvent
Either = AssetSkippedEvent | Labels
Both: object = Either
try:
    from kili_events import AssetDeletedEvent
except ImportError:
    AssetDeletedEvent = None
if TYPE_CHECKING:
    from kili_events import AssetUnskippedEvent

class PluginHandler(PluginCore):
"""
STARS = """
from kili.plugins import *
from kili_events import *

class PluginHandler(PluginCore):
"""


def plugin(*methods: str, head: str = HEAD) -> str:
    return head + "".join(f"    {line}\n" for each in methods for line in each.splitlines())


def listener(annotation: str, decorator: str = "on_kili_event") -> str:
    return plugin(f"@{decorator}\ndef hear(self, event: {annotation}): pass")


def of_the_sdk(folder: Path, source: str, matcher: list[str] | None) -> SourceTriggers | None:
    """Return the triggers that the SDK would send for a source; ``None`` for a refusal."""
    path = folder / "main.py"
    path.write_text(source, encoding="utf-8")
    uploader = PluginUploader(None, str(path), "P", False, None, matcher)  # type: ignore[arg-type]
    try:
        uploader._retrieve_plugin_src()
    except (ValueError, SyntaxError):
        return None
    return SourceTriggers(uploader.handler_types, uploader.event_matcher)


def read(source: str, matcher: list[str] | None) -> SourceTriggers | None:
    try:
        return read_triggers(source, matcher or (), "26.2.4")
    except SourceError:
        return None


HANDLERS = [
    plugin("def on_submit(self, label, asset_id): pass"),
    plugin("def on_review(self): pass", "def on_submit(self): pass", "def other(self): pass"),
    plugin("def on_custom_interface_click(self): pass", "def on_send_back_to_queue(self): pass"),
    plugin("async def on_submit(self): pass"),
    plugin("def on_event(self, payload): pass"),
    plugin("def on_event(self, payload): pass", "def on_submit(self): pass"),
    plugin("class Inner:\n    def on_submit(self): pass"),
    plugin("x = 1"),
    "class Other:\n    def on_submit(self): pass\n",
    "def make():\n    class PluginHandler:\n        def on_submit(self): pass\n",
]


@pytest.mark.parametrize("matcher", [None, ["asset.skipped"]])
@pytest.mark.parametrize("source", HANDLERS)
def test_handlers_are_read_as_the_sdk_reads_them(
    tmp_path: Path, source: str, matcher: list[str] | None
) -> None:
    assert read(source, matcher) == of_the_sdk(tmp_path, source, matcher)


LISTENERS = [
    listener("AssetSkippedEvent"),
    listener("AssetSkippedEvent", "listens"),
    listener("AssetSkippedEvent", "kp.on_kili_event"),
    listener("AssetSkippedEvent", "plugins.on_kili_event"),
    listener("AssetSkippedEvent", "on_kili_event()"),
    listener("AssetSkippedEvent", "staticmethod\n@on_kili_event"),
    listener("AssetWorkflowEvent"),
    listener("Labels"),
    listener("ke.AssetIssueEvent"),
    listener("ke.AnyEvent"),
    listener("'AssetSkippedEvent | Labels'"),
    listener("'AssetSkippedEvent['"),
    listener("AssetSkippedEvent | AssetWorkflowEvent | ke.ProjectArchivedEvent"),
    listener("Union[AssetSkippedEvent, 'AssetWorkflowEvent']"),
    listener("t.Union[AssetSkippedEvent, Labels]"),
    listener("ProjectArchivedEvent"),
    listener("Either"),
    listener("Both"),
    listener("AssetDeletedEvent | AssetSkippedEvent"),
    listener("AssetUnskippedEvent"),
    listener("dict"),
    listener("ke.AssetSkipedEvent"),
    listener("ke.KiliEvent"),
    listener("ke.LabelAnalyticsEvent"),
    listener("AssetSkippedEvent = None"),
    plugin("@on_kili_event\ndef hear(self): pass"),
    plugin("@on_kili_event\ndef hear(self, event): pass"),
    plugin("@on_kili_event\ndef hear(self, event: AssetSkippedEvent, more=1): pass"),
    plugin("@on_kili_event\ndef hear(self, event: AssetSkippedEvent, *more): pass"),
    plugin("@on_kili_event\nasync def hear(self, event: AssetSkippedEvent): pass"),
    plugin("@property\ndef hear(self): pass"),
    listener("AssetSkippedEvent") + "    def on_submit(self): pass\n",
    listener("AssetSkippedEvent") + "    def on_event(self, payload): pass\n",
    listener("AssetSkippedEvent").replace("hear", "on_submit"),
    plugin("@on_kili_event\ndef hear(self, event: AssetSkippedEvent): pass", head=STARS),
    plugin("@on_kili_event\ndef hear(self, event: int): pass", head=STARS),
    listener("Later") + "Later = AssetSkippedEvent\n",
]  # fmt: skip


@pytest.mark.parametrize("matcher", [None, ["asset.skipped"]])
@pytest.mark.parametrize("source", LISTENERS)
def test_decorated_methods_are_read_as_the_sdk_reads_them(
    tmp_path: Path, source: str, matcher: list[str] | None
) -> None:
    assert read(source, matcher) == of_the_sdk(tmp_path, source, matcher)


def test_cases_include_accepted_and_refused_sources(tmp_path: Path) -> None:
    found = [of_the_sdk(tmp_path, each, None) for each in (*HANDLERS, *LISTENERS)]
    assert 10 < sum(each is None for each in found) < len(found) - 15


def test_refusal_names_the_error_in_the_source() -> None:
    with pytest.raises(SourceError, match=r"hear in main.py: dict is not an event"):
        read_triggers(listener("dict"))
    with pytest.raises(
        SourceError, match="KiliEvent is an event of kili_events that plugins never get"
    ):
        read_triggers(listener("ke.KiliEvent"))
    with pytest.raises(SourceError, match="with --event-matcher"):
        read_triggers(plugin("def on_event(self, payload): pass"))


@pytest.mark.parametrize(
    ("client", "handlers"),
    [("26.2.4", {*POSSIBLE_HANDLERS, "on_event"}), (None, set(BY_METHOD))],
)
def test_refusal_without_handlers_names_all_that_the_client_can_register(
    client: str | None, handlers: set[str]
) -> None:
    with pytest.raises(SourceError) as refused:
        read_triggers(plugin("x = 1"), client=client)
    text = str(refused.value)
    assert set(re.findall(r"\bon_\w+", text.partition(", or methods")[0])) == handlers


def test_sources_valid_for_older_clients_are_accepted() -> None:
    """Inherited handlers, and a handler that only clients from 2.141 to 26.1 know, are accepted."""
    assert read_triggers(plugin("x = 1"), client="26.1.5") == SourceTriggers()
    settings = plugin("def on_project_updated(self, settings_updated): pass", "def on_submit(): 1")
    asked = {
        each: read_triggers(settings, client=each).handler_types for each in ("26.1.5", "26.2.4")
    }
    assert asked == {"26.1.5": ["onProjectUpdated", "onSubmit"], "26.2.4": ["onSubmit"]}
    with pytest.raises(SourceError, match=messages.BUILD_NO_HANDLER_CLASS[:30]):
        read_triggers("x = 1", client="26.1.5")


def test_kili_events_names_give_the_patterns_that_the_sdk_sends() -> None:
    models = [each.__name__ for each in kili_events.EVENT_MODELS.values()]
    for name in (*models, *kili_events.FAMILY_PATTERNS, "AnyEvent", "KiliEvent", "Nothing"):
        try:
            sent = _event_patterns(name)
        except ValueError:
            sent = []
        assert patterns_of(name) == sent, name
