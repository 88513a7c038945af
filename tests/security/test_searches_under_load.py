"""Many clients at once send the hardest searches and patterns; the server answers them all.

tests/hostile limits the CPU time of each of them; tests/rules has their results.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kili_emulator.app import Emulator
from kili_emulator.rules.label_search import LONGEST_SEARCH
from kili_emulator.rules.patterns import LONGEST_PATTERN
from tests.kit.wire import Wire

THREADS = 24
TEXT = "ab" * 5_000
PROJECTS = 5

_CONDITION = "JOB_0.OBJECT_A.count >= 0 AND "
_PATTERNS = {
    "%a" * (LONGEST_PATTERN // 2 - 1) + "%": PROJECTS,
    "%" + "_" * (LONGEST_PATTERN - 1): PROJECTS,
    "%a%b%" * 50 + "z": 0,
    "%" * LONGEST_PATTERN: PROJECTS + 1,
    "%" + "ab" * 400 + "c%": 0,
    "_" * LONGEST_PATTERN: 0,
}
_SEARCHES = {
    _CONDITION * (LONGEST_SEARCH // len(_CONDITION) - 1) + "A.B.count < 1": True,
    "(" * 4_000 + "A.B.count < 1" + ")" * 4_000: True,
    "(" * LONGEST_SEARCH: None,
    "A.B.count > " + "9" * 9_000: False,
}
_METADATA: list[Any] = [{"a": ["x"] * 1_000}, {"a" * 10_000: ["x"]}, {"place": "town"}]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Emulator(seed=0) as emulator:
        wire = Wire(emulator)
        for number in range(PROJECTS):
            data = {"title": f"{TEXT}{number}", "inputType": "TEXT", "description": TEXT}
            wire.call("createProject", data=data, selection="id")
        yield wire
        wire.close()


def requests_of(number: int) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield operation, arguments and expected answer of the requests of a client."""
    for pattern, count in _PATTERNS.items():
        yield "countProjects", {"where": {"searchQuery": pattern}}, count
    for search, matches in _SEARCHES.items():
        for operation in ("countLabels", "countAssets"):
            where = (
                {"search": search} if operation == "countLabels" else {"label": {"search": search}}
            )
            yield operation, {"where": where}, matches
    for metadata in _METADATA:
        yield "countAssets", {"where": {"metadata": metadata}}, ...
    for search in (f"A{number}.B.count < 1", f"{number}"):
        yield "countLabels", {"where": {"search": search}}, search.startswith("A") or None


def test_hard_searches_of_many_clients_are_answered(wire: Wire) -> None:
    def send_all(number: int) -> int:
        client = Wire(wire.emulator)
        sent = 0
        for operation, arguments, expected in requests_of(number):
            answer = client.send(operation, **arguments).json()
            if expected is None:
                assert "[invalidInput]" in answer["errors"][0]["message"]
            else:
                count = answer["data"]["data"]
                assert expected is ... or count == expected or bool(count) is expected
            sent += 1
        client.close()
        return sent

    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(send_all, range(THREADS)))
    assert counts == [sum(1 for _ in requests_of(0))] * THREADS
    assert wire.request("GET", "/health").json() == {"status": "ready"}
