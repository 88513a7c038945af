"""The only source of ids and randomness.

Ids are shaped like the platform's (contract/values.md#ids): ``c``, 8 base-36 digits of the creation
time in milliseconds, 4 of a counter, 4 of a fingerprint and 8 random ones; 25 characters that match
``^c[a-z0-9]{24}$``. With a seed, the same calls at the same times give the same ids.
"""

from __future__ import annotations

import hashlib
import importlib
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_FOUR_DIGITS = 36**4
_COUNTER_LIMIT = _FOUR_DIGITS
_LENGTH = 25
_MAX_DRAWS_BETWEEN_IDS = 1000


def base36(number: int, width: int) -> str:
    """Return a number in base 36, padded or cut at the front to ``width`` digits."""
    digits = ""
    while len(digits) < width:
        number, low = divmod(number, _FOUR_DIGITS)
        digits = f"{_PAIRS[low // 1296]}{_PAIRS[low % 1296]}{digits}"
    return digits[-width:]


def time_of_id(made_id: str) -> datetime:
    """Return the time that is embedded in an id."""
    return datetime.fromtimestamp(int(made_id[1:9], 36) / 1000, timezone.utc)


def derive_common_id(*origins: str) -> str:
    """Derive an id for an object that is not stored, from the ids of the objects that define it.

    The result is the same for the same ids.
    """
    digest = hashlib.blake2b(" ".join(origins).encode(), digest_size=16).digest()
    return f"c{base36(int.from_bytes(digest, 'big'), 24)}"


def new_secret() -> str:
    """Return an unguessable text of 43 URL-safe characters, never derived from a seed."""
    return secrets.token_urlsafe(32)


def new_request_id() -> str:
    """Return an id for a request in logs: 16 hexadecimal digits, never derived from a seed."""
    return secrets.token_hex(8)


@contextmanager
def seeded_randomness(seed: int | None) -> Iterator[None]:
    """Seed ``random`` and ``numpy.random`` within a block, then restore their former states.

    Args:
        seed: the seed; ``None`` leaves both generators alone.
    """
    if seed is None:
        yield
        return
    numpy_random = importlib.import_module("numpy.random")
    state, numpy_state = random.getstate(), numpy_random.get_state()
    random.seed(seed)
    numpy_random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
        numpy_random.set_state(numpy_state)


class IdSource:
    """A world's source of ids and random draws.

    Draw number *n* is a hash of the seed and *n*, so that the state is a few small numbers.

    Args:
        seed: makes all draws repeatable; ``None`` takes a random seed.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.repeatable = seed is not None
        self._seed = secrets.randbits(64) if seed is None else seed
        self._hasher = _make_hasher(self._seed)
        self._draws = 0
        self._counter = 0

    def new_id(self, now: datetime) -> str:
        """Return a new id with the embedded time ``now``."""
        counter = base36(self._counter, 4)
        self._counter = (self._counter + 1) % _COUNTER_LIMIT
        start, fingerprint = _format_moment(now), _fingerprint(self._seed)
        return f"c{start}{counter}{fingerprint}{base36(self._next(), 8)}"

    def derived_id(self, now: datetime, origin: str) -> str:
        """Derive an id with the embedded time ``now`` from an origin.

        For objects that are created in no certain order: apart from the time, the id depends only
        on ``origin`` and the seed, and deriving it does not change the ids that are drawn later.
        """
        first, second = base36(self._hash(f"{origin} 0"), 8), base36(self._hash(origin), 8)
        return f"c{_format_moment(now)}{first}{second}"

    def draw(self) -> float:
        """Return a random number in [0, 1)."""
        return self._next() / 2**64

    def derived_draw(self, origin: str) -> float:
        """Derive a random number in [0, 1) from an origin; later draws stay the same."""
        return self._hash(origin) / 2**64

    def run_seed(self) -> int | None:
        """Draw the seed of a plugin run; return ``None`` in a world without a seed."""
        return self._next() % 2**32 if self.repeatable else None

    @property
    def number(self) -> int:
        """The number of the next id, which is a part of it; it starts again after 36**4 ids."""
        return self._counter

    @property
    def draws(self) -> int:
        """The number of draws until now."""
        return self._draws

    def number_of(self, made_id: str) -> int | None:
        """Return the number of an id; ``None`` if :meth:`new_id` of this source did not make it."""
        is_own = len(made_id) == _LENGTH and made_id[13:17] == _fingerprint(self._seed)
        return int(made_id[9:13], 36) if is_own else None

    def draws_after(self, made_id: str, at_least: int) -> int | None:
        """Return the number of draws until an id was made; ``None`` if it cannot be found.

        Args:
            at_least: a smaller or the same number.
        """
        candidates = range(at_least, at_least + _MAX_DRAWS_BETWEEN_IDS)
        return next((n for n in candidates if base36(self._hash(str(n)), 8) == made_id[17:]), None)

    def skip_to(self, number: int, draws: int) -> None:
        """Continue as if ids and draws up to these numbers had been made."""
        self._counter, self._draws = number % _COUNTER_LIMIT, draws

    def state(self) -> list[Any]:
        """Return the state from which :meth:`restore` continues, as JSON values.

        The seed is a text of digits: JSON clients round integers above 2**53.
        """
        return [self.repeatable, str(self._seed), self._draws, self._counter]

    def restore(self, state: list[Any]) -> None:
        """Continue from a state that :meth:`state` returned; in old ones, the seed is a number."""
        self.repeatable, seed, self._draws, self._counter = state
        if int(seed) != self._seed:
            self._seed = int(seed)
            self._hasher = _make_hasher(self._seed)

    def _next(self) -> int:
        self._draws += 1
        return self._hash(str(self._draws))

    def _hash(self, text: str) -> int:
        return _hash_after(self._hasher, text)


def _hash_after(hasher: hashlib.blake2b, text: str) -> int:
    digest = hasher.copy()
    digest.update(text.encode())
    return int.from_bytes(digest.digest(), "big")


def _make_hasher(seed: int) -> hashlib.blake2b:
    """Return a hasher of texts that depends on a seed."""
    return hashlib.blake2b(f"{seed}:".encode(), digest_size=8)


@lru_cache(16)
def _format_moment(now: datetime) -> str:
    return base36(round(now.timestamp() * 1000), 8)


@lru_cache(16)
def _fingerprint(seed: int) -> str:
    return base36(_hash_after(_make_hasher(seed), "fingerprint"), 4)
