"""Postings: sorted lists of ids that stay sorted as they change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kili_emulator.storage import merged_postings, posting
from kili_emulator.storage.merged_postings import slice_of_all
from kili_emulator.storage.posting import Posting, SortKey

NUMBERS = st.sets(st.integers(0, 60), max_size=30)


@pytest.fixture(autouse=True, scope="module")
def _short_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting, "CHUNK", 4)
        patch.setattr(merged_postings, "_FEW_IDS", 8)
        yield


def sort_key(document_id: str) -> SortKey:
    return ("", int(document_id))


def ids(numbers: set[int]) -> list[str]:
    return [str(each) for each in sorted(numbers)]


@given(NUMBERS, st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6))
def test_a_posting_agrees_with_a_sorted_list_over_many_changes(
    start: set[int], changes: list[tuple[set[int], set[int]]]
) -> None:
    present, expected = Posting.of(ids(start)), set(start)
    for removed, added in changes:
        before = list(present)
        gone, new = removed & expected, added - expected
        changed = present.removed(set(ids(gone)), sort_key)
        changed = changed.added(ids(new), sort_key) if new else changed
        assert list(present) == before
        present, expected = changed, (expected - gone) | new

        assert list(present) == ids(expected)
        assert len(present) == len(expected)


@given(NUMBERS, st.integers(0, 40), st.integers(0, 40))
def test_a_slice_is_the_slice_of_a_list(numbers: set[int], start: int, size: int) -> None:
    sliced = Posting.of(ids(numbers)).slice(start, start + size)

    assert list(sliced) == ids(numbers)[start : start + size]


@given(st.lists(st.integers(0, 3), max_size=80), st.integers(0, 90), st.integers(0, 30))
def test_a_slice_of_several_postings_is_that_of_their_union(
    owners: list[int], start: int, size: int
) -> None:
    parts = [{place for place, each in enumerate(owners) if each == owner} for owner in range(4)]
    postings = [Posting.of(ids(part)) for part in parts]
    found = slice_of_all(postings, start, start + size, sort_key)

    assert list(found) == ids(set(range(len(owners))))[start : start + size]


@given(NUMBERS, st.integers(0, 60))
def test_the_place_of_an_id_is_that_in_a_list(numbers: set[int], number: int) -> None:
    listed = ids(numbers)
    expected = listed.index(str(number)) if number in numbers else None

    assert Posting.of(listed).index(str(number), sort_key) == expected


@given(NUMBERS, st.integers(-1, 61), st.integers(-1, 61))
def test_ids_between_two_keys_are_those_of_a_list(numbers: set[int], low: int, high: int) -> None:
    found = Posting.of(ids(numbers)).between(("", low), ("", high), sort_key)

    assert list(found) == ids({each for each in numbers if low <= each <= high})
    assert len(found) == len(list(found))
    assert all(found.chunks)


def test_a_change_shares_the_chunks_that_it_does_not_concern() -> None:
    original = Posting.of(str(number) for number in range(0, 40, 2))
    changed = original.removed({"10"}, sort_key).added(["9"], sort_key)

    assert list(changed) == ids({*range(0, 40, 2), 9} - {10})
    assert len(set(map(id, original.chunks)) - set(map(id, changed.chunks))) == 1
