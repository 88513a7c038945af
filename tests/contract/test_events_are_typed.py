"""Each emitted event has exactly the members that ``kili_events`` declares.

The cases are in :mod:`tests.contract.events`. A call of ``emit`` with a subject without a case
fails here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from kili_events import EventName

import kili_emulator
from kili_emulator.rules.subjects import EMITTED, SENT_TO_PLUGINS
from tests.contract.events import CASES, COMPUTED
from tests.contract.events.declared import check, stored
from tests.contract.inputs import CaseWorld
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

SOURCES = Path(kili_emulator.__file__).parent
SUBJECTS = set(get_args(EventName))


@pytest.fixture
def case_world(wire: Wire, world_ids: WorldIds) -> CaseWorld:
    return CaseWorld(wire, world_ids)


@pytest.mark.parametrize("subject", CASES)
def test_event_matches_its_declaration(case_world: CaseWorld, subject: str) -> None:
    before = len(stored(case_world.wire))
    CASES[subject](case_world)
    events = stored(case_world.wire)[before:]
    assert subject in {each["event"] for each in events}
    for each in events:
        check(each)


def test_events_of_the_scenario_match_their_declarations(wire: Wire, world_ids: WorldIds) -> None:
    for each in stored(wire):
        check(each)


def calls_of_emit() -> Iterator[tuple[str, str | None]]:
    """Iterate over the calls of ``emit``: ``file:function``, and the subject if it is a literal."""
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                place = f"{path.relative_to(SOURCES).as_posix()}:{function.name}"
                yield from ((place, subject) for subject in _subjects(function))


def _subjects(function: ast.FunctionDef) -> Iterator[str | None]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            internal = [each.value for each in node.keywords if each.arg == "internal"]
            never_kept = any(isinstance(each, ast.Constant) and each.value for each in internal)
            if node.func.attr == "emit" and not never_kept:
                subject = node.args[0]
                yield subject.value if isinstance(subject, ast.Constant) else None


def test_each_emitted_subject_has_a_case() -> None:
    calls = list(calls_of_emit())
    assert {subject for _, subject in calls if subject} <= CASES.keys()
    places = {place for place, subject in calls if subject is None}
    assert places == COMPUTED.keys(), "say in a case which subjects are computed there"


def test_cases_cover_only_events_of_the_platform() -> None:
    assert CASES.keys() <= SUBJECTS


def test_plugin_events_with_a_case_are_those_listed_as_emitted() -> None:
    assert CASES.keys() & SENT_TO_PLUGINS == EMITTED
