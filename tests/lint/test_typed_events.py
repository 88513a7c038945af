"""KP211 to KP214: methods that ``@on_kili_event`` subscribes to events."""

from __future__ import annotations

import pytest

from tests.lint.marked_source import expected_findings, lint, lint_findings

TOP = (
    "from __future__ import annotations\nimport typing as t\nfrom typing import Union\n"
    "import kili_events\nimport kili_events as ke\n"
    "from kili_events import AssetEvent, AssetSkippedEvent, LabelWorkflowCreatedEvent\n"
    "from kili.plugins import PluginCore, on_kili_event\nimport kili.plugins as plugins\n"
    "Both = AssetSkippedEvent | LabelWorkflowCreatedEvent\n"
)


def plugin(method: str, more: str = "", decorator: str = "@on_kili_event") -> str:
    lines = [decorator, *method.splitlines(), *more.splitlines()]
    body = "\n".join(f"    {line}" for line in lines)
    return f"{TOP}class PluginHandler(PluginCore):\n{body}\n"


@pytest.mark.parametrize(
    "annotation",
    [
        "AssetSkippedEvent",
        "'AssetSkippedEvent'",
        "AssetEvent | LabelWorkflowCreatedEvent",
        "'AssetEvent | LabelWorkflowCreatedEvent'",
        "Union[AssetEvent, LabelWorkflowCreatedEvent]",
        "t.Union[AssetEvent, LabelWorkflowCreatedEvent]",
        "Union[AssetEvent]",
        "kili_events.AssetSkippedEvent",
        "ke.AssetSkippedEvent",
        "ke.AnyEvent",
        "Both",
    ],
)
def test_accepts_annotations_that_name_events(annotation: str) -> None:
    assert lint_findings(plugin(f"def skipped(self, event: {annotation}): 0")) == []


@pytest.mark.parametrize(
    ("annotation", "code"),
    [
        ("dict", "KP213"),
        ("t.Optional[AssetEvent]", "KP213"),
        ("AssetEvent | None", "KP213"),
        ("list[AssetEvent]", "KP213"),
        ("'AssetEvent |'", "KP213"),
        ("unknown", "KP213"),
        ("ke.NoSuchEvent", "KP214"),
        ("ke.LabelJSONResponseStoreStartedEvent", "KP214"),
        ("AssetEvent | ke.LabelJSONResponseStoreStartedEvent", "KP214"),
    ],
)
def test_reports_annotations_that_the_sdk_refuses(annotation: str, code: str) -> None:
    source = plugin(f"def skipped(self, event: {annotation}): 0  # {code}")
    assert lint_findings(source) == expected_findings(source)


def test_event_needs_an_annotation() -> None:
    source = plugin("def skipped(self, event): 0  # KP213")
    assert lint_findings(source) == expected_findings(source)


def test_reports_names_for_type_checkers_only() -> None:
    source = (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "from kili.plugins import PluginCore, on_kili_event\n"
        "if TYPE_CHECKING:\n    from kili_events import AssetSkippedEvent\n"
        "class PluginHandler(PluginCore):\n    @on_kili_event\n"
        "    def skipped(self, event: AssetSkippedEvent): 0  # KP213\n"
    )
    assert lint_findings(source) == expected_findings(source)
    assert "for type checkers only" in lint(source)[0].reason


def test_accepts_star_imports() -> None:
    source = (
        "from kili_events import *\nfrom kili.plugins import PluginCore, on_kili_event\n"
        "class PluginHandler(PluginCore):\n    @on_kili_event\n"
        "    def skipped(self, event: AssetSkippedEvent): 0\n"
    )
    assert lint_findings(source) == []


EVENT = "event: AssetSkippedEvent"


@pytest.mark.parametrize(
    ("method", "decorator"),
    [
        (f"async def skipped(self, {EVENT}): 0  # KP212", "@on_kili_event"),
        (f"def skipped(self, {EVENT}): 0  # KP212", "@on_kili_event()"),
        (f"@staticmethod\ndef skipped(self, {EVENT}): 0  # KP212", "@on_kili_event"),
        (f"def skipped(self, {EVENT}, more): 0  # KP212", "@on_kili_event"),
        (f"def skipped(self, *, {EVENT}): 0  # KP212", "@on_kili_event"),
        (f"def skipped(self, {EVENT}, **more): 0  # KP212", "@on_kili_event"),
        ("def skipped(): 0  # KP212", "@on_kili_event"),
        (f"def skipped(self, {EVENT}, /): 0", "@on_kili_event"),
        (f"def skipped(self, {EVENT}): 0", "@plugins.on_kili_event"),
        (f"def skipped(self, {EVENT} = None): 0", "@on_kili_event"),
    ],
)
def test_method_must_be_plain_and_take_the_event(method: str, decorator: str) -> None:
    source = plugin(method, decorator=decorator)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "other", ["def on_submit(self, label, asset_id): 0", "def on_event(self, payload): 0"]
)
def test_reports_subscriptions_with_handlers(other: str) -> None:
    source = plugin(f"def skipped(self, {EVENT}): 0  # KP211", other)
    assert lint_findings(source) == expected_findings(source)


def test_accepts_several_subscribed_methods() -> None:
    more = f"@on_kili_event\ndef on_submit_of_mine(self, {EVENT}): 0"
    assert lint_findings(plugin(f"def skipped(self, {EVENT}): 0", more)) == []
