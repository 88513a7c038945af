"""The ring of requests keeps the latest ones within its limits, and follows a world's marks."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from kili_emulator.observe.requests import (
    LARGEST_CONTENT,
    RequestRecord,
    RequestRing,
    Sender,
    forget_current,
    recorded_request,
)

NOW = datetime(2026, 1, 5, tzinfo=timezone.utc)


@pytest.fixture
def ring() -> RequestRing:
    return RequestRing(limit=3)


def add(ring: RequestRing, name: str, variables: Any = None, size: int | None = 10) -> None:
    record = RequestRecord(name, "graphql", NOW, Sender("u", "u@example.com"))
    ring.begin(record)
    ring.keep_content(record, "{ me }", variables, size)
    forget_current()
    ring.end(record, "ok", 0.001)


def names(ring: RequestRing) -> list[str | None]:
    return [each.id for each in ring.all()]


def test_latest_requests_are_kept(ring: RequestRing) -> None:
    for name in "abcd":
        add(ring, name)
    assert names(ring) == ["b", "c", "d"]


def test_limit_of_0_keeps_no_request(ring: RequestRing) -> None:
    ring.limit = 0
    add(ring, "a")
    assert names(ring) == []


def test_oldest_requests_are_dropped_if_their_contents_take_too_much_memory() -> None:
    ring = RequestRing(limit=1000)
    for number in range(100):
        add(ring, str(number), size=LARGEST_CONTENT)
    kept = names(ring)
    assert len(kept) == 40
    assert kept[-1] == "99"


@pytest.mark.parametrize("size", [None, LARGEST_CONTENT + 1])
def test_excerpt_of_a_large_content_is_kept_without_its_secrets(
    ring: RequestRing, size: int | None
) -> None:
    url = f"https://user:{'p' * 990}@example.com"
    variables = {"url": url, "many": ["x" * 500] * 1000, "more": 1, "n" * 2000: "secret"}
    add(ring, "a", variables, size)
    (record,) = ring.all()
    assert record.variables["many"][0] == "x" * 500
    assert record.variables["many"][-1].startswith("… ")
    assert record.variables["…"] == "2 more"
    assert "ppp" not in record.variables["url"]
    assert record.size < 20_000


def test_value_of_a_member_with_a_truncated_name_is_left_out(ring: RequestRing) -> None:
    add(ring, "a", {f"{'n' * 2000}password": "secret"}, None)
    assert "secret" not in str(ring.all()[0].variables)


def test_request_is_the_current_one_until_its_answer(ring: RequestRing) -> None:
    record = RequestRecord("a", "graphql", NOW, Sender("u", ""))
    ring.begin(record)
    assert recorded_request() is record
    assert (record.outcome, record.ended) == (None, 0)
    forget_current()
    ring.end(record, "error", 0.5)
    assert recorded_request() is None
    assert (record.outcome, record.duration, record.ended) == ("error", 0.5, 1)


def test_roll_back_drops_the_requests_since_the_mark(ring: RequestRing) -> None:
    ring.mark(0)
    add(ring, "a")
    ring.mark(5)
    add(ring, "b")
    ring.mark(7)
    ring.roll_back(5)
    assert names(ring) == ["a"]
    add(ring, "c")
    ring.roll_back(5)
    assert names(ring) == ["a"]


def test_two_marks_after_one_commit_return_to_the_first(ring: RequestRing) -> None:
    ring.mark(5)
    add(ring, "read")
    ring.mark(5)
    ring.roll_back(5)
    assert names(ring) == []


def test_mark_without_a_request_since_the_last_one_returns_there(ring: RequestRing) -> None:
    add(ring, "a")
    ring.mark(5)
    ring.mark(6)
    add(ring, "b")
    ring.roll_back(6)
    assert names(ring) == ["a"]


def test_mark_of_an_earlier_process_drops_all_requests(ring: RequestRing) -> None:
    ring.mark(100)
    add(ring, "a")
    ring.roll_back(40)
    assert names(ring) == []


def test_marks_of_dropped_requests_are_forgotten_and_still_drop_all(ring: RequestRing) -> None:
    for number in range(20):
        ring.mark(number)
        add(ring, str(number))
    ring.roll_back(18)
    assert names(ring) == ["17"]
    ring.roll_back(2)
    assert names(ring) == []


def test_request_that_ends_after_a_roll_back_is_not_added_again(ring: RequestRing) -> None:
    ring.mark(0)
    record = RequestRecord("a", "graphql", NOW, Sender("u", ""))
    ring.begin(record)
    ring.roll_back(0)
    ring.keep_content(record, "{ me }", {}, 10)
    ring.end(record, "ok", 0.1)
    forget_current()
    assert names(ring) == []
    add(ring, "b")
    assert names(ring) == ["b"]
