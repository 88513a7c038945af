"""Ids and random draws: form, and repetition with a seed."""

from __future__ import annotations

import json
import random
import re
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from kili_emulator import ids
from kili_emulator.ids import IdSource

MOMENT = datetime(2022, 11, 28, 17, 27, 35, 802_000, tzinfo=timezone.utc)

TIME, COUNTER, FINGERPRINT = slice(1, 9), slice(9, 13), slice(13, 17)


def milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("number", "width", "text"),
    [
        (0, 1, "0"),
        (35, 1, "z"),
        (36, 2, "10"),
        (36, 4, "0010"),
        (36**4 - 1, 4, "zzzz"),
        (36**4, 4, "0000"),
        (36**4 + 37, 4, "0011"),
    ],
)
def test_base36_is_padded_or_cut_at_the_front(number: int, width: int, text: str) -> None:
    assert ids.base36(number, width) == text


@pytest.mark.parametrize("seed", [None, 0, 7, 2**64])
def test_id_has_the_form_of_a_cuid(seed: int | None) -> None:
    assert re.fullmatch(r"c[a-z0-9]{24}", IdSource(seed).new_id(MOMENT))


def test_id_has_the_prefix_recorded_for_its_moment() -> None:
    assert IdSource(1).new_id(MOMENT).startswith("clb12ceii")


@pytest.mark.parametrize("offset", [timedelta(), timedelta(milliseconds=1), timedelta(days=9999)])
def test_id_embeds_the_time_to_the_millisecond(offset: timedelta) -> None:
    moment = MOMENT + offset

    assert int(IdSource(1).new_id(moment)[TIME], 36) == milliseconds(moment)


def test_ids_of_one_source_have_consecutive_counters() -> None:
    source = IdSource(1)
    counters = [int(source.new_id(MOMENT)[COUNTER], 36) for _ in range(40)]

    assert counters == list(range(counters[0], counters[0] + 40))


def test_ids_of_one_source_share_a_fingerprint() -> None:
    source = IdSource(1)

    assert len({source.new_id(MOMENT)[FINGERPRINT] for _ in range(10)}) == 1


def test_sources_of_different_seeds_have_different_fingerprints() -> None:
    assert len({IdSource(seed).new_id(MOMENT)[FINGERPRINT] for seed in range(10)}) == 10


def test_counter_wraps_around() -> None:
    source = IdSource(1)
    source.restore([True, 1, 0, 36**4 - 1])

    assert [source.new_id(MOMENT)[COUNTER] for _ in range(2)] == ["zzzz", "0000"]


def test_ids_are_unique() -> None:
    source = IdSource()

    assert len({source.new_id(MOMENT) for _ in range(1000)}) == 1000


def test_same_seed_gives_the_same_ids_and_draws() -> None:
    first, second = IdSource(5), IdSource(5)

    assert [first.new_id(MOMENT), first.draw()] == [second.new_id(MOMENT), second.draw()]


def test_ids_without_a_seed_do_not_repeat() -> None:
    assert IdSource().new_id(MOMENT) != IdSource().new_id(MOMENT)


def test_draws_lie_between_zero_and_one() -> None:
    source = IdSource(3)
    draws = [source.draw() for _ in range(1000)]

    assert all(0 <= draw < 1 for draw in draws)
    assert 0.4 < sum(draws) / len(draws) < 0.6


@pytest.mark.parametrize("seed", [None, 9])
def test_restored_source_repeats_ids_and_draws_after_its_state(seed: int | None) -> None:
    source = IdSource(seed)
    source.new_id(MOMENT)
    state = source.state()
    expected = [source.new_id(MOMENT), source.draw(), source.run_seed()]
    source.restore(state)

    assert [source.new_id(MOMENT), source.draw(), source.run_seed()] == expected


def test_state_can_be_stored_as_json_and_restored_in_another_source() -> None:
    source, other = IdSource(9), IdSource()
    source.new_id(MOMENT)
    other.restore(json.loads(json.dumps(source.state())))

    assert (other.repeatable, other.new_id(MOMENT)) == (True, source.new_id(MOMENT))


def test_run_seed_of_a_seeded_world_is_valid_for_numpy() -> None:
    source = IdSource(9)
    seeds = [source.run_seed() for _ in range(100)]

    assert all(seed is not None and 0 <= seed < 2**32 for seed in seeds)
    assert len(set(seeds)) == 100


def test_run_seed_of_an_unseeded_world_is_none() -> None:
    assert IdSource().run_seed() is None


def test_secret_is_long_and_never_repeats() -> None:
    secrets = {ids.new_secret() for _ in range(10)}

    assert len(secrets) == 10
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", each) for each in secrets)


def draws() -> tuple[float, float]:
    return random.random(), float(np.random.random())


def test_seeded_randomness_repeats_random_and_numpy() -> None:
    with ids.seeded_randomness(4):
        first = draws()
    with ids.seeded_randomness(4):
        assert draws() == first
    with ids.seeded_randomness(5):
        assert draws() != first


def callers_next_draws(seed: int | None) -> tuple[float, float]:
    """Return the draws of a caller with a known state after a block with a seed."""
    random.seed(1)
    np.random.seed(1)
    with ids.seeded_randomness(seed):
        if seed is not None:
            draws()
    return draws()


def test_seeded_randomness_restores_the_state_of_the_caller() -> None:
    assert callers_next_draws(4) == callers_next_draws(None)


def test_seeded_randomness_restores_the_state_after_an_error() -> None:
    expected = callers_next_draws(None)
    random.seed(1)
    np.random.seed(1)
    with pytest.raises(RuntimeError, match="plugin"), ids.seeded_randomness(4):
        raise RuntimeError("plugin")

    assert draws() == expected


def test_randomness_without_a_seed_is_unchanged() -> None:
    random.seed(1)
    np.random.seed(1)
    expected = draws()
    random.seed(1)
    np.random.seed(1)
    with ids.seeded_randomness(None):
        assert draws() == expected
