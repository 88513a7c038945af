"""Each row of ``docs/contract/what-calls-plugins.md`` happens, and no other action calls a plugin.

A world with plugins on every project runs the cases of inputs and events, the actions of simulated
users, and special situations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from kili_emulator import Emulator
from kili_emulator.cli import main
from kili_emulator.domain.simulated_user.actions import ACTIONS
from kili_emulator.rules.handlers import BY_TYPE
from kili_emulator.rules.subjects import SENT_TO_PLUGINS
from tests.contract.events import CASES as EVENTS
from tests.contract.inputs import CASES as INPUTS
from tests.contract.inputs import CaseWorld
from tests.contract.plugin_calls.plugin_calls_page import (
    Handler,
    Row,
    handlers,
    read_older_names,
    rows,
)
from tests.contract.plugin_calls.recorder import CallRecorder, ObservedCalls
from tests.contract.plugin_calls.situations import SITUATIONS, SteppedProject
from tests.examples.example_emulator import find_scenario
from tests.kit.server_under_test import ServerUnderTest
from tests.kit.world_content import set_up_world

ROWS = rows()
OLDER = read_older_names()
ACTIONS_TABLE = "docs/contract/what-calls-plugins.md#actions"
ARGUMENTS_TABLE = "docs/contract/what-calls-plugins.md#arguments-of-handlers"
Seen = dict[str, ObservedCalls]


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    """Record the events and handler calls of each way, after all ways were used."""
    with Emulator(seed=0) as emulator:
        wire = CallRecorder(emulator)
        world_ids = set_up_world(wire)
        wire.install_plugins(world_ids)
        mark = emulator.mark()
        wire.seen.clear()
        for cases, stage in (
            (INPUTS, CaseWorld),
            (EVENTS, CaseWorld),
            (SITUATIONS, SteppedProject),
        ):
            for case in cases.values():
                if not _is_about_plugins(case):
                    case(stage(wire, world_ids))
                    emulator.reset(mark)
                    wire.client_version = None
        yield wire.seen
        wire.close()


def _is_about_plugins(case: object) -> bool:
    """Return whether a case counts plugins, which are more here. Such cases cause no events."""
    return getattr(case, "__module__", "").endswith("inputs.plugin")


def _ways(row: Row) -> set[str]:
    """Return the ways of a row, with the older names of mutations."""
    return {*row.ways, *(older for older, newer in OLDER.items() if newer in row.ways)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_each_way_of_a_row_causes_its_events_and_handler_calls(seen: Seen, row: Row) -> None:
    for way in _ways(row):
        assert way in seen, f"add a situation to tests/contract/plugin_calls/situations: {way}"
        for event in row.events:
            found = seen[way].payloads.get(event, set())
            assert found, f"no case and no situation in which {way} causes {event}"
            assert all(row.allows(event, members) for members in found), (way, event, found)
        for handler in row.handlers:
            assert handler in seen[way].arguments, (
                f"no case and no situation in which {way} calls {handler}"
            )


@pytest.mark.parametrize("row", [each for each in ROWS if each.optional], ids=lambda row: row.title)
def test_optional_payload_member_is_sometimes_present_and_sometimes_absent(
    seen: Seen, row: Row
) -> None:
    found = [seen[way].payloads[event] for way in row.ways for event in row.events]
    payloads = set().union(*found)
    for member in row.optional:
        assert {member in each for each in payloads} == {True, False}, member


def test_no_unlisted_action_calls_a_plugin(seen: Seen) -> None:
    payload = {(way, called) for row in ROWS for way in _ways(row) for called in _called(row)}
    done = {
        (way, called)
        for way, observed in seen.items()
        for called in (*observed.payloads, *observed.arguments)
    }
    unlisted = done - payload
    assert unlisted == set(), f"add ways or rows to {ACTIONS_TABLE}: {unlisted}"


def _called(row: Row) -> tuple[str, ...]:
    return (*row.events, *row.handlers)


def test_each_emitted_event_has_exactly_one_row() -> None:
    """:mod:`tests.contract.test_events_are_typed` finds the emitted events in the code."""
    listed = Counter(event for row in ROWS for event in row.events)
    missing, unknown = EVENTS.keys() - listed.keys(), listed.keys() - EVENTS.keys()
    repeated = {event for event, count in listed.items() if count > 1}
    not_sent = listed.keys() - SENT_TO_PLUGINS
    assert missing == set(), f"add rows to {ACTIONS_TABLE}: {missing}"
    assert unknown == set(), f"add cases to tests/contract/events: {unknown}"
    assert repeated == set(), f"keep one row of each event in {ACTIONS_TABLE}: {repeated}"
    assert not_sent == set(), f"add to EMITTED in rules/subjects.py: {not_sent}"


def test_row_without_ways_lists_events_of_scenarios() -> None:
    (row,) = [each for each in ROWS if not each.ways]
    with Emulator(seed=0) as emulator:
        events = [each for each in emulator.world.view.events.all() if each["event"] in row.events]
    assert events
    assert all(row.allows(each["event"], frozenset(each["payload"])) for each in events)


def test_each_handler_has_exactly_one_row() -> None:
    for place, listed in (
        (ACTIONS_TABLE, Counter(handler for row in ROWS for handler in row.handlers)),
        (ARGUMENTS_TABLE, Counter(each.name for each in handlers())),
    ):
        missing, unknown = BY_TYPE.keys() - listed.keys(), listed.keys() - BY_TYPE.keys()
        repeated = {handler for handler, count in listed.items() if count > 1}
        assert missing == set(), f"add rows to {place}: {missing}"
        assert unknown == set(), f"add handlers to rules/handlers.py: {unknown}"
        assert repeated == set(), f"keep one row of each handler in {place}: {repeated}"


@pytest.mark.parametrize("handler", handlers(), ids=lambda each: each.name)
def test_handler_gets_the_arguments_of_its_row(seen: Seen, handler: Handler) -> None:
    calls = [each for way in seen.values() for each in way.arguments.get(handler.name, ())]
    assert calls
    for arguments in calls:
        assert tuple(arguments) == handler.arguments
        for payload in arguments.get("settings_updated", [arguments.get("label", {})]):
            assert _members(payload) == handler.members


def _members(payload: dict[str, Any]) -> set[str]:
    """Return the members of a label, with the id that ``search`` has for a review."""
    return {*payload, *(["search.id"] if "id" in payload.get("search", ()) else [])}


# The commands do what the methods of the same names do


USER_ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("save", {"label": {}}),
    ("submit", {"label": {}}),
    ("submit", {"label": {}, "correct": True}),
    ("review", {}),
    ("send-back", {"issue": "no"}),
    ("click", {}),
    ("skip", {"reason": "dark"}),
    ("unskip", {}),
)


def test_each_action_of_simulated_users_has_rows() -> None:
    assert {verb for verb, _ in USER_ACTIONS} == set(ACTIONS)
    assert {way for row in ROWS for way in row.ways if way in ACTIONS} == set(ACTIONS)


@pytest.mark.parametrize("title", ["Invoices", "Invoices, V1"])
def test_command_and_python_method_cause_the_same_events(
    server: ServerUnderTest, title: str
) -> None:
    scenario = find_scenario("document_check")
    world = server.new_world(scenario)
    where = ["--world", world.name, "--data-dir", str(server.data_dir)]
    with Emulator(scenario, seed=0) as emulator:
        for verb, options in USER_ACTIONS:
            getattr(emulator, verb.replace("-", "_"))(title, "invoice-1", **options)
            command = [verb, "--project", title, "--asset", "invoice-1", *_options(options), *where]
            done = CliRunner().invoke(main, command, input="{}")
            assert done.exit_code == 0, done.output
        expected = _sent_events(list(emulator.world.view.events.all()))
    assert _sent_events(world.export()["events"]) == expected


def _options(options: dict[str, Any]) -> list[str]:
    given: list[str] = []
    for name, value in options.items():
        given += (
            [f"--{name}"] if value is True else [f"--{name}", "-" if name == "label" else value]
        )
    return given


def _sent_events(events: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(each["event"], sorted(each["payload"])) for each in events]
