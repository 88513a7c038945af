"""A handler that returns a coroutine or a generator did not run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from kili_emulator.plugins.guest.return_values import unstarted_kind


async def coroutine() -> None:
    raise AssertionError


def generator() -> Iterator[int]:
    yield 1


async def asynchronous_generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("returned", "kind"),
    [
        (coroutine, "coroutine"),
        (generator, "generator"),
        (asynchronous_generator, "asynchronous generator"),
        (lambda: None, None),
        (lambda: iter([1]), None),
        (lambda: coroutine, None),
    ],
)
def test_kind_of_an_unstarted_return_value_is_named(returned: Any, kind: str | None) -> None:
    assert unstarted_kind(returned()) == kind
