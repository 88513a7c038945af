"""The instruments of the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.measuring import Comparison, Goal, Measurement
from benchmarks.null_server import NullServer, null_server
from benchmarks.report import Section, format_section
from kili_emulator import Emulator
from kili_emulator.plugins.guest.sdk_client import make_client


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an emulator beside which the SDK may call other servers, unlike `kili_emulator`."""
    with Emulator() as running:
        yield running


@pytest.fixture
def null(emulator: Emulator) -> Any:
    with null_server(emulator.url) as server:
        yield server


def _client(emulator: Emulator, server: NullServer, folder: Any) -> Any:
    endpoint = emulator.endpoint.replace(emulator.url, server.url)
    return make_client(endpoint, emulator.key(), folder)


def test_a_null_server_repeats_the_recorded_answers(
    emulator: Emulator, null: NullServer, tmp_path: Any
) -> None:
    with null.recording():
        client = _client(emulator, null, tmp_path)
        before = client.count_projects()
    emulator.client().create_project(input_type="TEXT", json_interface={"jobs": {}}, title="T")

    assert client.count_projects() == before
    assert emulator.client().count_projects() == before + 1


def test_a_null_server_repeats_answers_to_mutations_in_turn(
    emulator: Emulator, null: NullServer, tmp_path: Any
) -> None:
    options = {"input_type": "TEXT", "json_interface": {"jobs": {}}}
    with null.recording():
        client = _client(emulator, null, tmp_path)
        recorded = [client.create_project(title=f"T{n}", **options)["id"] for n in range(2)]

    repeated = [client.create_project(title=f"U{n}", **options)["id"] for n in range(3)]
    assert repeated == [*recorded, recorded[0]]


def test_a_request_that_was_not_recorded_is_an_error(
    emulator: Emulator, null: NullServer, tmp_path: Any
) -> None:
    with null.recording():
        client = _client(emulator, null, tmp_path)

    with pytest.raises(Exception, match="500"):
        client.count_projects()


def test_a_table_shows_the_best_ratio_the_quartiles_and_missed_goals() -> None:
    first, second = Measurement("emulator", [0.3, 0.2, 0.4]), Measurement("null", [0.1, 0.1, 0.2])
    comparisons = [
        Comparison("calls", first, second, goal=Goal(ratio=1.5)),
        Comparison("starts", first, second, goal=Goal(value=0.2)),
    ]

    table = format_section(Section("Title", "Explanation.", comparisons))

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[6:]]
    assert rows == [
        ["calls", "emulator 200 ms", "null 100 ms", "2.00", "2.00–2.50", "1.5, missed"],
        ["starts", "emulator 200 ms", "null 100 ms", "2.00", "2.00–2.50", "200 ms"],
    ]
