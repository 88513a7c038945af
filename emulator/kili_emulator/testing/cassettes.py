"""The cassettes of a test: files beside the file of the test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from kili_emulator.app.recordings import Recording, RecordMode, record


@contextlib.contextmanager
def cassettes_beside(test: Path, mode: str) -> Iterator[Callable[..., Recording]]:
    """Yield a function that starts a recording or a replay, which ends with the ``with`` block.

    Args:
        test: the file of the test.
        mode: a :data:`~kili_emulator.app.recordings.RecordMode`.

    Raises:
        CassetteDifferenceError: at the end, the requests of a replay were others.
    """
    with contextlib.ExitStack() as undo:

        def use_cassette(
            name: str, *, endpoint: str | None = None, key: str | None = None
        ) -> Recording:
            """Record the API traffic from now on in a cassette, or answer it from the cassette.

            Args:
                name: the name of the file, relative to the folder of the test.
                endpoint: the endpoint to record; by default ``KILI_API_ENDPOINT``, or else a new
                    emulator.
                key: the API key for that endpoint; by default ``KILI_API_KEY``.

            Raises:
                KiliError: the cassette cannot be read, or is missing and may not be recorded.
            """
            path = test.parent / name
            if mode != "none":
                path.parent.mkdir(parents=True, exist_ok=True)
            chosen = cast(RecordMode, mode)
            return undo.enter_context(record(path, endpoint=endpoint, key=key, mode=chosen))

        yield use_cassette
