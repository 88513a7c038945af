"""Each emitted event has exactly the members that ``kili_events`` declares.

The cases are in :mod:`tests.contract.events`. A call of ``emit`` with a subject without a case
fails here. Most calls have a literal, or a constant of :mod:`kili_emulator.rules.subjects`. For the
other calls, a case lists the computed subjects with ``computed_in``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from kili_events import EventName

import kili_emulator
from kili_emulator.rules import subjects
from kili_emulator.rules.subjects import EMITTED, SENT_TO_PLUGINS
from tests.contract.events import CASES, COMPUTED
from tests.contract.events.declared import check, stored
from tests.contract.inputs import CaseWorld
from tests.kit.wire import Wire
from tests.kit.world_content import WorldIds

SOURCES = Path(kili_emulator.__file__).parent
SUBJECTS = set(get_args(EventName))
CONSTANTS = {
    name: value
    for name, value in vars(subjects).items()
    if name.isupper() and isinstance(value, str)
}


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
    """Iterate over the calls of ``emit``: ``file:function``, and the subject of the event.

    The subject is ``None`` if it is neither a literal nor a constant of ``rules.subjects``.
    """
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
                yield _subject(node.args[0])


def _subject(argument: ast.expr) -> str | None:
    """Return the subject that an argument is, as a literal or a constant of ``rules.subjects``."""
    match argument:
        case ast.Constant(value=str(subject)):
            return subject
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="subjects"), attr=name):
            return CONSTANTS.get(name)
    return None


def test_each_emitted_subject_has_a_case() -> None:
    calls = list(calls_of_emit())
    missing = {subject for _, subject in calls if subject} - CASES.keys()
    assert missing == set(), f"add cases to tests/contract/events: {missing}"
    places = {place for place, subject in calls if subject is None}
    undescribed, without_call = places - COMPUTED.keys(), COMPUTED.keys() - places
    assert undescribed == set(), f"add a case with computed_in for: {undescribed}"
    assert without_call == set(), (
        f"no call of emit computes a subject; drop computed_in: {without_call}"
    )


def test_cases_cover_only_events_of_the_platform() -> None:
    undeclared = CASES.keys() - SUBJECTS
    assert undeclared == set(), f"upgrade kili-events to a version that declares: {undeclared}"


def test_plugin_events_with_a_case_are_those_listed_as_emitted() -> None:
    unlisted, without_case = CASES.keys() & SENT_TO_PLUGINS - EMITTED, EMITTED - CASES.keys()
    assert unlisted == set(), f"move to EMITTED in rules/subjects.py: {unlisted}"
    assert without_case == set(), f"add cases to tests/contract/events: {without_case}"
