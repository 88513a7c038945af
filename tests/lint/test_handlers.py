"""KP201 to KP210: handlers that the platform finds and can call."""

from __future__ import annotations

import dataclasses

import pytest

from kili_emulator.lint.installed_sdk import Method
from tests.lint.marked_source import (
    SURFACE,
    expected_findings,
    in_class,
    in_handler,
    lint,
    lint_findings,
)

CORE = "from kili.plugins import PluginCore\n"
CLASS = f"{CORE}class PluginHandler(PluginCore):"


def handlers(body: str) -> str:
    """Return a plugin whose class has this body only."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{CLASS}\n{lines}"


@pytest.mark.parametrize(
    "arguments",
    [
        "self, label, asset_id",
        "self, asset_id, label",
        "self, label=None, asset_id=None",
        "self, label, asset_id, more=None",
        "self, label, asset_id, *, more=None",
        "self, *, label, asset_id",
        "self, **kwargs",
        "self, label, **kwargs",
        "*args, **kwargs",
        "this, label: dict, asset_id: str",
        "self, /, label, asset_id",
    ],
)
def test_accepts_parameters_that_match_the_arguments(arguments: str) -> None:
    assert lint_findings(handlers(f"def on_submit({arguments}): 0")) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "self",
        "self, label",
        "self, label, asset",
        "self, lbl, asset_id",
        "self, label, assetId",
        "self, label, asset_id, project_id",
        "self, label, asset_id, *, more",
        "self, *args",
        "self, label, /, asset_id",
        "self, label, project_id, asset_id",
        "label, asset_id",
    ],
)
def test_reports_parameters_that_do_not_match_the_arguments(arguments: str) -> None:
    source = handlers(f"def on_submit({arguments}): 0  # KP203")
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("on_review", "label, asset_id"),
        ("on_custom_interface_click", "label, asset_id"),
        ("on_send_back_to_queue", "asset_id"),
    ],
)
def test_remedy_has_the_arguments_of_the_handler(name: str, arguments: str) -> None:
    assert lint_findings(handlers(f"def {name}(self, {arguments}): 0")) == []
    (finding,) = lint(handlers(f"def {name}(self, wrong): 0"))

    assert finding.code == "KP203"
    assert finding.remedy == f"write `def {name}(self, {arguments})`"


@pytest.mark.parametrize(
    "body",
    [
        "async def on_submit(self, label, asset_id): 0  # KP204",
        "async def on_submit(self): 0  # KP204",
        "@staticmethod\ndef on_submit(label, asset_id): 0  # KP205",
        "@staticmethod\ndef on_submit(self, label, asset_id): 0  # KP203",
        "@classmethod\ndef on_submit(cls, label, asset_id): 0  # KP205",
        "@classmethod\ndef on_submit(label, asset_id): 0  # KP203",
        "def on_submit(self, label, asset_id): yield 1  # KP206",
        "def on_submit(self, label, asset_id): yield from label  # KP206",
        "def on_submit(self, label, asset_id):\n    def inner(): yield 1\n    inner()",
        "def on_submit(self, label, asset_id): print(lambda: (yield))",
        "@anything\ndef on_submit(self): 0",
        "@functools.wraps(f)\ndef on_submit(self): yield 1",
        "@typing.override\ndef on_submit(self, label, asset_id): 0",
        "def on_submit(self): 0\ndef on_submit(self, label, asset_id): 0",
    ],
)
def test_handler_must_be_a_plain_method(body: str) -> None:
    source = "import functools, typing\n" + handlers(body)
    assert lint_findings(source) == expected_findings(source)


@pytest.mark.parametrize(
    "source",
    [
        f"{CLASS} 0  # KP201",
        f"{CLASS} # KP201\n    def check(self): 0",
        f"{CLASS} # KP201\n    def on_submit_click(self): self.on_submit_click()",
        f"{CLASS} # KP201\n    if True:\n        def on_submit(self, label, asset_id): 0  # KP202",
        f"{CLASS} # KP201\n    on_submit = print  # KP202",
        f"{CLASS} # KP201\n    on_submit, other = print, 1  # KP202",
        (
            f"{CORE}class Base(PluginCore):\n    def on_review(self, label, asset_id): 0  # KP202\n"
            "class PluginHandler(Base):  # KP201\n    pass"
        ),
        (
            f"{CORE}class Base(PluginCore):\n    def on_review(self, label, asset_id): 0\n"
            "class PluginHandler(Base):\n"
            "    def on_review(self, label, asset_id): super().on_review(label, asset_id)"
        ),
        (
            f"{CORE}class Base(PluginCore):\n    def on_review(self, label, asset_id): 0  # KP202\n"
            "class Middle(Base): 0\n"
            "class PluginHandler(Middle):\n    def on_submit(self, label, asset_id): 0"
        ),
    ],
)
def test_reports_handlers_outside_the_class_body(source: str) -> None:
    assert lint_findings(source) == expected_findings(source)


def test_reports_handlers_of_a_base_in_another_file() -> None:
    files = {
        "main.py": f"{CORE}from base import Base\nclass PluginHandler(Base):  # KP201\n    pass",
        "base.py": (
            f"{CORE}class Base(PluginCore):\n    def on_submit(self, label, asset_id): 0  # KP202"
        ),
    }
    assert lint_findings(files) == expected_findings(files)


def test_accepts_inherited_handlers_with_an_old_sdk() -> None:
    old = dataclasses.replace(SURFACE, version="2.128.2", handlers=None, typed_events=False)
    source = (
        f"{CORE}class Base(PluginCore):\n    def on_submit(self, label, asset_id): 0\n"
        "class PluginHandler(Base): 0"
    )
    assert lint_findings(source, surface=old) == []
    assert [code for *_, code in lint_findings(f"{CLASS} 0", surface=old)] == ["KP201"]


@pytest.mark.parametrize(
    "body",
    [
        "def onSubmit(self, label, asset_id): 0  # KP207",
        "def on_submited(self, label, asset_id): 0  # KP207",
        "def on_submitted(self, label, asset_id): 0  # KP207",
        "def on_Submit(self, label, asset_id): 0  # KP207",
        "def onsubmit(self, label, asset_id): 0  # KP207",
        "def on_submit_label(self, label, asset_id): 0  # KP207",
        "def on_sumbit(self, label, asset_id): 0  # KP207",
        "def on_send_back(self, asset_id): 0  # KP207",
        "def on_customInterfaceClick(self, label, asset_id): 0  # KP207",
        "def on_label(self, label): 0",
        "def once(self): 0",
        "def submit(self, label): 0",
        "def on_submitted(self, label): 0\ndef check(self): self.on_submitted(1)",
    ],
)
def test_reports_names_that_look_like_handlers(body: str) -> None:
    source = handlers(f"def on_review(self, label, asset_id): 0\n{body}")
    assert lint_findings(source) == expected_findings(source)


def test_reports_free_functions_with_names_of_handlers() -> None:
    source = f"{CORE}def onSubmit(label, projectId, assetId): 0  # KP207\n" + in_handler(
        "pass", name="on_review"
    )
    assert lint_findings(source) == expected_findings(source)
    (finding,) = lint("def on_review(label, asset_id): 0\n" + in_handler("pass"))
    assert "it is outside PluginHandler" in finding.reason


def test_ignores_names_that_look_like_a_defined_handler() -> None:
    assert lint_findings(in_class("def on_submit_late(self): 0")) == []


def test_reports_handlers_that_the_sdk_does_not_register() -> None:
    source = in_class("def on_project_updated(self, settings_updated): 0  # KP208")
    older = dataclasses.replace(SURFACE, handlers=SURFACE.handlers | {"on_project_updated"})  # type: ignore[operator]

    assert lint_findings(source) == expected_findings(source)
    assert lint_findings(source, surface=older) == []
    alone = f"{CLASS}  # KP201\n    def on_project_updated(self, settings_updated): 0  # KP208"
    assert lint_findings(alone) == expected_findings(alone)


def test_reports_on_event_with_other_handlers() -> None:
    source = in_class("def on_event(self, payload): 0  # KP209")
    assert lint_findings(source) == expected_findings(source)


def test_reports_on_event_if_the_sdk_can_subscribe_methods() -> None:
    source = handlers("def on_event(self, payload): 0  # KP210")
    untyped = dataclasses.replace(SURFACE, typed_events=False)

    assert lint_findings(source) == expected_findings(source)
    assert lint_findings(source, surface=untyped) == []


def test_reports_on_event_if_the_sdk_takes_no_event_matcher() -> None:
    older = dataclasses.replace(SURFACE, methods={"upload_plugin": Method(("plugin_path",))})
    source = in_class("def on_event(self, payload): 0  # KP208")

    assert lint_findings(source, surface=older) == expected_findings(source)
