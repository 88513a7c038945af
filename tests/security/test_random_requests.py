"""Random requests: no internal error, no answer without data and errors, a consistent world.

The number of requests is in the environment variable ``FUZZ_CALLS``; ``make fuzz`` sends 10,000.
"""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kili_emulator.api.context import RequestContext
from kili_emulator.api.execution import GraphQLExecutor
from kili_emulator.domain.api_key import authenticate
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.event_bus import wait_for_deliveries
from tests.security.callers import FOREIGN, Callers
from tests.security.random_requests import RandomRequest, random_requests

DEFECT = "[unexpectedRetrieving]"
CALLS = int(os.environ.get("FUZZ_CALLS", "500"))
_CALLS_PER_WORLD = 4
_WAIT_SECONDS = 30

EXECUTOR = GraphQLExecutor()


def answer_to(callers: Callers, request: RandomRequest, data: dict[str, Any]) -> tuple[int, str]:
    """Return the status and the text of the answer to a request."""
    if request.over_http:
        answer = callers.wire.post(data, key=callers.keys[request.caller])
        return answer.status_code, answer.text
    key = callers.keys[request.caller]
    world = callers.second if request.caller == "elsewhere" else callers.wire.emulator.world
    actor = authenticate(world, key)
    assert actor is not None
    context = RequestContext(world, actor, lambda each: f"/{each}", lambda _: "/upload", "V2")
    valid, content = EXECUTOR.execute(data, context)
    wait_for_deliveries(context.deliveries, _WAIT_SECONDS, include_children=True)
    return (200 if valid else 400), json.dumps(content)


def filled(text: str, names: dict[str, str]) -> str:
    """Return the text with each ``<name>`` replaced by the id of the object with this name."""
    for name, each in names.items():
        text = text.replace(f"<{name}>", each)
    return text


def check(callers: Callers, request: RandomRequest) -> None:
    names = callers.full_world.names
    sent = filled(json.dumps(request.body), names)
    status, text = answer_to(callers, request, json.loads(sent))
    content = json.loads(text)
    assert status in (200, 400)
    assert DEFECT not in text
    assert content.get("data") is not None or content["errors"]
    assert all(each["message"] and each["extensions"]["code"] for each in content.get("errors", []))
    if request.caller in FOREIGN:
        own_ids = callers.full_world.own_ids
        assert not [each for each in own_ids if each in text and each not in sent]


def check_consistency(callers: Callers) -> None:
    for world in (callers.wire.emulator.world, callers.second):
        assert find_inconsistencies(world.documents.snapshot) == []


def test_random_requests_cause_no_defect(
    callers: Callers, caplog: pytest.LogCaptureFixture
) -> None:
    @settings(
        max_examples=CALLS // _CALLS_PER_WORLD,
        deadline=None,
        derandomize="FUZZ_CALLS" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(random_requests(), min_size=_CALLS_PER_WORLD, max_size=_CALLS_PER_WORLD))
    def send(requests: list[RandomRequest]) -> None:
        emulator, second = callers.wire.emulator, callers.second
        mark, second_mark = emulator.mark(), second.mark()
        try:
            for each in requests:
                check(callers, each)
            check_consistency(callers)
        finally:
            emulator.reset(mark)
            second.roll_back(second_mark)

    with caplog.at_level(logging.ERROR):
        send()
    assert [each.getMessage() for each in caplog.records] == []
